#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Falco's own answers, where ../shared/falco is there to ask.

load lib

agrees() {
	need shared falco/corpus
	run "$PYTHON" "$BATS_TEST_DIRNAME/match/corpus.py" "$1" "$SHARED/falco/corpus" "${BIN%/bin}"
	tail -40 <<<"$output"
	[ "$status" -eq 0 ]
}

@test "conditions compile, or not, as Falco's compiler says" {
	agrees compile
}
@test "ten thousand filters over every field compile, or not, as Falco says" {
	agrees golden-compile
}
@test "the event types of a condition are those that Falco finds" {
	agrees types
}
@test "and, or, not give Falco's truth values" {
	agrees boolean
}
@test "pmatch finds the paths that Falco's trie finds" {
	agrees pmatch
}
@test "transformers give Falco's values" {
	agrees transformers
}

@test "filters over Falco's own events match, or not, as there" {
	agrees filters
}
@test "fields of Falco's own events have the values that they have there" {
	agrees fields
}
@test "output formats are filled in as there" {
	agrees formats
}
