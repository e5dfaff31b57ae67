# frozen_string_literal: true

# The RBS signatures: valid in themselves, and true of what the runtime takes and gives while its tests run.

require "rbconfig"

ROOT = File.expand_path("..", __dir__)
RBS = [RbConfig.ruby, "-e", 'load Gem.bin_path("rbs", "rbs")', "--", "-I", "#{ROOT}/sig"].freeze
TESTED = { "RBS_TEST_TARGET" => "XcodexHooks,XcodexHooks::*", "RBS_TEST_OPT" => "-I #{ROOT}/sig",
           "RBS_TEST_LOGLEVEL" => "error", "RBS_TEST_RAISE" => "1" }.freeze

system(*RBS, "validate", out: File::NULL) || exit(1)
system(TESTED, RbConfig.ruby, "-r", "rbs/test/setup", "#{ROOT}/test/event_test.rb") || exit(1)
