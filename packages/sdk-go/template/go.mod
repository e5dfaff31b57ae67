module log_jsonl

go 1.21

require xcodex/hooks v0.0.0

replace xcodex/hooks => ../../sdk/go
