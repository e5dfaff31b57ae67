# frozen_string_literal: true

# parse.rb FILE ROUNDS: the nanoseconds that one parse takes.

require_relative "../lib/xcodex_hooks"

def rounds(payload, count)
  start = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
  count.times { XcodexHooks.parse_event(payload) }
  Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - start
end

payload = File.binread(ARGV.fetch(0))
count = Integer(ARGV.fetch(1))
warming_up = count / 10
rounds(payload, warming_up)
measured = count - warming_up
puts rounds(payload, measured) / [measured, 1].max
