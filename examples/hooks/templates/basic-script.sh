#!/usr/bin/env sh
# A hook to start from. Copy it, and write what it should do into `main`.
#
# What a hook gets: the variables below and those of its event (../README.md lists them), the event as JSON on standard
# input, and as working folder the one that hooks.toml is in. What it may say: with `mode = "sync"` exit code 2 and a
# reason on standard error stop what the agent is about to do. Every other exit code but 0 is a failure.
#
# What is in a variable comes from outside. Always write "$CODEX_PROMPT" with its quotes, and never hand it to `eval`.
set -u
umask 077 # the log is for its owner only

# Configuration
LOG_FOLDER="${CODEX_HOME:-${HOME:-.}/.codex}"
LOG_FILE="$LOG_FOLDER/hooks.log"
TIMESTAMP="${CODEX_TIMESTAMP:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}"
EVENT="${CODEX_EVENT_TYPE:-}"
SESSION="${CODEX_SESSION_ID:-}"

# Utility functions

# A text on one line: line ends and other control characters become spaces, so that no value can forge a line.
one_line() {
    printf '%s' "$1" | LC_ALL=C tr '\001-\037\177' ' '
}

log_info() {
    mkdir -p "$LOG_FOLDER"
    printf '[%s] [INFO] %s\n' "$(one_line "$TIMESTAMP")" "$(one_line "$1")" | tee -a "$LOG_FILE"
}

log_error() {
    mkdir -p "$LOG_FOLDER"
    printf '[%s] [ERROR] %s\n' "$(one_line "$TIMESTAMP")" "$(one_line "$1")" | tee -a "$LOG_FILE" >&2
}

# Main logic
main() {
    if [ -z "$EVENT" ] || [ -z "$SESSION" ]; then
        log_error 'CODEX_EVENT_TYPE or CODEX_SESSION_ID is not set. Run this as a hook, or set them.'
        exit 1
    fi
    log_info "Hook executed for event: $EVENT"

    # Add your own cases here.
    case "$EVENT" in
    session_start)
        log_info "Session $SESSION begins with ${CODEX_MODEL:-an unknown model}"
        ;;
    task_complete)
        log_info "Task ${CODEX_TASK_ID:--} is complete: success=${CODEX_SUCCESS:--}, ${CODEX_DURATION:--} ms"
        ;;
    *)
        log_error "Unknown event type: $EVENT"
        ;;
    esac
}

# Execute
main "$@"
