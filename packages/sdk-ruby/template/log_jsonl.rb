#!/usr/bin/env ruby
# frozen_string_literal: true

# A hook to start from: it appends every event to CODEX_HOME/hooks.jsonl, one line of JSON each, and says a word about
# every tool call that is over. What goes to stderr is in the log of the hook.
#
# Try it by hand:
#   echo '{"hook_event_name":"PostToolUse","session_id":"a","cwd":"/w","tool_name":"shell","duration_ms":12}' \
#     | ruby log_jsonl.rb
#
# See what to put into config.toml, to run it for one kind of event or as one long-lived host for all of them:
#   ruby log_jsonl.rb --config
#
# A hook that needs no gem starts three times as fast with `ruby --disable-gems`.

require_relative "../../xcodex_hooks"

# Environment first, as the agent does it.
def codex_home
  home = ENV.fetch("CODEX_HOME", "")
  home.empty? ? File.join(Dir.home, ".codex") : home
end

# One write per line: several hooks may append at once. Nobody else may read what the agent does.
def append(line)
  path = File.join(codex_home, "hooks.jsonl")
  File.open(path, File::WRONLY | File::APPEND | File::CREAT, 0o600) { |file| file.syswrite("#{line}\n") }
end

# What to put into config.toml.
def config
  argv = XcodexHooks.generate_json(["ruby", File.expand_path(__FILE__)])
  <<~TOML
    # Into CODEX_HOME/config.toml. For one kind of event:
    [[hooks.command.tool_call_finished]]
    hooks = [{ argv = #{argv} }]

    # Or for all of them, as one long-lived host; `replies` lets it block:
    # [hooks.host]
    # enabled = true
    # command = #{argv}
    # replies = true
  TOML
end

if ARGV.include?("--config")
  puts config
  exit
end

XcodexHooks.run do |event|
  append(event.to_json)

  case event
  when XcodexHooks::ToolCallFinishedEvent
    warn "#{event.type}: #{event.tool_name} took #{event.duration_ms || "?"} ms"
  when XcodexHooks::ToolCallStartedEvent
    # The agent does not do it, and is told why. Needs mode = "sync" (a host: replies = true) in config.toml.
    # XcodexHooks.block("Not with sudo.") if event.tool_input.to_s.include?("sudo")
  end
end
