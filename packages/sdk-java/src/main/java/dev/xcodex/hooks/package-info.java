/**
 * Write a typed hook for a coding agent: read the event, look at it, block it or let it go on.
 * Works as the hook of one event and as a long-lived host, under xcodex, Codex, Claude Code and
 * Gemini CLI. Start with {@link dev.xcodex.hooks.Hooks#run(Hook)}.
 */
package dev.xcodex.hooks;
