//go:build !unix

package hooks

// openFlags is nothing where there are no such flags: there the look before a payload file is opened has to do.
const openFlags = 0
