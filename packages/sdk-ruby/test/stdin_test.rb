# frozen_string_literal: true

require_relative "helper"
require "pty"
require "socket"

class StdinTest < Minitest::Test
  include Helper
  parallelize_me!

  # Says what was read, or the code of the error.
  TELL = <<~RUBY
    begin
      event = XcodexHooks.read_event(**OPTIONS)
      puts event.type + " " + event.tool_input["command"]
    rescue XcodexHooks::HookInputError => error
      puts error.code
    end
  RUBY
  TOLD = "tool-call-started echo äöü 漢字 🚀\n"

  def tell(options = "{}")
    "OPTIONS = #{options}\n#{TELL}"
  end

  def test_waits_for_a_writer_that_is_late
    ended = run_hook("$stderr.puts; #{tell}") do |stdin|
      sleep 0.3
      stdin.write(TEXT)
      stdin.close
    end
    assert_equal [0, TOLD], [ended.code, ended.stdout]
  end

  def test_waits_on_a_pipe_that_somebody_has_made_non_blocking
    touched = "require 'io/nonblock'; STDIN.nonblock = true; #{tell}"
    ended = run_hook(touched) do |stdin|
      sleep 0.3
      stdin.write(TEXT)
      stdin.close
    end
    assert_equal TOLD, ended.stdout
  end

  def test_leaves_a_pipe_blocking_for_everybody_who_shares_it
    ended = run_hook("require 'io/nonblock'; XcodexHooks.read_event; puts STDIN.nonblock?", TEXT)
    assert_equal "false\n", ended.stdout
  end

  def test_waits_on_a_socket
    mine, theirs = UNIXSocket.pair
    reader, writer = IO.pipe
    pid = spawn(*hook(tell), in: theirs, out: writer)
    [theirs, writer].each(&:close)
    sleep 0.3
    mine.write(TEXT)
    mine.close
    assert_equal TOLD, reader.set_encoding("UTF-8").read
    Process.wait(pid)
  end

  def test_takes_pieces_that_split_characters
    ended = run_hook(tell) do |stdin|
      TEXT.each_byte do |byte|
        stdin.write(byte.chr)
        stdin.flush
        sleep 0.002 if byte > 0x7F
      end
      stdin.close
    end
    assert_equal TOLD, ended.stdout
  end

  def test_takes_a_file
    in_folder do |folder|
      File.write("#{folder}/event.json", TEXT)
      assert_equal TOLD, run_shell("$HOOK <#{folder}/event.json", tell).stdout
    end
  end

  def test_reads_in_any_locale
    ended = run_hook("#{tell}; puts Encoding.default_external", TEXT, env: { "LC_ALL" => "C" })
    assert_equal "#{TOLD}US-ASCII\n", ended.stdout
  end

  def test_reads_a_megabyte
    text = JSON.generate(EVENT.merge("tool_input" => "x" * 1_000_000))
    assert_equal "1000000\n", run_hook("puts XcodexHooks.read_event.tool_input.length", text).stdout
  end

  def test_says_no_input_when_there_is_none
    ["<&-", "</dev/null"].each do |redirection|
      assert_equal "no_input\n", run_shell("$HOOK #{redirection}", tell).stdout
    end
    assert_equal "no_input\n", run_hook("STDIN.close; #{tell}", TEXT).stdout
  end

  def test_says_input_unreadable_when_the_system_fails
    in_folder do |folder|
      ["</", "0>#{folder}/file"].each do |redirection|
        assert_equal "input_unreadable\n", run_shell("$HOOK #{redirection}", tell).stdout
      end
    end
  end

  def test_says_no_input_at_once_on_a_terminal
    PTY.spawn(*hook(tell)) do |output, _input, pid|
      assert_equal "no_input", output.gets.strip
      Process.wait(pid)
    end
  end

  def test_ends_with_input_timeout_when_the_writer_never_closes
    started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    ended = run_hook(tell("{ timeout: 0.25 }")) { |stdin| stdin.write(TEXT) && stdin.flush }
    took = Process.clock_gettime(Process::CLOCK_MONOTONIC) - started
    assert_equal [0, "input_timeout\n"], [ended.code, ended.stdout]
    assert_includes 0.25..10, took
  end

  def test_waits_for_ever_when_told_to
    ["nil", "Float::INFINITY", "1e300"].each do |timeout|
      ended = run_hook(tell("{ timeout: #{timeout} }")) do |stdin|
        sleep 0.2
        stdin.write(TEXT)
        stdin.close
      end
      assert_equal TOLD, ended.stdout
    end
  end

  def test_has_a_cap_and_does_not_read_on
    assert_equal "input_too_large\n", run_shell("yes | $HOOK", tell("{ max_bytes: 1000 }")).stdout
    assert_equal TOLD, run_hook(tell("{ max_bytes: #{TEXT.bytesize} }"), TEXT).stdout
    assert_equal "input_too_large\n", run_hook(tell("{ max_bytes: #{TEXT.bytesize - 1} }"), TEXT).stdout
  end

  def test_is_not_touched_before_a_function_is_called
    assert_equal "hello\n", run_shell("{ sleep 0.2; echo hello; } | $HOOK", "puts STDIN.read").stdout
    assert_equal "ok\n", run_hook("puts :ok") { nil }.stdout
  end
end
