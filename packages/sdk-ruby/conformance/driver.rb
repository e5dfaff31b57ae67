# frozen_string_literal: true

# The conformance driver of the Ruby SDK (conformance/PROTOCOL.md, section 8). Without an argument it answers
# requests, one JSON line each; as `driver.rb serve` or `driver.rb run` it is a hook.

require "json"
require_relative "../lib/xcodex_hooks"

def written(event)
  { type: event.type, fields: event.to_h, extra: event.extra, problems: event.problems }
end

def read(request)
  input = request["input"] || request["input_base64"].unpack1("m")
  return XcodexHooks.parse_event(input) if request["kind"] == "event"

  cap = request.dig("options", "max_payload_file_bytes") || XcodexHooks::MAX_BYTES
  XcodexHooks.read_event(input: input, max_payload_file_bytes: cap)
end

def answer(request)
  { id: request["id"], event: written(read(request)) }
rescue XcodexHooks::HookInputError => error
  { id: request["id"], error: { code: error.code, message: error.message } }
end

def note(what)
  File.write(ENV.fetch("CONFORMANCE_OUT"), "#{XcodexHooks.generate_json(what)}\n", mode: "a")
end

STEPS = JSON.parse(ENV.fetch("CONFORMANCE_HOOK", "[]"))
count = 0
hook = lambda do |event|
  note({ event: written(event) })
  count += 1
  STEPS.select { |step| step["on"] == count }.each do |step|
    case step["do"]
    when "print" then puts step["text"]
    when "throw" then raise step["text"]
    when "block" then XcodexHooks.block(step["text"])
    end
  end
end
on_dropped = ->(line) { note({ dropped: line }) }

case ARGV.first
when "serve" then XcodexHooks.serve(on_dropped: on_dropped, &hook)
when "run" then XcodexHooks.run(on_dropped: on_dropped, &hook)
else $stdin.each_line { |line| puts XcodexHooks.generate_json(answer(JSON.parse(line))) }
end
