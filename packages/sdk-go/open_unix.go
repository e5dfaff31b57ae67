//go:build unix

package hooks

import "syscall"

// openFlags opens a payload file without following a link in the last part of its path, without waiting for the other
// end of a pipe, and without becoming the process of a terminal.
const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK | syscall.O_NOCTTY
