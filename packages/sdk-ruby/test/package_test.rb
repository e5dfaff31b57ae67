# frozen_string_literal: true

require_relative "helper"

# The gem: built, installed where nothing else is, and used from there.
class PackageTest < Minitest::Test
  include Helper

  def test_builds_installs_and_runs
    in_folder do |folder|
      gem(folder, "build", "xcodex_hooks.gemspec", "--output", "#{folder}/built.gem", chdir: ROOT)
      gem(folder, "install", "--local", "--no-document", "#{folder}/built.gem", chdir: folder)
      hook = 'require "xcodex_hooks"
        XcodexHooks.run { |event| XcodexHooks.block(event.tool_name + $LOADED_FEATURES.grep(/xcodex/)[0]) }'
      ended = run_command([RbConfig.ruby, "-e", hook], TEXT, env: gem_home(folder))
      assert_equal 2, ended.code
      assert_match(%r{\Ashell#{Regexp.escape(File.realpath(folder))}/gems/xcodex_hooks-[\d.]+/lib/}, ended.stderr)
    end
  end

  def test_holds_the_files_of_its_users_and_no_others
    spec = Gem::Specification.load(File.join(ROOT, "xcodex_hooks.gemspec"))
    assert_equal %w[README.md lib/xcodex_hooks.rb lib/xcodex_hooks_events.rb sig/xcodex_hooks.rbs
                    sig/xcodex_hooks_events.rbs], spec.files.sort
    assert_equal JSON.parse(File.read(File.join(ROOT, "package.json")))["version"], spec.version.to_s
    assert_equal ["MIT"], spec.licenses
    assert_empty spec.dependencies
  end

  def gem_home(folder)
    { "GEM_HOME" => folder, "GEM_PATH" => folder, "RUBYLIB" => nil, "RUBYOPT" => nil }
  end

  def gem(folder, *arguments, chdir:)
    said, status = Open3.capture2e(gem_home(folder), RbConfig.ruby, "-S", "gem", *arguments, chdir: chdir)
    assert_predicate status, :success?, said
  end
end
