#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# secmon-match(8), sentence by sentence.

load lib

setup() {
	T=$(mktemp -d)		# the program becomes another user, and must still reach its rules
	chmod 755 "$T"
	cat >"$T/rules.yaml" <<-'EOF'
	- list: shells
	  items: [bash, dash]
	- macro: by_shell
	  condition: proc.name in (shells)
	- rule: shadow read
	  desc: the password file was read
	  condition: evt.type in (open, openat) and by_shell and fd.name = /etc/shadow
	  output: "%proc.name read %fd.name (pid=%proc.pid parent=%proc.pname flags=%evt.arg.flags)"
	  priority: WARNING
	  tags: [files, b, a]
	- rule: any open
	  desc: a file was opened
	  condition: evt.type = openat
	  output: "%proc.name opened %fd.name"
	  priority: DEBUG
	EOF
	shadow='event openat {"evt.num": 1, "evt.rawtime": 1700000000000000000, "proc.pid": 7, "proc.name": "bash",
		"proc.aname": ["sshd", "systemd"], "fd.name": "/etc/shadow", "fd.typechar": "f", "evt.rawres": 3, "evt.arg.flags": 4097}'
	other='event openat {"evt.num": 2, "evt.rawtime": 1700000001000000000, "proc.pid": 8, "proc.name": "cat", "fd.name": "/etc/hosts", "fd.typechar": "f"}'
	closed='event close {"evt.num": 3, "evt.rawtime": 1700000002000000000, "proc.pid": 8, "proc.name": "bash"}'
}

teardown() {
	rm -rf "$T"
}

# alerts OPTION...: standard input matched, the alerts as JSON lines
alerts() {
	"$match" -r "$T/rules.yaml" "$@" | tee "$T/out" | dump | grep '"kind": "ALERT"' || true
}

field() { jq -r ".[\"$1\"] | if type == \"string\" then . else tojson end"; }

@test "an event that a rule matches raises an alert, with the event's fields and the rule's" {
	mkstream hello "$shadow" end | alerts >"$T/alerts"
	[ "$(wc -l <"$T/alerts")" -eq 1 ]
	[ "$(field rule.name <"$T/alerts")" = "shadow read" ]
	[ "$(field rule.priority <"$T/alerts")" = 4 ]
	[ "$(field rule.tags <"$T/alerts")" = '["a","b","files"]' ]
	[ "$(field proc.pid <"$T/alerts")" = 7 ]
	[ "$(field alert.output <"$T/alerts")" = \
		"bash read /etc/shadow (pid=7 parent=sshd flags=O_RDONLY|O_CLOEXEC)" ]
	grep -q '"alert.time": 1700000000000000000' "$T/alerts"
}

@test "alert.fields has every field of the output by its name, typed, nil where it has no value" {
	mkstream hello 'event openat {"evt.num": 1, "evt.rawtime": 5, "proc.pid": 7, "proc.name": "bash", "fd.name": "/etc/shadow"}' end |
		alerts | jq -c '."alert.fields"' >"$T/fields"
	[ "$(jq -r '."proc.pid"' "$T/fields")" = 7 ]
	[ "$(jq -r '."proc.pname"' "$T/fields")" = null ]
	[ "$(jq -r '."evt.time"' "$T/fields")" = 5 ]
}

@test "what has no value is printed as <NA>" {
	mkstream hello 'event openat {"evt.num": 1, "evt.rawtime": 5, "proc.name": "dash", "fd.name": "/etc/shadow"}' end |
		alerts | field alert.output >"$T/said"
	grep -q 'pid=<NA> parent=<NA>' "$T/said"
}

@test "the first rule that matches an event decides; with --rule-matching all every one does" {
	mkstream hello "$shadow" "$other" end | alerts >"$T/first"
	[ "$(wc -l <"$T/first")" -eq 2 ]
	mkstream hello "$shadow" "$other" end | alerts --rule-matching all >"$T/all"
	[ "$(wc -l <"$T/all")" -eq 3 ]
}

@test "events that no rule matches are filtered, and counted" {
	mkstream hello "$shadow" "$other" "$closed" end | "$match" -r "$T/rules.yaml" >"$T/out"
	ledger_adds_up match <"$T/out"
	dump <"$T/out" | grep '"kind": "STATS"' | tail -1 >"$T/stats"
	grep -q '"match.in": 3' "$T/stats"
	grep -q '"match.out": 2' "$T/stats"
	grep -q '"match.filtered": 1' "$T/stats"
}

