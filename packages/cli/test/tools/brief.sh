#!/bin/sh
# Leaves out of a plan what depends on which samples there are, so that another sample changes no script.
exec sed -E \
  -e '/^  (create|overwrite|skip \(exists\)) .*\/hooks\//{' -e '/(log_all_jsonl|host\/python\/host|pyo3_hook)\.py/!d' -e '}' \
  -e 's/^(xcodex hooks (init|install samples) [a-z0-9-]+): .*/\1: …/' \
  -e 's/^Wrote [0-9]+ files/Wrote N files/' \
  -e '/^Note: /d'
