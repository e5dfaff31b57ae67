# frozen_string_literal: true

require_relative "../lib/xcodex_hooks"

XcodexHooks.run { |_event| nil }
