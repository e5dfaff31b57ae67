#!/usr/bin/env sh
# Appends a line to CODEX_HOME/session.log (~/.codex/session.log) when a session ends:
#
#   2024-01-01T12:34:56Z session_end session=session_abc123 duration_ms=2096000
#
# What is not known is "-".
set -u
umask 077 # the log is for its owner only

fail() {
    printf 'Cannot log the end of the session: %s\n' "$1" >&2
    exit 1
}

# A value as one word. What could be taken for the next value, or for another line, becomes "?".
plain() {
    printf '%s' "${1:--}" | LC_ALL=C tr -c '[:alnum:]._:/@+-' '?'
}

[ -n "${CODEX_SESSION_ID:-}" ] || fail 'CODEX_SESSION_ID is not set. Run this as a hook, or set it.'
[ -n "${CODEX_HOME:-}${HOME:-}" ] || fail 'neither CODEX_HOME nor HOME is set. Set one of them.'

folder="${CODEX_HOME:-${HOME:-}/.codex}"
mkdir -p "$folder" || fail 'its folder cannot be made.'

timestamp="$(plain "${CODEX_TIMESTAMP:-$(date -u +%Y-%m-%dT%H:%M:%SZ)}")"
session="$(plain "$CODEX_SESSION_ID")"
duration="$(plain "${CODEX_DURATION:-}")"

# One write at the end of the file: lines of sessions that end at the same time do not mix.
printf '%s session_end session=%s duration_ms=%s\n' "$timestamp" "$session" "$duration" \
    >>"$folder/session.log" || fail 'session.log cannot be written.'