@test "--pass lets events through that no rule matches" {
	mkstream hello "$closed" end | "$match" --pass -r "$T/rules.yaml" | events >"$T/passed"
	[ "$(wc -l <"$T/passed")" -eq 1 ]
}

@test "rules of a priority less urgent than --priority do not run" {
	mkstream hello "$other" "$shadow" end | alerts -p notice >"$T/alerts"
	[ "$(wc -l <"$T/alerts")" -eq 1 ]
}

@test "--disable-rule, --disable-tag, --only-tag choose rules, in the order given" {
	mkstream hello "$shadow" end | alerts -D 'shadow*' | field rule.name | grep -qx 'any open'
	mkstream hello "$shadow" end | alerts -T files | field rule.name | grep -qx 'any open'
	[ -z "$(mkstream hello "$other" end | alerts --only-tag files)" ]
}

@test "--rate-limit: more alerts of a rule are held back, counted, and told in the next one" {
	local n items=()
	for n in 0 1 2 3; do
		items+=("event openat {\"evt.num\": $((n + 1)), \"evt.rawtime\": $((1700000000000000000 + n)), \"proc.name\": \"x\"}")
	done
	items+=('event openat {"evt.num": 9, "evt.rawtime": 1700000060000000000, "proc.name": "x"}')
	mkstream hello "${items[@]}" end | alerts --rate-limit 1/10s >"$T/alerts"
	[ "$(wc -l <"$T/alerts")" -eq 2 ]
	[ "$(tail -1 "$T/alerts" | field alert.suppressed)" = 3 ]
	dump <"$T/out" | grep '"kind": "STATS"' | tail -1 | grep -q '"match.suppressed": 3'
	ledger_adds_up match <"$T/out"
}

@test "the key rate-limit of a rule stands above the option, and STATS say per rule what was held back" {
	local n items=()
	sed -i '/^- rule: any open/a\  rate-limit: 2/1m' "$T/rules.yaml"
	for n in 1 2 3 4 5; do
		items+=("event openat {\"evt.num\": $n, \"evt.rawtime\": $((1700000000000000000 + n)), \"proc.name\": \"x\"}"
			"${shadow/\"evt.num\": 1/\"evt.num\": 10$n}")
	done
	items+=('event openat {"evt.num": 99, "evt.rawtime": 1700000061000000000, "proc.name": "x"}')
	mkstream hello "${items[@]}" end | alerts --rate-limit 4/1m >"$T/alerts"
	[ "$(grep -c '"rule.name": "any open"' "$T/alerts")" -eq 3 ]
	[ "$(grep -c '"rule.name": "shadow read"' "$T/alerts")" -eq 4 ]
	[ "$(tail -1 "$T/alerts" | field alert.suppressed)" = 3 ]
	[ "$(grep -c alert.suppressed "$T/alerts")" -eq 1 ]
	dump <"$T/out" | grep '"kind": "STATS"' | tail -1 >"$T/stats"
	[ "$(jq '.counters."match.suppressed"' "$T/stats")" -eq 4 ]
	jq -c '.labelled[]' "$T/stats" | grep -q '"any open",3'
	jq -c '.labelled[]' "$T/stats" | grep -q '"shadow read",1'
	ledger_adds_up match <"$T/out"
}

@test "--why names the checks that matched, with the values they saw" {
	mkstream hello "$shadow" end | alerts --why | field alert.why >"$T/why"
	grep -q 'fd.name = /etc/shadow: /etc/shadow' "$T/why"
	grep -q 'proc.name in (bash, dash): bash' "$T/why"
}

@test "SIGHUP reads the rules again between two events" {
	mkfifo "$T/in"
	"$match" -r "$T/rules.yaml" <"$T/in" >"$T/out" 2>"$T/err" 3>&- &
	local pid=$!
	exec 7>"$T/in"
	mkstream hello "$shadow" >&7
	wait_for "test -s $T/out"
	sed -i 's/shadow read/shadow seen/' "$T/rules.yaml"
	kill -HUP "$pid"
	wait_for "grep -q 'rules read again' $T/err"
	mkstream "$shadow" end >&7
	exec 7>&-
	wait "$pid"
	dump <"$T/out" | grep '"kind": "ALERT"' | field rule.name >"$T/names"
	printf 'shadow read\nshadow seen\n' | cmp - "$T/names"
	dump <"$T/out" | grep '"kind": "STATS"' | tail -1 | grep -q '"match.reloads": 1'
}

