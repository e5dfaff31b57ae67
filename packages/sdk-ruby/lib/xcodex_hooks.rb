# frozen_string_literal: true

# A hook waits for this file, and collecting garbage in the middle of it would be a third of that.
gc_was_disabled = GC.disable
require_relative "xcodex_hooks_events"

# Write a typed hook for a coding agent: read the event, look at it, block it or let it go on. Works as the hook
# of one event and as a long-lived host, under xcodex, Codex, Claude Code and Gemini CLI.
#
#   XcodexHooks.run do |event|
#     case event
#     in XcodexHooks::ToolCallStartedEvent[tool_name: "shell"] then XcodexHooks.block("Not here.")
#     else # every other event
#     end
#   end
#
# The rules that it follows are in conformance/PROTOCOL.md of the project; "section" below is one of those.
module XcodexHooks
  # Everything that can be wrong with what a hook is given: code => what it means.
  INPUT_CODES = {
    no_input: "There is nothing to read: the input is empty or blank, or it is a terminal.",
    not_json: "The input is not one JSON document.",
    not_object: "The input is JSON, but not an object.",
    input_too_large: "The input is longer than the cap.",
    input_timeout: "The input did not end in time.",
    input_unreadable: "The input failed while it was being read.",
    unexpected_envelope: "There is an envelope where the payload itself should be.",
    payload_path_relative: "The envelope's path is not absolute.",
    payload_file_missing: "The payload file does not exist.",
    payload_file_not_regular: "The payload file is a link, a folder, a pipe or a device.",
    payload_file_too_large: "The payload file is longer than the cap.",
    payload_file_mismatch: "The payload file does not have the length or the hash that the envelope promises.",
    payload_file_unreadable: "The payload file exists and cannot be read."
  }.freeze

  # The default caps, in bytes, and the default deadline, in seconds.
  MAX_BYTES = 64 * 1024 * 1024
  TIMEOUT = 30

  # Bytes of an input that is read and parsed without collecting garbage.
  SMALL = 1024 * 1024
  private_constant :SMALL

  # What a hook was given cannot be turned into an event at all. Wrong or missing fields never raise: they are
  # listed in the `problems` of the event.
  class HookInputError < StandardError
    # @return [Symbol] one of the keys of INPUT_CODES
    attr_reader :code

    # @return [Symbol, nil] the field of the envelope that led here: `:payload_path`, `:payload_bytes` or
    #   `:payload_sha256`
    attr_reader :field

    def initialize(code, message, field: nil)
      super(message)
      @code = code
      @field = field
    end
  end

  # Something about one field that is not as the catalogue says. The event is usable all the same.
  #
  # `field` is our name of it, a Symbol. `code` is `:wrong_type` (it was there with a value of another type, and is
  # left out) or `:missing` (it has to be there and is not). `message` is for people.
  Problem = Struct.new(:field, :code, :message)

  # Named fields that were read from a JSON object: an event, or an object inside one that has a type of its own.
  # A field that is not there is nil. Frozen.
  class Record
    # @return [Hash{Symbol => Object}] the typed fields that are there; `key?` tells a null from an absence
    attr_reader :to_h

    # @return [Hash{String => Object}] the whole object, as it was parsed
    attr_reader :raw

    # @api private
    def initialize(fields, raw)
      fields.each { |name, value| instance_variable_set(:"@#{name}", value) }
      @to_h = fields.freeze
      @raw = raw
      freeze
    end

    # For pattern matching: any field of the type may be asked for, and one that is not there is nil.
    def deconstruct_keys(keys)
      names = self.class.readers
      (keys ? keys & names : names).to_h { |name| [name, public_send(name)] }
    end

    # @return [String] one line of JSON: the object as it was sent
    def to_json(*)
      Json.generate(raw)
    end

    # @return [String] the fields, without `raw`
    def inspect
      "#<#{self.class} #{to_h}>"
    end

    # @api private
    def self.readers
      @readers ||= [*self::FIELDS.keys, :raw]
    end

    # Names of the fields in JSON.
    # @api private
    def self.names
      @names ||= self::FIELDS.keys.map(&:name)
    end

    # An object inside an event. Nothing in it is checked: a field of another type is not there.
    # @api private
    def self.from(object)
      fields = self::FIELDS.select { |name, type| object.key?(name.name) && Fields.fits?(object[name.name], type) }
      new(fields.to_h { |name, type| [name, Fields.typed(object[name.name], type)] }, object)
    end
  end

  # What every hook is given: one of the classes in EVENTS, or an UnknownEvent.
  class Event < Record
    # @return [Hash{String => Object}] fields that the catalogue does not describe for this event, untouched
    attr_reader :extra

    # @return [Array<Problem>] fields that were wrong or missing; empty when all is well
    attr_reader :problems

    # @return [String] what to tell events apart by: the canonical type, or the name of an unknown event as it was sent
    alias type xcodex_event_type

    # @api private
    def initialize(fields, extra, raw, problems)
      @extra = extra.freeze
      @problems = problems.freeze
      super(fields, raw)
    end

    # @return [String] one line of JSON: the typed fields that are there, and `extra`
    def to_json(*)
      Json.generate({ **to_h, extra: extra })
    end

    # @api private
    def self.readers
      @readers ||= [*super, :type, :extra, :problems]
    end
  end

  # An event outside the catalogue: the fields of every event are checked, everything else is in `extra`.
  class UnknownEvent < Event; end

  class << self
    # Reads the one event that an agent writes to the hook's stdin, and follows an envelope to the payload's file.
    #
    # @param timeout [Numeric, nil] seconds that the input may take to end; nil waits for ever
    # @param max_bytes [Integer] the longest input
    # @param max_payload_file_bytes [Integer] the longest payload file
    # @param input [String, nil] the input itself, for programs that have read it already. Stdin is not touched then
    # @return [Event]
    # @raise [HookInputError] when there is no event to be had
    def read_event(timeout: TIMEOUT, max_bytes: MAX_BYTES, max_payload_file_bytes: MAX_BYTES, input: nil)
      unless input
        stdin = Stdin.new
        stdin.start_deadline(timeout)
        input = stdin.read_into(String.new, max_bytes)
      end
      event_in(input, max_payload_file_bytes)
    end

    # Turns the JSON of one event into a typed event. Every wire and the payloads of Codex, Claude Code and Gemini CLI
    # are understood. No file is read: an envelope is refused.
    #
    # @param json [String, Hash] a text, bytes, or what a JSON parser made of them
    # @return [Event]
    # @raise [HookInputError] with the code `no_input`, `not_json`, `not_object` or `unexpected_envelope`
    def parse_event(json)
      # Written and read again: a Hash of Ruby can hold what no JSON can, symbols and broken texts for example.
      json = Json.generate(json) unless json.is_a?(String)
      Reader.event(Envelope.payload(Input.parse_object(json, "the event"), "the event"))
    end

    # A value as one line of JSON, for logs and answers, without `require "json"`, which takes longer to load than most
    # hooks run. Knows events and what is inside them. A number that JSON cannot say becomes null.
    #
    # @return [String]
    def generate_json(value)
      Json.generate(value)
    end

    # Stops what the agent is about to do, and does not return.
    #
    # As the hook of one event the reason goes to stderr and the process exits with code 2, at once: that is what
    # xcodex, Codex, Claude Code and Gemini CLI alike understand. In a host it becomes the reply to the event, and the
    # host goes on with the next one.
    #
    # @param reason [String] why, for the agent and its user; a blank one becomes "Blocked by a hook."
    # @raise [RuntimeError] in a host, when the hook has returned already
    def block(reason)
      reason = Json.utf8(reason.to_s)
      # Agents take exit code 2 without a word for a failure.
      reason = "Blocked by a hook." if reason.match?(/\A[[:space:]]*\z/)
      if Host.count.positive?
        scope = Thread.current.group
        scope.is_a?(Scope) ? scope.block(reason) : raise(TOO_LATE)
      end
      Output.write(STDOUT, "")
      Output.write(STDERR, "#{reason}\n")
      exit!(2)
    end

    # Serves as a long-lived host: calls the block for every event line on stdin, one after the other, and returns
    # after the last one. Bad lines, and whatever the hook raises, are logged to stderr and end nothing.
    #
    # @param replies [Boolean, nil] whether somebody reads replies; nil: what the dispatcher says, which sets
    #   `XCODEX_HOOKS_REPLIES=1` for hosts with `replies = true`
    # @param on_dropped [#call, nil] called with a HostDroppedLine when events were dropped on the way here
    # @param max_bytes [Integer] the longest line
    # @param max_payload_file_bytes [Integer] the longest payload file
    # @yieldparam event [Event]
    # @return [nil]
    def serve(replies: nil, on_dropped: nil, max_bytes: MAX_BYTES, max_payload_file_bytes: MAX_BYTES, &hook)
      raise ArgumentError, "Cannot serve without a hook: there is no block. Give it one." unless hook

      stdout = Output.reserve
      begin
        serve_lines(Lines.new("", Stdin.new, max_bytes), stdout, hook, replies,
                    on_dropped: on_dropped, max_payload_file_bytes: max_payload_file_bytes)
      ensure
        Output.release(stdout)
      end
    end

    # Runs a hook however it was started: once for the one event on stdin, or as a host when the first line is a line
    # for a host. So the same program works in every delivery mode, and only the configuration says which.
    #
    # Returns when the hook is done. Ends the process with 1, and why on stderr, when there is no event or the hook
    # raises; with 2 after `block`. What the hook prints goes to stderr.
    #
    # Takes the options of `read_event` (but not `input`) and of `serve`.
    #
    # @yieldparam event [Event]
    # @return [nil]
    def run(timeout: TIMEOUT, replies: nil, on_dropped: nil, max_bytes: MAX_BYTES, max_payload_file_bytes: MAX_BYTES,
            &hook)
      raise ArgumentError, "Cannot run without a hook: there is no block. Give it one." unless hook

      # What loading has left would be collected now, which takes a part of a millisecond. It can wait for the hook.
      gc_was_disabled = GC.disable
      begin
        patient = !replies.nil? || ENV.key?("XCODEX_HOOKS_REPLIES")
        stdin = Stdin.new
        # For good, not only until the hook has returned: a thread of it may print later.
        stdout = Output.reserve
        head = first_line(stdin, timeout, max_bytes, patient)
        GC.enable unless gc_was_disabled || head.bytesize < SMALL
        if Host.input?(head)
          GC.enable unless gc_was_disabled
          stdin.stop_deadline
          serve_lines(Lines.new(head, stdin, max_bytes), stdout, hook, replies,
                      on_dropped: on_dropped, max_payload_file_bytes: max_payload_file_bytes)
        else
          event = event_in(stdin.read_into(head, max_bytes), max_payload_file_bytes)
          GC.enable unless gc_was_disabled
          hook.call(event)
        end
        nil
      rescue HookInputError => error
        quit("#{error.code}: #{error.message}")
      rescue SystemExit, SignalException
        raise
      rescue Exception => error # rubocop:disable Lint/RescueException
        quit(Output.stack_of(error))
      ensure
        GC.enable unless gc_was_disabled
      end
    end

    private

    def event_in(input, max_payload_file_bytes)
      Reader.event(Envelope.follow(Input.parse_object(input, "stdin"), max_payload_file_bytes))
    end

    # Reads until the first line that is not blank is complete, or to the end of the input. A host may be started long
    # before its first event: what it reads decides what it is, being told to be one only makes it patient.
    def first_line(stdin, timeout, max_bytes, patient)
      begun = nil
      stdin.start_deadline(timeout) unless patient
      head = stdin.read_into(String.new, max_bytes) do |piece|
        stdin.start_deadline(timeout)
        from = begun ? 0 : piece.index(Host::NOT_BLANK)
        begun ||= from
        begun && piece.index("\n", from)
      end
      stdin.must_be_short(head[Host::FIRST_LINE] || "", max_bytes)
      head
    end

    def serve_lines(lines, stdout, hook, replies, **options)
      replies = ENV["XCODEX_HOOKS_REPLIES"] == "1" if replies.nil?
      Host.new(hook, replies: (stdout if replies), **options).serve(lines)
      nil
    end

    def quit(why)
      Output.say(why)
      exit(1)
    end
  end

  # A quick JSON that is strict where the standard library's is not (section 1), and is there sooner: loading that
  # one takes longer than most hooks run.
  # @api private
  class Json
    # What is not JSON.
    class Invalid < StandardError; end

    MAX_DEPTH = 500
    # More digits than in any number that somebody meant; turning them into one takes its time.
    MAX_DIGITS = 4300
    REPLACEMENT = "\uFFFD"
    LITERALS = { "true" => true, "false" => false, "null" => nil }.freeze
    ESCAPED = {
      0x22 => '"', 0x5C => "\\", 0x2F => "/", 0x62 => "\b", 0x66 => "\f", 0x6E => "\n", 0x72 => "\r", 0x74 => "\t"
    }.freeze
    QUOTED = (0..0x1F).to_h { |byte| [byte.chr, format("\\u%04x", byte)] }
                      .merge('"' => '\\"', "\\" => "\\\\", "\n" => "\\n", "\r" => "\\r", "\t" => "\\t").freeze

    SPACES = [0x20, 0x0A, 0x0D, 0x09].freeze
    STRING_STOP = /["\\\x00-\x1F]/n
    UNICODE = /\Gu([0-9a-fA-F]{4})/n
    LOW_HALF = /\G\\u([dD][c-fC-F][0-9a-fA-F]{2})/n
    NUMBER = /\G-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/n
    LITERAL = /\G(?:true|false|null)/n

    # @param text [String] valid UTF-8
    def self.parse(text)
      new(text).document
    end

    # @return [String] one line
    def self.generate(value)
      case value
      when String, Symbol then quote(value)
      when nil then "null"
      when Integer, true, false then value.to_s
      when Float then value.finite? ? value.to_s : "null"
      when Hash then "{#{value.map { |key, item| "#{quote(key)}:#{generate(item)}" }.join(",")}}"
      when Array then "[#{value.map { |item| generate(item) }.join(",")}]"
      when Struct then generate(value.to_h)
      when Record then value.to_json
      else quote(value)
      end
    end

    def self.quote(value)
      "\"#{utf8(value.to_s).gsub(/["\\\x00-\x1F]/, QUOTED)}\""
    end

    # A text as UTF-8, whatever it came as. Bytes that are none become U+FFFD.
    def self.utf8(text)
      bytes = [Encoding::UTF_8, Encoding::BINARY, Encoding::US_ASCII].include?(text.encoding)
      return text.encode(Encoding::UTF_8, invalid: :replace, undef: :replace, replace: REPLACEMENT) unless bytes

      (text.encoding == Encoding::UTF_8 ? text : text.dup.force_encoding(Encoding::UTF_8)).scrub(REPLACEMENT)
    end

    # Bytes are looked at, not characters: quicker, and nothing but strings can hold others.
    def initialize(text)
      @bytes = text.b
      @at = 0
    end

    def document
      value = value(0)
      peek.nil? ? value : invalid("there is more after the document")
    end

    private

    # The next byte that is no white space; nil at the end.
    def peek
      byte = @bytes.getbyte(@at)
      byte = @bytes.getbyte(@at += 1) while SPACES.include?(byte)
      byte
    end

    # Steps over a byte if it is the next one.
    def take(byte)
      @at += 1 if peek == byte
    end

    # What a pattern matches here, and steps over it.
    def scan(pattern)
      return unless @bytes.index(pattern, @at)

      match = Regexp.last_match
      @at = match.end(0)
      match
    end

    def value(depth)
      invalid("it is nested deeper than #{MAX_DEPTH} levels") if depth > MAX_DEPTH
      case peek
      when 0x22 then string
      when 0x7B then object(depth)
      when 0x5B then array(depth)
      else scalar
      end
    end

    def object(depth)
      @at += 1
      object = {}
      until take(0x7D)
        take(0x2C) || invalid("there is neither a comma nor the end of the object") unless object.empty?
        key = peek == 0x22 ? string : invalid("there is no key")
        take(0x3A) || invalid("there is no colon after a key")
        object[key] = value(depth + 1)
      end
      object
    end

    def array(depth)
      @at += 1
      array = []
      until take(0x5D)
        take(0x2C) || invalid("there is neither a comma nor the end of the array") unless array.empty?
        array << value(depth + 1)
      end
      array
    end

    def scalar
      number = scan(NUMBER)
      return LITERALS.fetch((scan(LITERAL) || invalid("there is no value"))[0]) unless number

      number[1] || number[2] || number[0].length > MAX_DIGITS ? number[0].to_f : number[0].to_i
    end

    # Most strings are one piece without an escape.
    def string
      start = @at += 1
      stop = @bytes.index('"', start) || invalid("there is no end of a string")
      text = @bytes.byteslice(start, stop - start)
      plain = !text.match?(STRING_STOP)
      @at = stop + 1 if plain
      (plain ? text : pieces).force_encoding(Encoding::UTF_8)
    end

    def pieces
      text = String.new
      while (stop = @bytes.index(STRING_STOP, @at))
        text << @bytes.byteslice(@at, stop - @at)
        @at = stop + 1
        case @bytes.getbyte(stop)
        when 0x22 then return text
        when 0x5C then text << escape
        else invalid("there is a raw control character in a string")
        end
      end
      invalid("there is no end of a string")
    end

    def escape
      plain = ESCAPED[@bytes.getbyte(@at)]
      @at += 1 if plain
      plain || unicode.b
    end

    def unicode
      code = (scan(UNICODE) || invalid("there is no such escape"))[1].hex
      low = code.between?(0xD800, 0xDBFF) && scan(LOW_HALF)
      code = 0x10000 + ((code - 0xD800) << 10) + low[1].hex - 0xDC00 if low
      # Half of a pair is no character.
      code.between?(0xD800, 0xDFFF) ? REPLACEMENT : [code].pack("U")
    end

    def invalid(state)
      raise Invalid, "#{state} (position #{@at})"
    end
  end

  # From the input to one object (section 1), and the words for what is wrong with it.
  # @api private
  module Input
    BOM = "\uFEFF"

    module_function

    # The one JSON object in a text.
    # @param source [String] where it came from, for messages
    def parse_object(text, source)
      text = Json.utf8(text).delete_prefix(BOM)
      if text.match?(/\A[ \t\r\n]*\z/)
        refuse(:no_input, "read an event from #{source}", "it is empty",
               "Run the hook from an agent or pipe an event into it.")
      end
      value = parse(text, source)
      return value if value.is_a?(Hash)

      refuse(:not_object, "read an event from #{source}", "it is #{describe(value)}, not an object",
             "Send one JSON object per event.")
    end

    def parse(text, source)
      Json.parse(text)
    rescue Json::Invalid => error
      state = error.message
      remedy = "Send exactly one JSON object."
      if cut_off?(text)
        state = "it looks cut off at position #{text.bytesize}"
        remedy = "Check that its sender writes all of it and then closes the input."
      end
      refuse(:not_json, "read an event from #{source} as JSON", state, remedy)
    end

    # Whether a text that is no JSON ends inside a string, an object or an array.
    def cut_off?(text)
      outside = text.b.gsub(/"(?>[^"\\]+|\\.?)*+("|\z)/mn) { Regexp.last_match(1).empty? ? "[" : "" }
      outside.count("[{") > outside.count("]}")
    end

    # A value in a few words: `the string "12"`, `an array`, `null`.
    def describe(value)
      case value
      when nil then "null"
      when Hash then "an object"
      when Array then "an array"
      when String then "the string #{shortened(Json.quote(value))}"
      when true, false then "the boolean #{value}"
      when Numeric then "the number #{shortened(value.to_s)}"
      else "a #{value.class}"
      end
    end

    # As long as a person wants to read.
    def shortened(text, length = 60)
      text.length > length ? "#{text[0, length]}…" : text
    end

    # What the system says, without the place in Ruby where it said it.
    def reason(error)
      error.message[/\A[^@\n]+/].strip
    end

    # Every message says what could not be done, why, and what to do about it.
    def refuse(code, what, state, remedy, field = nil)
      raise HookInputError.new(code, "Cannot #{what}: #{state}. #{remedy}", field: field)
    end
  end

  # Payload files and the envelopes that name them (section 2).
  # @api private
  module Envelope
    # Keys that a payload has and an envelope has not.
    SESSION_KEYS = %w[session_id session-id thread_id thread-id].freeze
    # Never follow a link, never wait for the other end of a pipe, never become a terminal's process. Not every
    # platform has all of them; there the look before opening has to do.
    FLAGS = %i[NOFOLLOW NONBLOCK NOCTTY BINARY].select { |flag| File.const_defined?(flag) }
                                               .sum { |flag| File.const_get(flag) }

    module_function

    # The object itself, when it is a payload; otherwise that in its file.
    def follow(object, max_bytes)
      path = path_in(object) or return object

      unless absolute?(path)
        refuse(:payload_path_relative, path, "its path is not absolute", "Write the whole path into the envelope.")
      end
      bytes = read(path, max_bytes)
      compare(bytes, object, path)
      payload(Input.parse_object(bytes, named(path)), named(path))
    end

    # The object, which has to be a payload.
    def payload(object, source)
      path = path_in(object) or return object

      Input.refuse(:unexpected_envelope, "read an event from #{source}", "it is an envelope that names #{named(path)}",
                   "Read the payload, not the envelope.", :payload_path)
    end

    def named(path)
      "the payload file #{Input.shortened(Json.quote(path), 500)}"
    end

    def path_in(object)
      path = either(object, "payload_path")
      path if path.is_a?(String) && SESSION_KEYS.none? { |key| object.key?(key) }
    end

    def either(object, key)
      object.fetch(key) { object[key.tr("_", "-")] }
    end

    def absolute?(path)
      File.absolute_path?(path[/\A[^\0]*/])
    end

    def read(path, max_bytes)
      # Opening a device may already do something, so it is looked at first; what counts is what was opened.
      mark(path, File.lstat(path))
      File.open(path, File::RDONLY | FLAGS) { |file| read_opened(file, path, max_bytes) }
    rescue Errno::ENOENT then refuse(:payload_file_missing, path, "it does not exist")
    rescue Errno::ENOTDIR then refuse(:payload_file_missing, path, "a part of its path is not a folder")
    rescue Errno::ELOOP then refuse(:payload_file_not_regular, path, "it is a link")
    rescue Errno::ENXIO then refuse(:payload_file_not_regular, path, "it is a socket or a device")
    rescue SystemCallError, ArgumentError => error
      refuse(:payload_file_unreadable, path, Input.reason(error))
    end

    def mark(path, stat)
      refuse(:payload_file_not_regular, path, "it is not a regular file") unless stat.file?
    end

    def read_opened(file, path, max_bytes)
      mark(path, stat = file.stat)
      if stat.size > max_bytes
        refuse(:payload_file_too_large, path, "it has #{stat.size} bytes, more than #{max_bytes}",
               "Raise max_payload_file_bytes.")
      end
      # One byte more than it has: a file that is still growing is noticed.
      bytes = file.read(stat.size + 1) || "".b
      return bytes if bytes.bytesize <= stat.size

      refuse(:payload_file_mismatch, path, "it grew while it was read", "Write it before the envelope is sent.")
    end

    def refuse(code, path, state, remedy = "Read it while the hook runs, as the user the agent runs as.")
      Input.refuse(code, "read #{named(path)}", state, remedy, :payload_path)
    end

    # What is not promised is not compared: old senders give neither.
    def compare(bytes, envelope, path)
      length = either(envelope, "payload_bytes")
      mismatch(:payload_bytes, path, bytes.bytesize, length) unless length.nil? || length == bytes.bytesize
      promised = either(envelope, "payload_sha256")
      return if promised.nil?

      require "digest"
      sha256 = Digest::SHA256.hexdigest(bytes)
      mismatch(:payload_sha256, path, sha256, promised) unless promised.is_a?(String) && promised.downcase == sha256
    end

    def mismatch(field, path, actual, promised)
      what = field == :payload_bytes ? "length" : "SHA-256"
      state = "its #{what} is #{actual}, and the envelope says #{Input.describe(promised)}"
      Input.refuse(:payload_file_mismatch, "trust #{named(path)}", state, "Something else wrote to it.", field)
    end
  end

  # What a value is checked for, and what stands in for one. Only one level deep: what is inside is as it was sent.
  # @api private
  module Fields
    NAMES = {
      string: "a string", integer: "an integer", number: "a number", boolean: "a boolean", object: "an object",
      array: "an array", strings: "an array of strings", any: "anything"
    }.freeze
    # Integers that a double holds exactly, whether they are spelled `1` or `1.0`.
    SAFE = (-((2**53) - 1)..(2**53) - 1)

    module_function

    # @param type [Symbol, Class] a key of NAMES, or the class of an object
    def fits?(value, type)
      case type
      when :any then true
      when :string then value.is_a?(String)
      when :integer then integer?(value)
      when :number then value.is_a?(Numeric) && value.abs <= Float::MAX
      when :boolean then value.equal?(true) || value.equal?(false)
      when :array then value.is_a?(Array)
      when :strings then value.is_a?(Array) && value.all?(String)
      else value.is_a?(Hash)
      end
    end

    def integer?(value)
      (value.is_a?(Integer) || (value.is_a?(Float) && value.finite? && value == value.floor)) && SAFE.cover?(value)
    end

    # A value that fits, in the shape of its type.
    def typed(value, type)
      return type.from(value) if type.is_a?(Class)

      type == :integer ? value.to_i : value
    end

    def empty(type)
      case type
      when :string then ""
      when :integer, :number then 0
      when :boolean then false
      when :array, :strings then []
      when :any then nil
      else type.is_a?(Class) ? type.from({}) : {}
      end
    end
  end

  # The lifecycle wire in our words (section 3.1): before it is known which event it is, and after.
  # @api private
  module Lifecycle
    module_function

    NAMED_BY = %w[xcodex_event_type hook_event_name type].freeze
    CONTEXTS = %w[context agent_context].freeze

    # Whether a payload that is not of the kebab wire is of this one.
    def of?(payload)
      event = payload["event"]
      event.is_a?(Hash) && event["type"].is_a?(String) && NAMED_BY.none? { |key| payload.key?(key) }
    end

    def flat(payload)
      said = payload.except("event")
      # A `context` that is no object says nothing about the agent: a field like any other.
      said.delete("context") if payload["context"].is_a?(Hash)
      said.update(payload["event"])
      Event::FIELDS.each_key { |field| rename(said, camel_case(field.name), field.name) }
      rename(said, "type", "hook_event_name")
      said
    end

    def add_own_words(said, context, kind)
      kind::FIELDS.each_key { |field| rename(said, camel_case(field.name), field.name) }
      add_seed_keys(said, kind::LIFECYCLE)
      add_context(said, context, kind) if context.is_a?(Hash)
    end

    def add_seed_keys(said, keys)
      made = {}
      keys.each do |key, (field, inside)|
        if inside.nil? then rename(said, key, field)
        # What is in a field that was sent has been said.
        elsif said.key?(key) && (made.key?(field) || !said.key?(field))
          said[field] = made[field] ||= {}
          made[field][inside] = said.delete(key)
        end
      end
    end

    def add_context(said, context, kind)
      %w[model provider].each { |key| said[key] = context[key] if context.key?(key) && !said.key?(key) }
      rest = context.except("model", "provider")
      name = CONTEXTS.find { |one| !said.key?(one) && !kind::FIELDS.key?(one.to_sym) }
      said[name] = rest if name && !rest.empty?
    end

    # Of two spellings of one field the one in our words counts; the other one stays as it is.
    def rename(said, key, field)
      said[field] = said.delete(key) if said.key?(key) && !said.key?(field)
    end

    def camel_case(field)
      field.gsub(/_([a-z0-9])/) { Regexp.last_match(1).upcase }
    end
  end

  # A payload of any wire and any agent in our words, as an event (section 3). Never raises, whatever the object.
  # @api private
  class Reader
    STAND_INS = { schema_version: 1, permission_mode: "default" }.freeze
    # Fields that follow from the event itself: never missing.
    DERIVED = %i[xcodex_event_type hook_event_name].freeze
    # Fields that only the dispatcher fills in: not to be expected of an agent.
    FROM_THE_DISPATCHER = %i[schema_version event_id timestamp permission_mode transcript_path].freeze
    IDENTIFYING = %w[xcodex_event_type type hook_event_name].freeze
    # A name between the white space of JSON; `strip` takes more for white space.
    NAME = /[^ \t\r\n](?:.*[^ \t\r\n])?/m

    def self.event(payload)
      new(payload).event
    end

    def initialize(payload)
      @raw = payload
      @lifecycle = !kebab? && Lifecycle.of?(payload)
      @said = said
      identify
      Lifecycle.add_own_words(@said, payload["context"], @kind) if @lifecycle
      say_in_our_words
      @foreign = !@said.key?("schema_version")
      @problems = []
    end

    def event
      fields = typed_fields
      derive(fields)
      @kind.new(fields, @said.except(*@kind.names), @raw, @problems)
    end

    private

    def said
      return from_kebab if kebab?

      @lifecycle ? Lifecycle.flat(@raw) : @raw.dup
    end

    def kebab?
      @raw.key?("schema-version") || (@raw.key?("event-id") && @raw.key?("type"))
    end

    # Of a key in both spellings the one with underscores counts; the other one stays as it is.
    def from_kebab
      said = @raw.transform_keys do |key|
        snake = key.tr("-", "_")
        @raw.key?(snake) ? key : snake
      end
      return said if said.key?("xcodex_event_type") || !said["type"].is_a?(String)

      said["xcodex_event_type"] = said.delete("type")
      said
    end

    def identify
      names = @said.values_at(*IDENTIFYING).select { |name| name.is_a?(String) && !name.empty? }
      found = names.map { |name| catalogued(name) }.find { |name| NAMES.key?(name) }
      @type = NAMES[found] || names.first || ""
      @kind = found ? EVENTS[@type] : UnknownEvent
      # `PostToolUseFailure` says more than the canonical type beside it.
      hook_name = catalogued(@said["hook_event_name"])
      @name = ALIASES.include?(hook_name) && NAMES[hook_name] == @type ? hook_name : found
    end

    def catalogued(name)
      return name if !name.is_a?(String) || NAMES.key?(name)

      name[NAME]
    end

    def say_in_our_words
      @kind::SPELLED.each do |field, paths|
        next if @said.key?(field.name)

        value = first_at(paths)
        @said[field.name] = value unless value.nil?
      end
      IMPLIED[@name]&.each { |field, value| @said[field] = value if @said[field].nil? }
    end

    def first_at(paths)
      paths.each do |path|
        value = path.reduce(@said) { |object, key| object.is_a?(Hash) ? object[key] : nil }
        return value unless value.nil?
      end
      nil
    end

    def typed_fields
      @kind::FIELDS.each_with_object({}) do |(field, type), fields|
        value = @said[field.name]
        there = type == :any ? @said.key?(field.name) : !value.nil?
        if there && Fields.fits?(value, type)
          fields[field] = Fields.typed(value, type)
        else
          stand_in(fields, field, type, value, there)
        end
      end
    end

    def stand_in(fields, field, type, value, there)
      required = @kind::REQUIRED.include?(field)
      empty = STAND_INS.fetch(field) { Fields.empty(type) }
      if there then @problems << wrong_type(field, type, value)
      elsif required && expected?(field) then @problems << missing(field, empty)
      end
      fields[field] = empty if required
    end

    def expected?(field)
      return false if DERIVED.include?(field)
      # Codex says null for "there is no transcript".
      return false if field == :transcript_path && @said.key?("transcript_path")

      # The lifecycle wire has no place for it.
      return false if @lifecycle && field == :cwd

      !(@foreign && FROM_THE_DISPATCHER.include?(field))
    end

    def wrong_type(field, type, value)
      should = Fields::NAMES.fetch(type, "an object")
      Problem.new(field, :wrong_type, "Cannot use field \"#{field}\": it should be #{should} and is " \
                                      "#{Input.describe(value)}. Look in `raw` for all of it.").freeze
    end

    def missing(field, empty)
      Problem.new(field, :missing, "Cannot find field \"#{field}\": the payload does not have it. " \
                                   "#{Json.generate(empty)} stands in for it.").freeze
    end

    # Fields that can be said even when the payload does not, or not in a way that can be used.
    def derive(fields)
      fields[:xcodex_event_type] = @type
      fields[:hook_event_name] = default_name unless @said["hook_event_name"].is_a?(String)
      agent = agent_name unless fields.key?(:agent)
      fields[:agent] = AgentInfo.from({ "name" => agent }) if agent
      return if fields.key?(:tool_alias) || !@kind::FIELDS.key?(:tool_alias)

      tool_alias = tool_alias_of(fields[:tool_name])
      fields[:tool_alias] = tool_alias if tool_alias
    end

    def default_name
      @kind == UnknownEvent ? @type : @kind::DEFAULT_NAME
    end

    def agent_name
      return nil unless @foreign
      return AGENT_NAMES[@name] if AGENT_NAMES.key?(@name) && !@lifecycle

      transcript = @said["transcript_path"]
      TRANSCRIPTS.find { |_, folder| transcript.tr("\\", "/").include?(folder) }&.first if transcript.is_a?(String)
    end

    def tool_alias_of(tool)
      return nil unless tool

      TOOL_ALIASES[tool] || ("MCP" if tool.start_with?("mcp__"))
    end
  end

  # Standard input in pieces, with a deadline and a cap (section 4). Touched when the first piece is asked for.
  # @api private
  class Stdin
    PIECE = 64 * 1024
    # What the system can wait, in seconds: years.
    LONGEST_WAIT = 2**31

    # The next piece; nil when there are no more.
    def next
      refuse(:no_input, "it is a terminal", "Run the hook from an agent or pipe an event into it.") if STDIN.tty?
      wait
      STDIN.readpartial(PIECE)
    rescue EOFError
      nil
    rescue SystemCallError, IOError => error
      return nil if STDIN.closed?

      refuse(:input_unreadable, Input.reason(error), "Give the hook a pipe or a file as its input.")
    end

    # Adds pieces to a text until the block says that it is enough, or to the end of the input.
    def read_into(text, max_bytes)
      must_be_short(text, max_bytes)
      while (piece = self.next)
        text << piece
        # Before the cap: what comes after the first line of a host does not count.
        return text if block_given? && yield(piece)

        must_be_short(text, max_bytes)
      end
      text
    end

    def must_be_short(text, max_bytes)
      return if text.bytesize <= max_bytes

      refuse(:input_too_large, "it is longer than #{max_bytes} bytes", "Raise max_bytes, or send an envelope.")
    end

    # From now on the input has so many seconds to end; a second call changes nothing.
    def start_deadline(seconds)
      return if @deadline || seconds.nil? || seconds == Float::INFINITY

      @timeout = seconds
      @deadline = now + seconds
    end

    # The input may take its time again.
    def stop_deadline
      @deadline = nil
    end

    private

    # Not by reading without blocking: that would make stdin so for everybody who shares it.
    def wait
      return if IO.select([STDIN], nil, nil, @deadline && (@deadline - now).clamp(0, LONGEST_WAIT))

      refuse(:input_timeout, "it did not end within #{@timeout} seconds",
             "Close the input after the event, or raise timeout.")
    end

    def refuse(code, state, remedy)
      Input.refuse(code, "read an event from stdin", state, remedy)
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end

  # Splits bytes into lines. Never holds more than the cap and one piece.
  # @api private
  class Lines
    # What is left of a line that was longer than the cap.
    TooLong = Struct.new(:bytes)

    # @param head [String] what has been read already
    def initialize(head, stdin, max_bytes)
      @head = head
      @stdin = stdin
      @max_bytes = max_bytes
      start_line
    end

    def each
      piece = @head.empty? ? @stdin.next : @head
      while piece
        *ends, rest = piece.split("\n", -1)
        ends.each { |part| yield take(part) }
        add(rest)
        piece = @stdin.next
      end
      yield take("") if @length.positive?
    end

    private

    def start_line
      @line = String.new
      @length = 0
    end

    def add(part)
      @length += part.bytesize
      @length > @max_bytes ? @line = String.new : @line << part
    end

    def take(part)
      add(part)
      @length > @max_bytes ? TooLong.new(@length) : @line
    ensure
      start_line
    end
  end

  # Standard output and error, past whatever a hook has made of `$stdout` and `$stderr`.
  # @api private
  module Output
    module_function

    # Takes stdout away, from the processes that the hook starts too: what reads it takes every line for a reply.
    # @return [IO] the real one
    def reserve
      STDOUT.flush
      real = STDOUT.dup
      real.sync = true
      STDOUT.reopen(STDERR)
      STDOUT.sync = true
      real
    end

    # Gives it back.
    def release(real)
      STDOUT.flush
      STDOUT.reopen(real)
      real.close
    end

    # All of it, or as much as somebody reads: a reader that is gone changes nothing.
    def write(io, text)
      io.write(text)
      io.flush
    rescue SystemCallError, IOError
      nil
    end

    def say(text)
      write(STDERR, "#{Json.utf8(text).chomp}\n")
    end

    def log(message)
      say("xcodex-hooks: #{message}")
    end

    # What to say of something that a hook raised.
    def stack_of(error)
      error.full_message(highlight: false, order: :top)
    rescue StandardError # of the error's own making, or texts of encodings that do not go together
      ["#{error.class}, whose message cannot be shown", *error.backtrace].join("\n\tfrom ")
    end
  end

  # Leaves a hook in a host at once. Not a StandardError: `rescue => error` must not end up in its way.
  # @api private
  class BlockSignal < Exception; end # rubocop:disable Lint/InheritException

  # What one run of a hook in a host has decided so far. A group of threads, because a thread is born into the
  # group of the one that starts it: so `block` finds the run that it belongs to, wherever it is called.
  # @api private
  class Scope < ThreadGroup
    # @return [String, nil] why the event is blocked
    attr_reader :reason

    def initialize
      super
      @open = true
    end

    def enter
      @thread = Thread.current
      before = @thread.group
      add(@thread)
      yield
    ensure
      before.add(@thread)
    end

    def close
      @open = false
    end

    # The decision is kept before anything is raised: a hook that rescues everything has blocked all the same.
    def block(reason)
      raise TOO_LATE unless @open

      @reason ||= reason
      Thread.current.report_on_exception = false unless Thread.current == @thread
      raise BlockSignal, reason
    end
  end

  # Said of a `block` that belongs to no event.
  TOO_LATE = "Cannot block the event: its hook has returned already, or it is another thread's. " \
             "Join every thread that may block."

  # Handles the lines of a host, one after the other (section 6).
  # @api private
  class Host
    @count = 0
    class << self
      # How many are being served in this process: `block` is a reply then, and not the end of it.
      attr_accessor :count
    end

    EVENT_TYPES = %w[event hook-event].freeze
    NOT_BLANK = /[^ \t\r\n\xEF\xBB\xBF]/n
    FIRST_LINE = /[^ \t\r\n\xEF\xBB\xBF][^\n]*/n
    OFF = "Cannot block the event: nobody reads the replies of this host. Set `replies = true` under [hooks.host]."

    # Whether an input begins with a line for a host: that decides whether a program that can do both is one.
    def self.input?(bytes)
      line = bytes[FIRST_LINE]
      # Most first lines are payloads, and large: look before parsing.
      return false unless line&.match?(/"type"\s*:\s*"(?:event|hook-event|events-dropped)"/n)

      line = Input.parse_object(line, "the line")
      return line["from_seq"].is_a?(Numeric) if line["type"] == "events-dropped"

      EVENT_TYPES.include?(line["type"]) && line["seq"].is_a?(Numeric) && line["event"].is_a?(Hash)
    rescue HookInputError
      false
    end

    # @param replies [IO, nil] where answers go; nil when nobody reads them
    def initialize(hook, replies:, on_dropped:, max_payload_file_bytes:)
      @hook = hook
      @replies = replies
      @on_dropped = on_dropped
      @max_payload_file_bytes = max_payload_file_bytes
      @unknown_types = []
      @pid = Process.pid
    end

    def serve(lines)
      Host.count += 1
      number = 0
      lines.each do |line|
        number += 1
        handle(line)
      rescue HookInputError => error
        Output.log("line #{number} skipped: #{error.code}: #{error.message}")
      end
    ensure
      Host.count -= 1
    end

    private

    def handle(line)
      if line.is_a?(Lines::TooLong)
        Input.refuse(:input_too_large, "read a line of #{line.bytes} bytes", "it is longer than the cap",
                     "Raise max_bytes.")
      end
      return if line.match?(/\A(?:[ \t\r\n]|\xEF\xBB\xBF)*\z/n)

      object = Input.parse_object(line, "the line")
      case object["type"]
      when *EVENT_TYPES then handle_event(object)
      when "events-dropped" then isolated { @on_dropped&.call(HostDroppedLine.from(object)) }
      else note_type(object)
      end
    end

    # Lines of other types may come one day; the first of each is worth a word, or a mix-up stays unseen.
    def note_type(object)
      name = object.key?("type") ? "lines of the type #{Input.describe(object["type"])}" : "a line without a type"
      return if @unknown_types.include?(name)

      @unknown_types << name
      Output.log("#{name} skipped: a host reads lines of the types \"event\" and \"hook-event\"")
    end

    def handle_event(line)
      scope = Scope.new
      event = event_of(line)
      isolated { scope.enter { @hook.call(event) } }
    ensure
      scope.close
      # An event that could not be read is answered too: somebody may be waiting.
      answer(line["seq"], scope.reason)
    end

    def event_of(line)
      object = line["event"]
      return Reader.event(Envelope.follow(object, @max_payload_file_bytes)) if object.is_a?(Hash)

      Input.refuse(:not_object, "read an event from the line", "\"event\" is #{Input.describe(object)}, not an object",
                   "Send the event there.")
    end

    # Runs what the author wrote. What it raises is logged and goes no further, `exit` included: one event is not to
    # end the host for all others. Only a signal does, as it should.
    def isolated
      yield
    rescue BlockSignal
      nil
    rescue SignalException
      raise
    rescue Exception => error # rubocop:disable Lint/RescueException
      exit!(error.status) if forked? && error.is_a?(SystemExit)
      Output.log(Output.stack_of(error))
    ensure
      # A child that the hook has forked and not ended must not serve too.
      exit!(0) if forked?
    end

    def forked?
      Process.pid != @pid
    end

    def answer(seq, reason)
      if @replies.nil?
        Output.log(OFF) if reason
      elsif seq.is_a?(Numeric)
        reply = reason ? { seq: seq, decision: "block", reason: reason } : { seq: seq }
        Output.write(@replies, "#{Json.generate(reply)}\n")
      end
    end
  end

  private_constant :Json, :Input, :Envelope, :Fields, :Reader, :Stdin, :Lines, :Output, :BlockSignal, :Scope, :Host,
                   :TOO_LATE
end

GC.enable unless gc_was_disabled
