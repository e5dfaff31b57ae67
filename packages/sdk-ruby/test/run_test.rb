# frozen_string_literal: true

require_relative "helper"

class RunTest < Minitest::Test
  include Helper
  parallelize_me!

  def test_ends_with_0_when_the_hook_is_done
    assert_equal [0, "", "shell\n"], run_hook("XcodexHooks.run { |event| warn event.tool_name }", TEXT).to_a
  end

  def test_returns_so_that_a_program_may_go_on
    assert_equal 7, run_hook("XcodexHooks.run { |event| event }; exit 7", TEXT).code
  end

  def test_sends_everything_that_is_printed_to_stderr_that_of_child_processes_too
    body = 'XcodexHooks.run { puts "a"; STDOUT.print "b\n"; system("echo c"); Thread.new { $stdout.puts "d" }.join }
      puts "e"'
    assert_equal [0, "", "a\nb\nc\nd\ne\n"], run_hook(body, TEXT).to_a
  end

  def test_takes_any_callable
    body = "def hook(event) = warn(event.cwd)\nXcodexHooks.run(&method(:hook))"
    assert_equal "/w\n", run_hook(body, TEXT).stderr
  end

  def test_wants_a_hook
    %w[run serve].each do |name|
      error = assert_raises(ArgumentError) { XcodexHooks.public_send(name) }
      assert_match(/\ACannot #{name} without a hook: /, error.message)
    end
  end

  def test_takes_nothing_but_texts_and_hashes_for_an_event
    [nil, 1, [1], Object.new].each do |value|
      error = assert_raises(XcodexHooks::HookInputError) { XcodexHooks.parse_event(value) }
      assert_equal :not_object, error.code
    end
  end

  def test_says_code_and_message_when_there_is_no_event
    ended = run_hook("XcodexHooks.run { |event| event }", TEXT[0, 50])
    assert_equal [1, ""], [ended.code, ended.stdout]
    assert_match(/\Anot_json: Cannot read an event from stdin as JSON: it looks cut off at position 50\. .*\n\z/,
                 ended.stderr)
  end

  def test_says_the_stack_of_what_the_hook_raises
    ['raise "boom"', 'raise Exception, "boom"', 'raise NotImplementedError, "boom"'].each do |raising|
      ended = run_hook("def hook\n#{raising}\nend\nXcodexHooks.run { hook }", TEXT)
      assert_equal 1, ended.code
      assert_match(/\A-e:2:in .*hook.*boom \(\w+\)\n\tfrom -e:4/, ended.stderr)
    end
    assert_match(/stack level too deep/, run_hook("XcodexHooks.run { def f = f(); f }", TEXT).stderr)
  end

  def test_leaves_exit_to_a_hook_of_one_event
    assert_equal 3, run_hook("XcodexHooks.run { exit 3 }", TEXT).code
    assert_equal [1, "", "bye\n"], run_hook('XcodexHooks.run { abort "bye" }', TEXT).to_a
  end

  def test_runs_what_is_to_be_done_at_exit
    assert_match(/done\n\z/, run_hook('at_exit { warn "done" }; XcodexHooks.run { raise "boom" }', TEXT).stderr)
  end

  def test_has_a_deadline_and_a_cap
    ended = run_hook("XcodexHooks.run(timeout: 0.2) { |event| event }") { |stdin| stdin.write("{") && stdin.flush }
    assert_match(/\Ainput_timeout: /, ended.stderr)
    capped = run_shell("yes | tr -d '\\n' | $HOOK", "XcodexHooks.run(max_bytes: 100_000) { |event| event }")
    assert_match(/\Ainput_too_large: /, capped.stderr)
  end

  HOST = 'XcodexHooks.run(timeout: 0.2) { |e| puts e.session_id; XcodexHooks.block("no rm") if e.tool_name == "rm" }'

  def test_handles_a_line_when_it_comes_and_not_when_the_input_ends
    answers = []
    ended = run_hook_as_host do |stdin, stdout|
      stdin.write(line(1)) && stdin.flush
      answers << stdout.gets
      stdin.write(line(2, EVENT.merge("tool_name" => "rm"))) && stdin.flush
      answers << stdout.gets
    end
    assert_equal ["{\"seq\":1}\n", "{\"seq\":2,\"decision\":\"block\",\"reason\":\"no rm\"}\n"], answers
    assert_equal 0, ended
  end

  def run_hook_as_host
    Open3.popen3(REPLIES, *hook(HOST)) do |stdin, stdout, _stderr, waiting|
      yield stdin, stdout
      stdin.close
      waiting.value.exitstatus
    end
  end

  def test_may_be_given_more_lines_at_once_than_a_line_may_be_long
    body = "XcodexHooks.run(max_bytes: 500, replies: true) { |event| event }"
    many = (1..5).map { |seq| line(seq) }.join
    assert_operator many.bytesize, :>, 500
    ended = run_hook(body, many)
    assert_equal [0, 5], [ended.code, ended.stdout.scan("seq").length], ended.stderr
    [line(1, EVENT.merge("x" => "x" * 500)), "#{TEXT}#{" " * 500}\n", "#{TEXT}\n#{" " * 500}"].each do |too_long|
      ended = run_hook(body, too_long)
      assert_equal 1, ended.code
      assert_match(/\Ainput_too_large: /, ended.stderr)
    end
  end

  def test_may_be_idle_longer_than_the_deadline_between_lines
    ended = run_hook(HOST) do |stdin|
      stdin.write(line(1)) && stdin.flush
      sleep 0.5
      stdin.write(line(2))
      stdin.close
    end
    assert_equal [0, "", "session-1\nsession-1\n"], ended.to_a
  end

  def test_may_be_idle_before_the_first_line_when_it_is_told_to_be_a_host
    feed = lambda do |stdin, _|
      sleep 0.6
      stdin.write(line(1))
      stdin.close
    end
    assert_equal 0, run_hook(HOST, env: { "XCODEX_HOOKS_REPLIES" => "0" }, &feed).code
    assert_equal 1, run_hook(HOST, &feed).code
  end
end
