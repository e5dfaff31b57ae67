#!/usr/bin/env sh
# Sends a message to Slack: what went wrong, in which session.
#
# SLACK_WEBHOOK_URL is the address of an incoming webhook of your workspace. Whoever knows it can write to your channel:
# keep it in your environment and out of hooks.toml. It takes curl, and no other program that is not there anyway.
set -u

# Slack takes more, but nobody reads it. In bytes.
LONGEST=3000

fail() {
    printf 'Cannot notify Slack: %s\n' "$1" >&2
    exit 1
}

# A text as a JSON string, quotes included. Slack reads &, < and > as markup (<!channel> calls everybody), so they are
# written the way Slack wants them as text. The text is data to every program here; no shell ever reads it.
json_string() {
    printf '%s' "$1" | LC_ALL=C tr '\001-\010\013-\037\177' ' ' | LC_ALL=C awk -v longest="$LONGEST" '
        length(text) <= longest { text = text (NR > 1 ? "\n" : "") $0 }
        END {
            if (length(text) > longest) {
                text = substr(text, 1, longest)
                sub(/[\300-\377][\200-\277]*$/, "", text) # a character that was cut in two
                text = text " (cut)"
            }
            gsub(/[\\"]/, "\\\\&", text)
            gsub(/\t/, "\\t", text)
            gsub(/\n/, "\\n", text)
            gsub(/&/, "\\&amp;", text)
            gsub(/</, "\\&lt;", text)
            gsub(/>/, "\\&gt;", text)
            printf "\"%s\"", text
        }'
}

message() {
    printf '%s in session %s' "${CODEX_EVENT_TYPE:-An event}" "${CODEX_SESSION_ID:-unknown}"
    [ -z "${CODEX_ERROR:-}" ] || printf ': %s' "$CODEX_ERROR"
    [ -z "${CODEX_CONTEXT:-}" ] || printf '\nContext: %s' "$CODEX_CONTEXT"
    [ -z "${CODEX_TIMESTAMP:-}" ] || printf '\nAt: %s' "$CODEX_TIMESTAMP"
}

command -v curl >/dev/null || fail 'curl is not there. Install it.'

url="${SLACK_WEBHOOK_URL:-}"
case "$url" in
'') fail 'SLACK_WEBHOOK_URL is not set. Set it to the address of an incoming webhook.' ;;
# No character that means something in the settings for curl below.
*[!A-Za-z0-9:/._~%?=\&+-]*) fail 'SLACK_WEBHOOK_URL is no address. Copy it again.' ;;
https://* | http://127.0.0.1:* | http://localhost:*) ;;
*) fail 'SLACK_WEBHOOK_URL does not begin with https://. Copy it again.' ;;
esac

body="{\"text\": $(json_string "$(message)"), \"mrkdwn\": false}"

# Address and message go to curl over its standard input: other users see the arguments of a program, but not that.
# In a quoted setting of curl only \ and " have to be written with a \ before them.
{
    printf 'url = "%s"\n' "$url"
    printf 'data-binary = "%s"\n' "$(printf '%s' "$body" | sed 's/[\\"]/\\&/g')"
} | curl --config - --header 'Content-Type: application/json' --silent --show-error --fail --output /dev/null \
    --max-time 10 || fail 'it did not take the message. See above, and check SLACK_WEBHOOK_URL.'
