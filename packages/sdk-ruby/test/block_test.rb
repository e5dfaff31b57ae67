# frozen_string_literal: true

require_relative "helper"

class BlockTest < Minitest::Test
  include Helper
  parallelize_me!

  def test_ends_at_once_with_2_and_the_reason_on_stderr
    body = <<~'RUBY'
      XcodexHooks.run do
        XcodexHooks.block("not here: \u00E4 \u{1F680}")
      rescue Exception
        warn "never"
      ensure
        warn "never"
      end
    RUBY
    assert_equal [2, "", "not here: ä 🚀\n"], run_hook(body, TEXT).to_a
    assert_equal [2, "", "not here: ä 🚀\n"], run_hook(body, TEXT, env: { "LC_ALL" => "C" }).to_a
  end

  def test_needs_neither_run_nor_an_event
    assert_equal [2, "no\n"], run_hook('XcodexHooks.block("no")').to_a.values_at(0, 2)
    assert_equal [2, "no\n"], run_hook('XcodexHooks.read_event; XcodexHooks.block("no")', TEXT).to_a.values_at(0, 2)
  end

  def test_works_in_a_thread
    body = 'XcodexHooks.run { Thread.new { XcodexHooks.block("no") }.join }'
    assert_equal [2, "no\n"], run_hook(body, TEXT).to_a.values_at(0, 2)
  end

  def test_reaches_stderr_whatever_has_become_of_the_global_variable
    body = 'require "stringio"; $stderr = StringIO.new; XcodexHooks.block("no")'
    assert_equal [2, "no\n"], run_hook(body).to_a.values_at(0, 2)
  end

  def test_gives_a_reason_when_it_is_given_none
    ['""', '" \\n"', "nil", '"\u00A0"'].each do |reason|
      assert_equal "Blocked by a hook.\n", run_hook("XcodexHooks.block(#{reason})").stderr
    end
  end

  def test_says_a_reason_that_is_no_text_as_well_as_it_can
    assert_equal "a\uFFFDb\n", run_hook('XcodexHooks.block("a\xFFb")').stderr
    assert_equal "é\n", run_hook('XcodexHooks.block("é".encode("UTF-16LE"))').stderr
    assert_equal "[1]\n", run_hook("XcodexHooks.block([1])").stderr
  end

  def test_loses_nothing_that_was_printed_before
    assert_equal "before\n", run_hook('puts "before"; XcodexHooks.block("no")').stdout
  end

  def test_loses_nothing_of_a_long_reason_to_a_slow_reader
    ended = run_shell("{ $HOOK 2>&1 >&3 | { sleep 0.4; wc -c; }; } 3>&1", 'XcodexHooks.block("x" * 1_000_000)')
    assert_equal "1000001", ended.stdout.strip
  end

  def test_blocks_although_nobody_can_hear_why
    ["2>&-", "2>/dev/full"].each do |redirection|
      assert_equal 2, run_shell("$HOOK #{redirection}", 'XcodexHooks.block("no")').code
    end
    ended = run_shell('{ { $HOOK 2>&1 1>&3 3>&-; echo "code $?" >&3; } | true; } 3>&1',
                      'sleep 0.2; XcodexHooks.block("x" * 1_000_000)')
    assert_equal "code 2\n", ended.stdout
  end
end
