// A hook that does nothing.
package main

import "xcodex/hooks"

func main() { hooks.Run(func(hooks.Event) error { return nil }) }
