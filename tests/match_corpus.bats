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

@test "each of the 93 published rules is raised by an event of capture and enrich" {
	need shared falco/rules
	need root		# for a mount namespace, in which /etc/hosts is ours
	local etc=$BATS_TEST_TMPDIR rules=$SHARED/falco/rules
	"$PYTHON" "$BATS_TEST_DIRNAME/match/fires.py" --hosts >"$etc/hosts"
	echo 'hosts: files' >"$etc/nsswitch.conf"
	run unshare -m sh -c 'mount --bind "$1/hosts" /etc/hosts &&
		mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf && shift && exec "$@"' - "$etc" \
		"$PYTHON" "$BATS_TEST_DIRNAME/match/fires.py" "$match" "$rules/falco_rules.yaml" \
		"$rules/falco-incubating_rules.yaml" "$rules/falco-sandbox_rules.yaml"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "filters over whole captures match the events that they match in Falco" {
	agrees golden
}

@test "the macros of the published files hold on the events of captures where they hold in Falco" {
	agrees macros
}

@test "the published rules say of captures what Falco says, word by word" {
	agrees shipped
}

@test "alert.fields are the fields that Falco would list, typed as there" {
	agrees json
}
