# frozen_string_literal: true

require_relative "helper"

class EventTest < Minitest::Test
  include Helper
  include XcodexHooks

  def parse(fields)
    XcodexHooks.parse_event(JSON.generate(EVENT.merge(fields)))
  end

  def finished(fields = {})
    parse({ "xcodex_event_type" => "tool-call-finished" }.merge(fields))
  end

  def test_has_a_class_per_event_that_pattern_matching_understands
    case finished("duration_ms" => 12)
    in ToolCallFinishedEvent[tool_name:, duration_ms:] then assert_equal ["shell", 12], [tool_name, duration_ms]
    end
    case finished
    in ToolCallFinishedEvent[duration_ms: Integer] then flunk
    in ToolCallFinishedEvent[tool_name: Tool::BASH | "shell", duration_ms:, **nil] then flunk
    in ToolCallFinishedEvent[type: "tool-call-finished", duration_ms: nil, extra: {}, problems: [], raw: Hash => raw]
      assert_equal "session-1", raw["session_id"]
    end
  end

  def test_does_not_match_what_the_event_does_not_have
    case parse({})
    in { duration_ms: } then flunk duration_ms
    in { problems: [] } then pass
    end
  end

  def test_has_every_class_of_the_catalogue
    assert_equal EVENTS.keys, EVENTS.values.map { |event| event::TYPE }
    EVENTS.each do |type, kind|
      event = XcodexHooks.parse_event(JSON.generate({ xcodex_event_type: type }))
      assert_instance_of kind, event
      assert_equal [type, kind::DEFAULT_NAME], [event.type, event.hook_event_name]
    end
  end

  def test_is_frozen
    event = finished("new" => true)
    [event, event.to_h, event.extra, event.problems].each { |one| assert_predicate one, :frozen? }
  end

  def test_keeps_what_the_catalogue_does_not_know_and_the_untouched_payload
    event = finished("new" => { "a" => [1, nil] })
    assert_equal({ "new" => { "a" => [1, nil] } }, event.extra)
    assert_equal EVENT.merge("xcodex_event_type" => "tool-call-finished", "new" => { "a" => [1, nil] }), event.raw
  end

  def test_tells_a_null_from_an_absence
    assert finished("tool_input" => nil).to_h.key?(:tool_input)
    refute finished("duration_ms" => nil).to_h.key?(:duration_ms)
    refute parse({}).to_h.key?(:tool_response)
  end

  def test_lists_what_is_wrong_and_goes_on
    event = finished("duration_ms" => "12", "tool_name" => nil)
    assert_equal [nil, ""], [event.duration_ms, event.tool_name]
    assert_equal [%i[duration_ms wrong_type], %i[tool_name missing]], event.problems.map { |one| [one.field, one.code] }
    assert_equal 'Cannot use field "duration_ms": it should be an integer and is the string "12". ' \
                 "Look in `raw` for all of it.", event.problems.first.message
  end

  def test_has_typed_objects_whose_inside_is_not_checked
    policy = { "type" => "read-only", "access" => { "type" => "x", "readable_roots" => [1] }, "writable_roots" => 1 }
    event = parse("xcodex_event_type" => "approval-requested", "sandbox_policy" => policy)
    assert_empty event.problems
    assert_equal ["read-only", "x", nil, nil], [event.sandbox_policy.type, event.sandbox_policy.access.type,
                                                event.sandbox_policy.access.readable_roots,
                                                event.sandbox_policy.writable_roots]
    assert_equal policy, event.sandbox_policy.raw
    assert_equal policy, JSON.parse(event.to_json)["sandbox_policy"]
    assert_equal({ type: "x" }, event.sandbox_policy.access.to_h)
  end

  def test_is_an_unknown_event_outside_the_catalogue
    event = parse("xcodex_event_type" => "PostCompact", "hook_event_name" => "PostCompact", "tool_name" => 1)
    assert_instance_of UnknownEvent, event
    assert_equal ["PostCompact", "/w", 1], [event.type, event.cwd, event.extra["tool_name"]]
  end

  def test_is_one_line_of_json_its_typed_fields_and_extra
    written = finished("new" => "a\nb", "attempt" => 2.0).to_json
    refute_includes written, "\n"
    event = JSON.parse(written)
    assert_equal [2, { "new" => "a\nb" }], event.values_at("attempt", "extra")
    assert_equal "2", written[/"attempt":([^,]*)/, 1]
    assert_equal written, JSON.generate(finished("new" => "a\nb", "attempt" => 2))
  end

  def test_shows_itself_without_saying_everything_twice
    shown = finished("new" => 1).inspect
    assert_match(/\A#<XcodexHooks::ToolCallFinishedEvent \{.*shell/, shown)
    refute_includes shown, "new"
  end

  def test_takes_what_a_json_parser_made_of_it
    from_symbols = JSON.parse(TEXT, symbolize_names: true)
    assert_equal "echo äöü 漢字 🚀", XcodexHooks.parse_event(from_symbols).tool_input["command"]
    assert_equal "shell", XcodexHooks.parse_event(EVENT).tool_name
    assert_equal "a\uFFFD", XcodexHooks.parse_event({ hook_event_name: "a\xFF" }).type
  end

  def test_takes_texts_of_any_encoding
    [TEXT.b, TEXT.encode("UTF-16LE"), "\uFEFF#{TEXT}", TEXT.dup.force_encoding("US-ASCII")].each do |text|
      assert_equal "echo äöü 漢字 🚀", XcodexHooks.parse_event(text).tool_input["command"]
    end
  end

  def test_refuses_an_envelope_where_no_file_is_read
    assert_equal :unexpected_envelope, code_of { XcodexHooks.parse_event('{"payload_path":"/etc/passwd"}') }
  end

  def test_has_a_meaning_for_every_code
    protocol = File.read(File.join(ROOT, "../../conformance/PROTOCOL.md"), encoding: "UTF-8")
    codes = protocol[/^## 9.*/m].scan(/^\| `(\w+)` \| (.*) \|$/).to_h { |code, text| [code.to_sym, text] }
    assert_equal codes, INPUT_CODES
  end

  def code_of
    yield
    nil
  rescue HookInputError => error
    error.code
  end
end

class JsonTest < Minitest::Test
  def read(text)
    XcodexHooks.parse_event("{\"value\":#{text}}").extra["value"]
  end

  def test_keeps_numbers_as_they_are
    numbers = {
      "9223372036854775807" => (2**63) - 1,
      "-123456789012345678901234567890" => -123_456_789_012_345_678_901_234_567_890,
      "0.1" => 0.1, "1e3" => 1000.0, "-0" => 0, "5e-324" => 5e-324
    }
    numbers.each { |text, value| assert_equal value, read(text) }
  end

  def test_takes_numbers_that_no_double_can_hold_and_writes_null_for_them
    # Ruby has a word to say about them when it runs with -w.
    capture_io { assert_equal [Float::INFINITY, -Float::INFINITY], read("[1e400,-1e400]") }
    capture_io { assert_equal Float::INFINITY, read("9" * 5000) }
    assert_equal "[null,null]", XcodexHooks.generate_json([Float::INFINITY, Float::NAN])
  end

  def test_is_quick_and_clean_with_hostile_texts
    ["[" * 100_000, "{\"a\":" * 100_000, "\"#{"\\\"" * 1_000_000}", "{\"a\":\"#{"\\" * 1_000_001}", "0" * 3_000_000,
     "#{"[" * 100_000}#{"]" * 100_000}"].each do |text|
      assert_equal :not_json, assert_raises(XcodexHooks::HookInputError) { XcodexHooks.parse_event("[#{text}") }.code
    end
    name = "a#{" " * 1_000_000}b"
    assert_equal name, XcodexHooks.parse_event({ hook_event_name: name }).type
  end

  def test_nests_as_deep_as_it_says_in_a_fiber_too
    deep = ->(depth) { read("#{"[" * depth}#{"{\"a\":" * depth}1#{"}" * depth}#{"]" * depth}") }
    event = Fiber.new { deep.call(240) }.resume
    assert_equal "[" * 240, XcodexHooks.generate_json(event)[0, 240]
    assert_raises(XcodexHooks::HookInputError) { deep.call(260) }
  end

  def test_writes_what_any_parser_reads
    value = { "a\u0000\u001F\"\\\u2028" => ["é", nil, true, 1.5, -1, :symbol, 10**30], "" => {} }
    assert_equal JSON.parse(JSON.generate(value)), JSON.parse(XcodexHooks.generate_json(value))
    assert_equal '"\u0000\n"', XcodexHooks.generate_json("\0\n")
  end
end