@test "wrong rules at SIGHUP are refused, the old ones go on, and it is counted" {
	mkfifo "$T/in"
	"$match" -r "$T/rules.yaml" <"$T/in" >"$T/out" 2>"$T/err" 3>&- &
	local pid=$!
	exec 7>"$T/in"
	mkstream hello "$other" >&7
	wait_for "test -s $T/out"
	sed -i 's/evt.type = openat/evt.typ = openat/' "$T/rules.yaml"
	kill -HUP "$pid"
	wait_for "grep -q 'the old ones go on' $T/err"
	mkstream "$other" end >&7
	exec 7>&-
	wait "$pid"
	grep -q 'evt.typ' "$T/err"
	[ "$(dump <"$T/out" | grep -c '"kind": "ALERT"')" -eq 2 ]
	dump <"$T/out" | grep '"kind": "STATS"' | tail -1 | grep -q '"match.reload_failed": 1'
}

@test "-t runs the examples of the rules: 0 if all are right, 1 if one is wrong, 2 if one is none" {
	cat >"$T/ex.yaml" <<-'EOF'
	- rule: r
	  desc: d
	  condition: evt.type = openat and evt.is_open_write = true
	  output: o
	  priority: INFO
	  examples:
	    match:
	      - {evt.type: openat, evt.arg.flags: O_WRONLY|O_CREAT}
	    pass:
	      - {evt.type: openat, evt.arg.flags: O_RDONLY}
	EOF
	run -0 "$match" -t -r "$T/ex.yaml"
	says "2 examples right, 0 wrong"
	sed -i 's/O_RDONLY}/O_RDWR}/' "$T/ex.yaml"
	run -1 "$match" -t -r "$T/ex.yaml"
	says "matches this example"
	sed -i 's/O_RDWR}/O_NOSUCH}/' "$T/ex.yaml"
	run -2 "$match" -t -r "$T/ex.yaml"
	says "O_NOSUCH"
}

@test "-V says whether the rules are right, with status 2 if not" {
	run -0 "$match" -V -r "$T/rules.yaml"
	says "2 rules are right"
	sed -i 's/proc.name in/proc.nam in/' "$T/rules.yaml"
	run -2 "$match" -V -r "$T/rules.yaml"
	says "proc.nam"
	says "did you mean"
}

@test "--list-fields lists every field as text, JSON and mdoc" {
	run -0 "$match" --list-fields
	says "proc.name"
	"$match" --list-fields=json | jq -e 'length > 300 and any(.name == "fd.name")'
	run -0 "$match" --list-fields=mdoc
	says ".It Sy proc.name"
	run -2 "$match" --list-fields=xml
}

@test "--plan prints what capture must deliver" {
	"$match" --plan -r "$T/rules.yaml" 2>/dev/null | grep -q openat
}

@test "no rules, rules that are not there, and wrong options are wrong usage" {
	run -2 "$match"
	says "no rules"
	run -2 "$match" -r "$T/nothing.yaml"
	says "nothing.yaml"
	run -2 "$match" -r "$T/rules.yaml" --rate-limit often
	run -2 "$match" -r "$T/rules.yaml" --priority loud
	run -2 "$match" -r "$T/rules.yaml" -V -t
}

@test "a stream with an event that is broken ends the program with status 1" {
	mkstream hello 'hex 9202df00000002' >"$T/torn"
	run -1 "$match" -r "$T/rules.yaml" -i "$T/torn" -o "$T/out"
}

@test "a rule that runs and compares addresses with names is missed without --dns, and that is said" {
	sed -i 's/by_shell and fd.name/fd.sip.name = example.org and fd.name/' "$T/rules.yaml"
	mkstream hello end | "$match" -r "$T/rules.yaml" >"$T/out" 2>"$T/err"
	grep -q 'example.org: that needs --dns' "$T/err"
	mkstream hello end | "$match" -r "$T/rules.yaml" -D 'shadow*' >"$T/out" 2>"$T/err"
	! grep -q example.org "$T/err"
}

