#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The plan: secmon-plan(5), secmon-match --plan, secmon-capture --plan.
load lib

setup_file() {
	need cmd jq
}

plan_of() {
	"$BIN/secmon-match" -r "$1" --plan > "$T/plan"
}

# files read, searched and compiled, some of them of interest to the rules
load_files() {
	cat > "$T/load.sh" <<-'EOF'
		cat /etc/shadow > /dev/null
		find /etc /usr/include/linux -type f | head -800 | xargs cat > /dev/null 2>&1
		grep -r nosuchthing /usr/include/linux > /dev/null
		echo '#' > "$1/.bashrc"
		head -1 /etc/shadow > /dev/null
	EOF
}

# the counters that secmon-ship prints for a stage: in out filtered
ledger() {
	awk -v stage="$1" '$1 == stage { print $2, $3, $4 }' "$T/ship.err"
}

run_pipeline() {
	"$BIN/secmon-capture" "$@" -- sh "$T/load.sh" "$T" |
		"$BIN/secmon-enrich" | "$BIN/secmon-match" -r "$rules" |
		"$BIN/secmon-ship" -s json:- 2> "$T/ship.err" > "$T/alerts"
}

alerts() {
	jq -r '[.rule, .output_fields["fd.name"], .output_fields["proc.exepath"]] | @tsv' "$T/alerts" | sort
}

@test "a plan may let too much through, never too little: the shipped rules" {
	run -0 "$TBIN/match/plancheck" 100000 - "$REPO/rules"
	[[ $output == *" 0 refused" ]]
}

@test "a plan may let too much through, never too little: Falco's published rules" {
	need shared falco/rules
	run -0 "$TBIN/match/plancheck" 100000 - "$SHARED/falco/rules/falco_rules.yaml" \
		"$SHARED/falco/rules/falco-incubating_rules.yaml" \
		"$SHARED/falco/rules/falco-sandbox_rules.yaml"
	[[ $output == *" 0 refused" ]]
}

@test "with and without a plan the alerts are the same, from a twentieth of the records" {
	need bpf
	rules=$REPO/rules
	load_files
	run_pipeline
	alerts > "$T/without"
	read -r _ without _ <<< "$(ledger capture)"
	plan_of "$rules"
	run_pipeline --plan "$T/plan"
	alerts > "$T/with"
	read -r in with filtered <<< "$(ledger capture)"
	diff "$T/without" "$T/with"
	[ "$(grep -c /etc/shadow "$T/with")" -ge 2 ]
	[ $((in)) -eq $((with + filtered)) ]
	[ $((with * 20)) -lt $((without)) ]
}

@test "a wrong plan is refused with file:line:column" {
	printf 'plan 1\nselect "x" opn\n' > "$T/plan"
	run -2 "$BIN/secmon-capture" --plan "$T/plan" -- true
	[[ $output == *"$T/plan:2:12: no such event 'opn'"* ]]
	run -2 "$BIN/secmon-capture" --plan "$T/none" -- true
	[[ $output == *"$T/none: No such file"* ]]
}

@test "a plan with which no system call is wanted still tells life" {
	need bpf
	printf 'plan 1\nneed *\n' > "$T/plan"
	"$BIN/secmon-capture" --plan "$T/plan" -- cat /dev/null |
		"$BIN/secmon-ship" -s json:- --events 2> /dev/null > "$T/events"
	[ "$(jq -r 'select(."evt.type" == "execve" and ."evt.rawres" == 0) | ."proc.name"' \
		"$T/events")" = cat ]
	[ -z "$(jq -r 'select(."evt.type" == "openat") | ."proc.name"' "$T/events")" ]
}

