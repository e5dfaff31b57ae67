# frozen_string_literal: true

require_relative "helper"
require "fileutils"

class PayloadFileTest < Minitest::Test
  include Helper

  # The session of the event in a file, or the code of the error.
  def follow(path)
    XcodexHooks.read_event(input: JSON.generate({ payload_path: path })).session_id
  rescue XcodexHooks::HookInputError => error
    error.code
  end

  # Puts a file and something else under one path, in turn, as fast as it can.
  FLIP = <<~RUBY
    puts "started"; $stdout.flush
    path, other = ARGV
    loop { [".file", other].each { |kind| File.rename(path + kind, path); File.rename(path, path + kind) } }
  RUBY

  def test_may_be_swapped_while_it_is_opened
    %w[.fifo .link].each do |other|
      seen = in_folder { |folder| swapped("#{folder}/payload.json", other) }
      assert_empty seen - ["right", :payload_file_missing, :payload_file_not_regular]
      assert_includes seen, "right"
      assert_includes seen, :payload_file_not_regular
    end
  end

  def swapped(path, other)
    File.write("#{path}.file", JSON.generate(EVENT.merge("session_id" => "right")))
    File.write("#{path}.secret", JSON.generate(EVENT.merge("session_id" => "wrong")))
    File.mkfifo("#{path}.fifo")
    File.symlink("#{path}.secret", "#{path}.link")
    IO.popen([RbConfig.ruby, "-e", FLIP, path, other]) do |flipper|
      flipper.gets
      Array.new(5000) { follow(path) }.uniq
    ensure
      Process.kill(:KILL, flipper.pid)
    end
  end

  # Only Linux has such a file.
  if File.exist?("/proc/self/status")
    def test_that_has_more_in_it_than_it_says_is_not_trusted
      assert_equal :payload_file_mismatch, follow("/proc/self/status")
    end
  end

  def test_is_closed_again
    in_folder do |folder|
      File.write("#{folder}/payload.json", TEXT)
      GC.disable
      open_files = -> { Dir.children("/dev/fd").length }
      before = open_files.call
      20.times { assert_equal "session-1", follow("#{folder}/payload.json") }
      20.times { assert_equal :payload_file_not_regular, follow(folder) }
      assert_equal before, open_files.call
    ensure
      GC.enable
    end
  end

  def test_is_named_in_what_is_said_and_cut_when_long
    short = '{"payload_path":"/nowhere/a b"}'
    error = assert_raises(XcodexHooks::HookInputError) { XcodexHooks.read_event(input: short) }
    assert_equal [:payload_file_missing, :payload_path], [error.code, error.field]
    assert_match(%r{\ACannot read the payload file "/nowhere/a b": it does not exist\. }, error.message)
    long = JSON.generate({ payload_path: "/#{"x" * 10_000}" })
    error = assert_raises(XcodexHooks::HookInputError) { XcodexHooks.read_event(input: long) }
    assert_equal :payload_file_unreadable, error.code
    assert_match(/: File name too long\. Read it /, error.message)
    assert_operator error.message.length, :<, 800
  end
end
