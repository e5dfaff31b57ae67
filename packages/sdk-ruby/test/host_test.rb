# frozen_string_literal: true

require_relative "helper"

class HostTest < Minitest::Test
  include Helper
  parallelize_me!

  def serve(body, input, env: {}, options: "")
    run_hook("XcodexHooks.serve(#{options}) do |e|\n#{body}\nend", input, env: env)
  end

  def two
    numbered(1) + numbered(2)
  end

  def blocked(*numbers, reason: "no")
    numbers.map { |seq| "#{JSON.generate({ seq: seq, decision: "block", reason: reason })}\n" }.join
  end

  def test_gives_stdout_back_at_the_end_of_the_input
    ended = run_hook('XcodexHooks.serve { puts "to stderr"; system("echo child") }; puts "to stdout"', line(1))
    assert_equal [0, "to stdout\n", "to stderr\nchild\n"], ended.to_a
  end

  def test_skips_a_line_longer_than_the_cap_says_so_and_goes_on
    long = line(2, EVENT.merge("x" => "x" * 300_000))
    ended = serve("puts e.session_id", line(1) + long + line(3), options: "max_bytes: 1000")
    assert_match(/\Asession-1\nxcodex-hooks: line 2 skipped: input_too_large: Cannot .*\nsession-1\n\z/, ended.stderr)
  end

  def test_does_not_hold_a_line_longer_than_the_cap_in_memory
    body = 'XcodexHooks.serve(max_bytes: 1000) { nil }; puts File.read("/proc/self/status")[/VmHWM:\s*(\d+)/, 1]'
    ended = run_hook(body) do |stdin|
      200.times { stdin.write("x" * 1_000_000) }
      stdin.close
    end
    assert_includes ended.stderr, "a line of 200000000 bytes"
    assert_operator Integer(ended.stdout), :<, 100_000
  end

  def test_survives_whatever_a_hook_raises
    ['raise "boom"', "raise Exception, 'boom'", "raise NotImplementedError, 'boom'", "throw :boom", "exit(3)",
     "abort 'boom'", "def boom = boom(); boom", "case :boom; in 1; end"].each do |raising|
      ended = serve("#{raising} if e.tool_input['n'] == 1; puts 'event 2'", two)
      assert_equal [0, ""], [ended.code, ended.stdout]
      assert_match(/xcodex-hooks: .*\nevent 2\n\z/m, ended.stderr)
    end
  end

  def test_logs_the_stack_of_a_hook_that_raises
    assert_match(/\Axcodex-hooks: -e:2:in .*boom \(RuntimeError\)\n\tfrom /, serve('raise "boom"', line(1)).stderr)
  end

  def test_survives_an_error_that_cannot_be_shown
    ["def error.message = raise('odd')", "def error.full_message(**) = raise('odd')",
     "def error.message = 'é'.encode('UTF-16LE')"].each do |odd|
      ended = serve("error = ArgumentError.new; #{odd}; raise error", two, env: REPLIES)
      assert_equal [0, "{\"seq\":1}\n{\"seq\":2}\n"], [ended.code, ended.stdout], ended.stderr
      next unless odd.include?("odd")

      assert_equal 2, ended.stderr.scan(/^xcodex-hooks: .*\n\tfrom -e:2:in /).length, ended.stderr
    end
  end

  def test_ends_with_a_signal
    ended = serve("Process.kill(:TERM, Process.pid); sleep 20", two)
    assert_nil ended.code
    refute_match(/event/, ended.stderr)
  end

  def test_does_not_serve_twice_when_a_hook_forks
    body = "pid = fork; (exit 4 if e.tool_input['n'] == 1; next) unless pid; warn Process.wait2(pid)[1].exitstatus"
    ended = serve(body, two, env: REPLIES)
    assert_equal [0, "{\"seq\":1}\n{\"seq\":2}\n", "4\n0\n"], ended.to_a
  end

  def test_goes_on_when_on_dropped_raises
    dropped = "#{JSON.generate({ type: "events-dropped", from_seq: 2, to_seq: 4, count: 3, reason: "queue full" })}\n"
    ended = serve("puts e.session_id", dropped + line(5), options: 'on_dropped: ->(d) { raise "lost #{d.count}" }')
    assert_match(/lost 3 \(RuntimeError\).*session-1\n\z/m, ended.stderr)
  end

  def test_goes_on_when_nobody_reads_its_replies_any_more
    lines = numbered(1) + numbered(2) + numbered(3)
    in_folder do |folder|
      File.write("#{folder}/lines", lines)
      ended = run_shell("$HOOK <#{folder}/lines | true", "sleep 0.2; XcodexHooks.serve { |e| warn e.tool_input['n'] }",
                        env: REPLIES)
      assert_equal "1\n2\n3\n", ended.stderr
    end
  end

  def test_names_a_type_of_line_that_it_does_not_know_once
    assert_equal 1, serve("nil", "{\"type\":\"tick\"}\n" * 3).stderr.scan('"tick"').length
  end

  def test_has_replies_when_an_option_says_so_whatever_the_environment
    assert_equal "{\"seq\":1}\n", serve("nil", line(1), options: "replies: true").stdout
    assert_equal "", serve("nil", line(1), options: "replies: false", env: REPLIES).stdout
  end

  def test_answers_with_the_number_that_it_was_given
    big = line(1).sub('"seq":1', '"seq":12345678901234567890')
    assert_equal "{\"seq\":12345678901234567890}\n", serve("nil", big, env: REPLIES).stdout
  end

  def test_keeps_the_first_reason_although_the_hook_rescues_everything
    body = <<~'RUBY'
      %w[no other].each do |reason|
        XcodexHooks.block(reason)
      rescue Exception
        nil
      end
      warn "went on"
    RUBY
    assert_equal [0, blocked(1, 2), "went on\nwent on\n"], serve(body, two, env: REPLIES).to_a
  end

  def test_is_not_stopped_by_a_plain_rescue
    body = 'begin; XcodexHooks.block("no"); rescue => error; warn "caught"; end; warn "went on"'
    assert_equal [0, blocked(1), ""], serve(body, line(1), env: REPLIES).to_a
  end

  def test_blocks_from_threads_and_fibers_of_the_hook_and_leaves_it
    ['Thread.new { XcodexHooks.block("no") }.join; warn "went on"',
     'Fiber.new { XcodexHooks.block("no") }.resume; warn "went on"',
     'Enumerator.new { XcodexHooks.block("no") }.next; warn "went on"'].each do |body|
      assert_equal [0, blocked(1, 2), ""], serve(body, two, env: REPLIES).to_a
    end
  end

  def test_blocks_from_a_thread_that_nobody_joins_when_it_is_in_time
    body = 'q = Queue.new; Thread.new { begin; XcodexHooks.block("no"); ensure; q << 1; end }; q.pop'
    assert_equal [0, blocked(1, 2), ""], serve(body, two, env: REPLIES).to_a
  end

  def test_is_an_error_when_it_comes_too_late_and_does_not_hit_the_next_event
    body = <<~RUBY
      if e.tool_input["n"] == 1
        $second = Queue.new
        $late = Thread.new { $second.pop; XcodexHooks.block("late") }
      else
        $second << 1
        $late.report_on_exception = false
        begin; $late.join; rescue => error; warn error.message; end
      end
    RUBY
    ended = serve(body, two, env: REPLIES)
    assert_equal "{\"seq\":1}\n{\"seq\":2}\n", ended.stdout
    assert_match(/\ACannot block the event: its hook has returned already/, ended.stderr)
  end

  def test_is_an_error_in_a_thread_of_no_hook
    body = <<~'RUBY'
      started = Queue.new
      other = Thread.new do
        started.pop
        XcodexHooks.block("no")
      rescue => error
        warn error.message
      end
      XcodexHooks.serve { started << 1; other.join }
    RUBY
    ended = run_hook(body, line(1), env: REPLIES)
    assert_equal "{\"seq\":1}\n", ended.stdout
    assert_match(/\ACannot block the event: /, ended.stderr)
  end

  def test_ends_the_process_again_once_the_host_is_done
    assert_equal [2, "", "after\n"], run_hook('XcodexHooks.serve { nil }; XcodexHooks.block("after")', line(1)).to_a
  end

  def test_serves_in_another_thread_too
    body = 'Thread.new { XcodexHooks.serve { XcodexHooks.block("no") } }.join
      puts Thread.main.group == ThreadGroup::Default'
    assert_equal "#{blocked(1)}true\n", run_hook(body, line(1), env: REPLIES).stdout
  end

  def test_may_be_left_with_break_and_has_answered
    assert_equal "{\"seq\":1}\n", serve("break", two, env: REPLIES).stdout
  end
end