@test "--append-output adds texts to outputs and fields to alert.fields of the rules that it matches" {
	cat >"$T/falco.yaml" <<-'EOF'
	json_output: true
	append_output:
	  - extra_output: on=%evt.type
	    extra_fields: [evt.num, {who: "%proc.name!"}]
	  - match: {tags: [a, files]}
	    suggested_output: true
	  - match: {rule: any open}
	    extra_output: never
	EOF
	mkstream hello "$shadow" end | alerts --append-output "$T/falco.yaml" >"$T/alerts"
	field alert.output <"$T/alerts" >"$T/said"
	grep -q 'flags=O_RDONLY|O_CLOEXEC) on=openat container_id=<NA> container_name=<NA> ' "$T/said"
	! grep -q never "$T/said"
	[ "$(jq -c '."alert.fields" | [."evt.num", .who, ."on"]' "$T/alerts")" = '[1,"bash!",null]' ]
	[ "$(jq '."alert.fields" | has("container.id")' "$T/alerts")" = true ]
	! "$match" -r "$T/rules.yaml" --plan | grep -q proc.env
	echo '- extra_fields: ["proc.env[HOME]"]' >"$T/env.yaml"
	"$match" -r "$T/rules.yaml" --plan --append-output "$T/env.yaml" | grep -q proc.env
}

@test "a mistake in the file of --append-output is wrong configuration, with its place" {
	wrong() {
		printf '%s\n' "$1" >"$T/append.yaml"
		run -2 "$match" -r "$T/rules.yaml" --append-output "$T/append.yaml" </dev/null
		says "$2"
	}
	wrong '- {extra: x}' "append.yaml:1:4: 'extra': an entry has match"
	wrong '- {extra_fields: [evt.num, evt.num]}' "there is a field 'evt.num' already"
	wrong '- {extra_output: "%proc.nmae"}' 'did you mean %proc.name'
	wrong '- {extra_fields: [nothing]}' 'nothing'
	wrong '- match: x' "append.yaml:1:10: 'match' is a map"
	run -2 "$match" -r "$T/rules.yaml" --append-output "$T/none" </dev/null
	says 'No such file'
}

# blocked PID: it sleeps although its input, a file, has more
blocked() {
	local pos
	pos=$(awk '$1 == "pos:" { print $2 }' "/proc/$1/fdinfo/0")
	[ "$(awk '$1 == "State:" { print $2 }' "/proc/$1/status")" = S ] && [ "$pos" -gt 0 ] && [ "$pos" -lt "$2" ]
}

@test "an event that waited for room is asked the rules that are left, each once" {
	local n=4000 pid one
	one=$(tr -d '\n\t' <<<"${shadow/\"evt.num\": 1/\"proc.cwd\": \"/$(printf '%0400d' 0)\", \"evt.num\": NUM}")
	{ mkstream hello
		seq $n | awk -v one="$one" '{ s = one; sub("NUM", $1, s); print s }' |
			xargs -d '\n' -n 1000 "$PYTHON" "$REPO/tests/stream.py" make
		mkstream end; } >"$T/in"
	mkfifo "$T/slow"
	"$match" -r "$T/rules.yaml" --rule-matching all --pass <"$T/in" >"$T/slow" 3>&- &
	pid=$!
	exec 7<"$T/slow"
	wait_for "blocked $pid $(stat -c %s "$T/in")"
	cat <&7 >"$T/out"
	exec 7<&-
	wait "$pid"
	dump <"$T/out" | jq -r 'select(.kind == "ALERT") | "\(."rule.name") \(."evt.num")"' >"$T/raised"
	{ seq -f 'shadow read %.0f' $n; seq -f 'any open %.0f' $n; } | sort | cmp - <(sort "$T/raised")
	ledger_adds_up match <"$T/out"
}

@test "an alert too large with its event in it says what the rule says and who did it" {
	local long
	long=$(printf '%040000d' 0)
	mkstream hello "event openat {\"evt.num\": 1, \"evt.rawtime\": 5, \"proc.pid\": 7, \"proc.name\": \"x\",
		\"fd.name\": \"/$long\"}" "$other" end | alerts >"$T/alerts"
	[ "$(wc -l <"$T/alerts")" -eq 2 ]
	head -1 "$T/alerts" >"$T/large"
	[ "$(field evt.truncated <"$T/large")" = '["alert.fields"]' ]
	[ "$(field proc.name <"$T/large")" = x ]
	[ "$(field proc.pid <"$T/large")" = 7 ]
	[ "$(jq '."alert.output" | length' "$T/large")" -eq 32768 ]
	[ "$(jq 'has("fd.name")' "$T/large")" = false ]
	ledger_adds_up match <"$T/out"
}
