# frozen_string_literal: true

require_relative "helper"
require "fileutils"

# The template, installed as the manifest says.
class TemplateTest < Minitest::Test
  include Helper

  SDK_ENTRY = JSON.parse(File.read(File.join(ROOT, "language.json")))["sdks"].first.freeze

  def installed
    in_folder do |home|
      SDK_ENTRY["files"].each do |file|
        to = File.join(home, "hooks", file["to"])
        FileUtils.mkdir_p(File.dirname(to))
        FileUtils.cp(File.join(ROOT, file["from"]), to)
        FileUtils.chmod(0o755, to) if file["executable"]
      end
      yield home, SDK_ENTRY["template"]["run"].map { |word| word.gsub("{{hooks}}", File.join(home, "hooks")) }
    end
  end

  def finished
    EVENT.merge("xcodex_event_type" => "tool-call-finished", "tool_name" => "exec_command", "duration_ms" => 12,
                "new" => "é\u2028")
  end

  def logged(home)
    File.readlines(File.join(home, "hooks.jsonl"), encoding: "UTF-8").map { |text| JSON.parse(text) }
  end

  def test_logs_an_event_and_says_a_word
    installed do |home, argv|
      ended = run_command(argv, JSON.generate(finished), env: { "CODEX_HOME" => home, "LC_ALL" => "C" })
      assert_equal [0, "", "tool-call-finished: exec_command took 12 ms\n"], ended.to_a
      assert_equal [["exec_command", 12, { "new" => "é\u2028" }]],
                   logged(home).map { |event| event.values_at("tool_name", "duration_ms", "extra") }
      assert_equal 0o600, File.stat(File.join(home, "hooks.jsonl")).mode & 0o777
    end
  end

  def test_is_a_host_without_change
    installed do |home, argv|
      lines = line(1) + line(2, finished)
      ended = run_command(argv, lines, env: REPLIES.merge("CODEX_HOME" => home))
      assert_equal [0, "{\"seq\":1}\n{\"seq\":2}\n", "tool-call-finished: exec_command took 12 ms\n"], ended.to_a
      assert_equal(%w[tool-call-started tool-call-finished], logged(home).map { |event| event["xcodex_event_type"] })
    end
  end

  def test_is_at_home_in_the_default_folder_too_and_needs_no_gems
    installed do |home, argv|
      FileUtils.mkdir(File.join(home, ".codex"))
      env = { "CODEX_HOME" => nil, "HOME" => home }
      assert_equal 0, run_command([argv.first, "--disable-gems", *argv.drop(1)], TEXT, env: env).code
      assert_equal 1, logged(File.join(home, ".codex")).length
    end
  end

  def test_starts_by_its_path
    installed do |home, argv|
      assert_equal 0, run_command([argv.last], TEXT, env: { "CODEX_HOME" => home }).code
    end
  end

  def test_blocks_when_its_example_is_no_comment_any_more
    installed do |home, argv|
      source = File.join(home, "hooks", SDK_ENTRY["template"]["source"])
      File.write(source, File.read(source).sub(/# (XcodexHooks\.block)/, '\1'))
      event = EVENT.merge("tool_input" => { "command" => "sudo rm" })
      ended = run_command(argv, JSON.generate(event), env: { "CODEX_HOME" => home })
      assert_equal [2, "Not with sudo.\n"], ended.to_a.values_at(0, 2)
    end
  end
end
