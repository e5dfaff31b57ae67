# frozen_string_literal: true

require_relative "helper"

class ReadmeTest < Minitest::Test
  include Helper

  README = File.read(File.join(ROOT, "README.md"), encoding: "UTF-8")
  FILES = README.scan(/^```(?:ruby|json) (\S+)\n(.*?)^```/m).to_h.freeze
  SESSIONS = README.scan(/^```console\n(\$.*?)^```/m).flatten.freeze

  def test_has_what_is_tested_here
    assert_equal %w[guard.rb event.json describe.rb show.rb], FILES.keys
    assert_equal 4, SESSIONS.length
    assert_operator FILES["guard.rb"].lines.length, :<=, 11
  end

  SESSIONS.each_with_index do |session, at|
    define_method("test_session_#{at + 1}_says_what_it_shows") do
      in_folder do |folder|
        FILES.each { |name, text| File.write(File.join(folder, name), text) }
        env = { "RUBYLIB" => File.join(ROOT, "lib"), "RUBYOPT" => "-w" }
        commands = session.scan(/^\$ (.*)$/).flatten
        ran = commands.map { |command| "$ #{command}\n#{said(command, folder, env)}" }.join
        assert_equal session, ran
      end
    end
  end

  def said(command, folder, env)
    Open3.capture2e(env, "bash", "-c", command, chdir: folder).first.force_encoding("UTF-8")
  end

  def test_names_every_function_and_option
    functions = XcodexHooks.singleton_methods
    assert_equal functions.sort, README.scan(/^### `XcodexHooks\.(\w+)/).flatten.map(&:to_sym).sort
    functions.flat_map { |name| XcodexHooks.method(name).parameters }.each do |kind, name|
      assert_includes README, "| `#{name}`" if kind == :key
    end
  end
end
