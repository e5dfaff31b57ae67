module xcodex/hooks

go 1.21