@test "SIGHUP: the plan is read again, a wrong one is refused and the old one stays" {
	need bpf
	printf 'plan 1\nneed *\nselect "a" openat\n\tfd.name is "%s"\n' "$T/a" > "$T/plan"
	chmod 755 "$T"; chmod 644 "$T/plan"
	touch "$T/a" "$T/b"
	cat > "$T/steps.sh" <<-EOF
		# the first record still waits in its ring when the plan is read again
		kill -STOP \$PPID
		cat $T/a
		printf 'plan 1\nneed *\nselect "b" openat\n\tfd.name is "$T/b"\n' > $T/plan
		kill -HUP \$PPID
		kill -CONT \$PPID
		until grep -q taken $T/err; do :; done
		cat $T/a $T/b
		echo 'plan 9' > $T/plan
		kill -HUP \$PPID
		until grep -q 'the old plan stays' $T/err; do :; done
		cat $T/b
	EOF
	timeout 20 "$BIN/secmon-capture" -v --plan "$T/plan" -- bash "$T/steps.sh" 2> "$T/err" |
		"$BIN/secmon-ship" -s json:- --events 2> /dev/null > "$T/events"
	run jq -r 'select(."evt.type" == "openat" and ."proc.name" == "cat") | ."fd.name"' "$T/events"
	[ "$output" = "$T/a
$T/b
$T/b" ]
}

# how many events of a kind the plan in $T/plan lets pass of a command
passed() {
	timeout 20 "$BIN/secmon-capture" "${live[@]}" --plan "$T/plan" "$@" |
		"$BIN/secmon-ship" -s json:- --events 2> "$T/ship.err" > "$T/events"
	jq -c 'select(."evt.type" == "openat")' "$T/events" | wc -l
}

@test "a limit is kept apart by its fields, and what is held back is counted; a replay comes to the same" {
	need bpf
	touch "$T/a" "$T/b"
	cat > "$T/plan" <<-EOF
		plan 1
		need *
		select "some" openat
			fd.name is ^"$T/"
			limit 2/60000ms by proc.name fd.name
			policy
	EOF
	cat > "$T/cats.sh" <<-EOF
		for i in 1 2 3 4 5; do cat $T/a $T/b; head -c1 $T/a; done
	EOF
	live=(-w "$T/recorded")
	[ "$(passed -- bash "$T/cats.sh")" -eq 7 ]
	[ "$(jq -r 'select(."evt.type" == "openat") | ."policy.name"' "$T/events" | sort -u)" = some ]
	"$BIN/secmon-capture" -w "$T/all" -o /dev/null -- bash "$T/cats.sh"
	live=()
	[ "$(passed -r "$T/all")" -eq 7 ]
	awk '$1 == "capture" { exit !($2 == $3 + $4 && $4 >= 9 && $7 == "yes") }' "$T/ship.err"
}

@test "a sample: the first event passes, and then one of so many" {
	need bpf
	touch "$T/a"
	printf 'plan 1\nneed *\nselect "x" openat\n\tfd.name is "%s"\n\tsample 10\n' "$T/a" > "$T/plan"
	live=()
	[ "$(passed -- bash -c "for i in {1..41}; do read < $T/a; done; true")" -eq 5 ]
}

@test "an executable, and those that a process descends from, are asked of what is executed" {
	need bpf
	cp /bin/cat "$T/mycat"; cp /bin/bash "$T/mybash"
	touch "$T/a"
	live=()
	cat > "$T/plan" <<-EOF
		plan 1
		need *
		select "x" openat
			fd.name is "$T/a"
			proc.exepath is "$T/mycat"
			not proc.aexepath is "$T/mybash"
	EOF
	[ "$(passed -- bash -c "cat $T/a; $T/mycat $T/a; $T/mybash -c '$T/mycat $T/a; true'; true")" -eq 1 ]
	sed -i 's/not //; s/proc.exepath.*/proc.pexepath is ^"\/"/' "$T/plan"
	[ "$(passed -- bash -c "cat $T/a; $T/mycat $T/a; $T/mybash -c '$T/mycat $T/a; true'; true")" -eq 1 ]
}

@test "what was held back is summed up in the stream, and STATS count each selector by its name" {
	need bpf
	touch "$T/a"
	cat > "$T/plan" <<-EOF
		plan 1
		need *
		select "five" openat
			fd.name is "$T/a"
			limit 1/60000ms
	EOF
	"$BIN/secmon-capture" --plan "$T/plan" -o "$T/stream" -- bash -c "for i in 1 2 3 4 5; do read < $T/a; done; true"
	/usr/bin/python3 "$REPO/tests/stream.py" dump "$T/stream" > "$T/dump"
	[ "$(jq -r 'select(.kind == "LOSS") | [.counter, .label, .count] | @csv' "$T/dump")" = '"capture.limited","five",4' ]
	jq -s -e '[.[] | select(.kind == "STATS")][-1] | (.labelled | contains([[24, "five", 5], [25, "five", 1],
		[26, "five", 4]])) and .counters["capture.limited"] == 4' "$T/dump"
	run jq -r 'select(.rule == "secmon held back events") | .output_fields.count' <("$BIN/secmon-ship" \
		-i "$T/stream" -s json:- 2> /dev/null)
	[ "$output" -eq 4 ]
}

@test "--cpu-budget: the least urgent is shed while the budget is exceeded, said and counted" {
	need bpf
	touch "$T/a" "$T/b"
	cat > "$T/plan" <<-EOF
		plan 1
		need *
		select "chatter" openat
			fd.name is "$T/a"
			priority debug
		select "matters" openat
			fd.name is "$T/b"
			priority critical
	EOF
	# enough to exceed any budget, until the first change is said
	cat > "$T/load.sh" <<-EOF
		until grep -q 'priority debug and less urgent' $T/err; do
			for i in {1..500}; do read < $T/a; done
		done
		for i in {1..50}; do read < $T/a; done
		read < $T/b
	EOF
	timeout 60 "$BIN/secmon-capture" --cpu-budget 0.5% --plan "$T/plan" -o "$T/stream" \
		-- bash "$T/load.sh" 2> "$T/err"
	/usr/bin/python3 "$REPO/tests/stream.py" dump "$T/stream" > "$T/dump"
	jq -s -e '[.[] | select(.kind == "STATS")][-1].counters | .["capture.shed"] >= 50' "$T/dump"
	jq -s -e '[.[] | select(.kind == "LOSS" and .counter == "capture.shed") | .count] | add >= 50' "$T/dump"
	run -2 "$BIN/secmon-capture" --cpu-budget 2% -- true
	[[ $output == *"--cpu-budget needs"* ]]
	run -2 "$BIN/secmon-capture" --cpu-budget much --plan "$T/plan" -- true
	[[ $output == *"2% for instance"* ]]
}

