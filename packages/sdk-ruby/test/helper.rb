# frozen_string_literal: true

require "json"
require "minitest/autorun"
require "open3"
require "rbconfig"
require "tmpdir"
require_relative "../lib/xcodex_hooks"

# What the tests share: an event, and hooks as processes.
module Helper
  ROOT = File.expand_path("..", __dir__)
  SDK = File.join(ROOT, "lib", "xcodex_hooks.rb")
  EVENT = {
    "schema_version" => 1, "event_id" => "e1", "timestamp" => "2026-01-11T23:59:59Z", "session_id" => "session-1",
    "cwd" => "/w", "hook_event_name" => "PreToolUse", "xcodex_event_type" => "tool-call-started",
    "transcript_path" => "", "permission_mode" => "default", "tool_name" => "shell",
    "tool_input" => { "command" => "echo äöü 漢字 🚀" }
  }.freeze
  TEXT = JSON.generate(EVENT).freeze
  REPLIES = { "XCODEX_HOOKS_REPLIES" => "1" }.freeze
  # Long enough for a slow machine, and short enough to see that somebody waits for ever.
  PATIENCE = 30

  Ended = Struct.new(:code, :stdout, :stderr)

  def line(seq, event = EVENT)
    "#{JSON.generate({ type: "event", seq: seq, event: event })}\n"
  end

  def numbered(seq)
    line(seq, EVENT.merge("tool_input" => { "n" => seq }))
  end

  # The command of a hook that is given as code.
  def hook(body)
    [RbConfig.ruby, "-w", "-r", SDK, "-e", body]
  end

  # Runs a hook; the block may feed its stdin itself, for example late.
  def run_hook(body, input = "", env: {}, &feed)
    run_command(hook(body), input, env: env, &feed)
  end

  def run_command(argv, input = "", env: {}, **options)
    Open3.popen3(env, *argv, **options) do |stdin, stdout, stderr, waiting|
      readers = [stdout, stderr].map { |io| Thread.new { io.set_encoding("UTF-8").read } }
      feed = Thread.new do
        block_given? ? yield(stdin, stdout) : stdin.write(input)
        stdin.close unless stdin.closed? || block_given?
      rescue Errno::EPIPE
        nil
      end
      flunk "The hook did not end." unless waiting.join(PATIENCE)
      feed.kill
      Ended.new(waiting.value.exitstatus, *readers.map(&:value))
    end
  end

  # The same with a part of a shell's command line, where `$HOOK` is the hook.
  def run_shell(command, body, env: {})
    run_command(["bash", "-c", command.gsub("$HOOK", '"$@"'), "bash", *hook(body)], env: env)
  end

  def in_folder(&block)
    Dir.mktmpdir("xcodex-hooks-ruby", &block)
  end
end
