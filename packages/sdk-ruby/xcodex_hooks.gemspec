# frozen_string_literal: true

Gem::Specification.new do |spec|
  spec.name = "xcodex_hooks"
  spec.version = "0.1.0"
  spec.summary = "Write a typed hook for a coding agent in a minute."
  spec.description = "Read the event, look at it, block it or let it go on. Works under xcodex, Codex, Claude Code " \
                     "and Gemini CLI, as the hook of one event and as a long-lived host. No dependencies."
  spec.authors = ["xcodex hooks contributors"]
  spec.license = "MIT"
  spec.required_ruby_version = ">= 3.0"
  spec.files = Dir["lib/*.rb", "sig/*.rbs", "README.md", base: __dir__]
  spec.metadata["rubygems_mfa_required"] = "true"
end
