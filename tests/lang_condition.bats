#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The grammar of conditions, against the answers of Falco's own parser.

load lib

@test "a condition is read as Falco reads it, right or wrong, to the column" {
	need shared falco/corpus/filter_parser.jsonl
	run -0 within 60 python3 "$REPO/tests/lang/conditions.py" "$TBIN/match/condition" \
		"$SHARED/falco/corpus"
	echo "# ${lines[-1]}" >&3
}