@test "--plan --explain: what was pushed down, what not and why, the hook and the cost; dear rules are named" {
	cat > "$T/rules.yaml" <<-'EOF2'
		- rule: Narrow
		  desc: x
		  condition: evt.type = openat and fd.name = /etc/shadow and not proc.cmdline contains x
		  output: x
		  priority: INFO
		- rule: Every call
		  desc: x
		  condition: evt.type = kill and evt.rawres >= 0
		  output: x
		  priority: INFO
		- rule: Hot
		  desc: x
		  condition: evt.type = read
		  output: x
		  priority: INFO
	EOF2
	"$BIN/secmon-match" -r "$T/rules.yaml" --plan --explain > "$T/plan" 2> "$T/said"
	grep -A4 '^Narrow' "$T/said" > "$T/narrow"
	grep -q 'not pushed: .*proc.cmdline.*(the kernel does not have this field)' "$T/narrow"
	grep -q '^  pushed: fd.name in 1 selector$' "$T/narrow"
	grep -q '^  hook: hooks of these calls alone' "$T/narrow"
	grep -q '^  cost: often' "$T/narrow"
	[ "$(grep -c "warning: rule 'Narrow'" "$T/said")" -eq 0 ]
	grep -q "warning: rule 'Every call' needs a hook at the end of every system call, for kill" "$T/said"
	grep -q "warning: rule 'Hot' lets each event of a frequent type leave the kernel: read" "$T/said"
	grep -q '^	priority informational' "$T/plan"
}

@test "a plan may let too much through, never too little: rules made up at random, a recorded stream" {
	load_files
	if [ "$(id -u)" -eq 0 ] && "$BIN/secmon-capture" -q -e all -o "$T/raw" -- sh "$T/load.sh" "$T" 2> /dev/null; then
		"$BIN/secmon-enrich" -i "$T/raw" -o "$T/stream"
	else
		stream=-
	fi
	for seed in 1 2 3 4; do
		/usr/bin/python3 "$REPO/tests/match/genrules.py" "$seed" 30 > "$T/rules.yaml"
		run -0 "$TBIN/match/plancheck" 5000 "${stream:-$T/stream}" "$T/rules.yaml"
		[[ $output == *" 0 refused" ]]
	done
	run -0 "$TBIN/match/plancheck" 100 "${stream:-$T/stream}" "$REPO/rules"
	[[ $output == *" 0 refused" ]]
}

@test "in a flood every marked open is an alert with full metadata, with Falco's rules beside and 1 MB of rings" {
	need bpf shared falco/rules
	touch "$T/marker"
	cat > "$T/marker.yaml" <<-EOF
		- rule: Marker opened
		  desc: x
		  condition: evt.type in (open, openat, openat2) and fd.name = $T/marker
		  output: "%proc.name %proc.exepath %proc.cmdline %proc.pname %proc.pexepath %user.uid %user.name %proc.pid"
		  priority: CRITICAL
	EOF
	rules=("-r" "$SHARED/falco/rules/falco_rules.yaml" "-r" "$T/marker.yaml")
	"$BIN/secmon-match" "${rules[@]}" --plan > "$T/plan"
	"$BIN/secmon-capture" -q --ring-size 1M --life-ring-size 1M --plan "$T/plan" -- \
		"$TBIN/common/flood" 4 150 2 "$T/marker" | "$BIN/secmon-enrich" |
		"$BIN/secmon-match" "${rules[@]}" | "$BIN/secmon-ship" -q -s json:- > "$T/alerts"
	jq -r 'select(.rule == "Marker opened") | .output_fields | map(. == null or . == "" or . == "<NA>") | any' \
		"$T/alerts" | sort | uniq -c > "$T/sums"
	[ "$(awk '{ print $1, $2 }' "$T/sums")" = "600 false" ]
}

@test "--programs shows what each selector of a plan counts and costs" {
	need bpf
	touch "$T/a"
	printf 'plan 1\nneed *\nselect "shown by name" openat\n\tfd.name is "%s"\n' "$T/a" > "$T/plan"
	cat > "$T/load.sh" <<-EOF
		until [ -e $T/stop ]; do read < $T/a; done
	EOF
	"$BIN/secmon-capture" -q --ready-fd 3 --plan "$T/plan" -o /dev/null -- bash "$T/load.sh" 3> "$T/ready" &
	wait_for '[ -s $T/ready ]'
	timeout 20 "$BIN/secmon-capture" --programs > "$T/said" &
	wait_for "grep -q '^shown by name .*[1-9]' $T/said"
	touch "$T/stop"
	wait
	grep -q 'secmon_sys_exit' "$T/said"
}
