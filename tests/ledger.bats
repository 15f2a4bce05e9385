# SPDX-License-Identifier: BSD-2-Clause
# runs: alone
# For every stage and for the chain, in = out + filtered + dropped + queued: in a
# clean run, with a reader that stalls, with each stage killed, under a flood,
# with a full disk, and with SIGTERM in the middle. Everything is counted a
# second time here, from the streams themselves, without secmon.
load lib

setup()
{
	need bpf
	need msgpack
	flood=$TBIN/common/flood
	marker=$T/marker
	: >"$marker"
	cat >"$T/rules.yaml" <<-EOF
	- rule: marker
	  desc: the flood's marker was opened
	  condition: evt.type in (open, openat, openat2) and fd.name = $marker
	  output: marker opened (proc=%proc.name pid=%proc.pid file=%fd.name)
	  priority: NOTICE
	EOF
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" 2>/dev/null || true
}

teardown()
{
	# what a failed test left, our own children only
	local pids
	pids=$(jobs -p)
	[ -z "$pids" ] || kill -9 $pids 2>/dev/null || true
}

# start [CAPTURE OPTION]... -- COMMAND: the four in the background, each in its own
# process, what goes between them kept in $T/{a,b,c}; pids in $pid_capture, ...
start()
{
	mkfifo "$T"/{ab,bc,cd}.{in,out}
	tee "$T/a" <"$T/ab.in" >"$T/ab.out" &
	tee "$T/b" <"$T/bc.in" >"$T/bc.out" &
	tee "$T/c" <"$T/cd.in" >"$T/cd.out" &
	"$capture" "$@" >"$T/ab.in" 2>"$T/capture.said" &
	pid_capture=$!
	"$enrich" <"$T/ab.out" >"$T/bc.in" 2>"$T/enrich.said" &
	pid_enrich=$!
	"$match" -r "$T/rules.yaml" <"$T/bc.out" >"$T/cd.in" 2>"$T/match.said" &
	pid_match=$!
	"$ship" -s json:"$T/alerts" <"$T/cd.out" 2>"$T/ship.said" &
	pid_ship=$!
}

# ended: wait for the four, statuses in $status_capture, ...
ended()
{
	local stage pid
	for stage in capture enrich match ship; do
		pid=pid_$stage
		wait_for "! kill -0 ${!pid} || [ \"\$(ps -o stat= -p ${!pid})\" = Z ]" "${1:-30}" || {
			echo "secmon-$stage still runs" >&2
			return 1
		}
		local s=0
		wait "${!pid}" || s=$?
		printf -v status_$stage '%s' "$s"
	done
	wait
}

# statuses CAPTURE ENRICH MATCH SHIP: how they ended
statuses()
{
	local got="$status_capture $status_enrich $status_match $status_ship"
	[ "$got" = "$*" ] && return
	echo "statuses $got, not $*" >&2
	tail "$T"/*.said >&2
	return 1
}

# objects KIND < STREAM: how many of them
objects() { dump 2>/dev/null | grep -c "\"kind\": \"$1\"" || true; }

# last STAGE KIND < STREAM: the sum of that kind in the stage's last STATS
last()
{
	ledger_adds_up "$1" | sed -nE "s/^$1: .*\b$2 ([0-9]+).*/\1/p"
}

# chain: what left one stage came to the next, and the streams have just so many
chain()
{
	local events
	events=$(objects EVENT <"$T/a")
	[ "$events" -gt 0 ]
	[ "$(last capture out <"$T/c")" -eq "$events" ]
	[ "$(last enrich in <"$T/c")" -eq "$events" ]
	[ "$(last enrich out <"$T/c")" -eq "$(objects EVENT <"$T/b")" ]
	[ "$(last match in <"$T/c")" -eq "$(objects EVENT <"$T/b")" ]
	[ "$(objects ALERT <"$T/c")" -eq "$(wc -l <"$T/alerts")" ]
}

@test "in a clean run the ledger adds up, stage by stage and along the chain" {
	start -- "$flood" 2 100 0 "$marker"
	ended
	statuses 0 0 0 0
	run -0 ledger_adds_up capture enrich match <"$T/c"
	chain
	# and so says ship, of all four
	[ "$(grep -cE '^(capture|enrich|match|ship) .* yes$' "$T/ship.said")" -eq 4 ]
	[ "$(wc -l <"$T/alerts")" -eq 200 ]
}

@test "the ledger adds up with a reader that stalls, and what it cost is counted" {
	mkfifo "$T/fifo"
	"$capture" --ring-size 256K --life-ring-size 1M -o "$T/fifo" -- \
		bash -c "'$flood' 2 50 2 '$marker' >'$T/done'" 2>"$T/said" &
	# reads nothing until the flood is over
	exec 7<"$T/fifo"
	wait_for "[ -s '$T/done' ]" 60
	cat <&7 >"$T/a"
	exec 7<&-
	wait $!
	run -0 ledger_adds_up capture <"$T/a"
	[ "$(last capture out <"$T/a")" -eq "$(objects EVENT <"$T/a")" ]
	[ "$(last capture dropped <"$T/a")" -gt 0 ]
	# each loss is also said where it happened
	lost=$(dump "$T/a" | jq -s 'map(select(.kind == "LOSS") | .count) | add')
	[ "$lost" -eq "$(last capture dropped <"$T/a")" ]
}

# flood_in_order OPTION...: a flood, and of what is delivered everything in order and counted
flood_in_order()
{
	mkfifo "$T/fifo"
	"$capture" --life-ring-size 1M --ring-size 1M "$@" -- \
		bash -c "'$flood' 4 2000 2 '$marker' >'$T/done'" 2>"$T/said" |
		"$enrich" >"$T/fifo" &
	"$PYTHON" "$REPO/tests/flood.py" "$T/done" "$marker" root < <(tee >(ledger_adds_up capture enrich \
		>"$T/ledger" 2>&1 || echo bad >>"$T/ledger") <"$T/fifo")
	wait
	wait_for "grep -q ^enrich '$T/ledger'"
	cat "$T/ledger"
	! grep -q 'bad\|unaccounted' "$T/ledger"
}

@test "under a flood no delivered event has wrong or missing identity, and the rest is counted" {
	flood_in_order
}

@test "--rings: with several rings nothing comes before the record of its process's life" {
	flood_in_order --rings 4
}

# kill_one STAGE: start, kill -9 that stage in the middle, wait for the others
kill_one()
{
	start -- bash -c "while [ ! -e '$T/stop' ]; do cat '$marker'; done"
	wait_for "[ -s '$T/alerts' ]" 20
	# every stage has told its counters once, a second after its start
	wait_for "'$PYTHON' '$REPO/tests/stream.py' ledger capture enrich match <'$T/c'" 10
	local pid=pid_$1
	kill -9 "${!pid}"
	wait_for "[ \"\$(ps -o stat= -p ${!pid} | cut -c1)\" != R ]"
	: >"$T/stop"
	ended
}

@test "kill -9 of capture: the others hand on what came, say so, exit 1; their ledgers add up" {
	kill_one capture
	statuses 137 1 1 1
	grep -q "without END" "$T/enrich.said"
	run -0 ledger_adds_up enrich match <"$T/c"
	[ "$(last enrich in <"$T/c")" -eq "$(objects EVENT <"$T/a")" ]
	[ "$(objects ALERT <"$T/c")" -eq "$(wc -l <"$T/alerts")" ]
}

@test "kill -9 of enrich: capture says that its reader has gone; match's ledger adds up" {
	kill_one enrich
	[ "$status_capture $status_match $status_ship" = "1 1 1" ]
	grep -q "reader has gone" "$T/capture.said"
	run -0 ledger_adds_up capture <"$T/a"
	run -0 ledger_adds_up match <"$T/c"
	[ "$(last match in <"$T/c")" -eq "$(objects EVENT <"$T/b")" ]
	[ "$(objects ALERT <"$T/c")" -eq "$(wc -l <"$T/alerts")" ]
}

@test "kill -9 of match: ship delivers what came and exits 1; the ledgers before it add up" {
	kill_one match
	[ "$status_ship" = 1 ]
	run -0 ledger_adds_up capture enrich <"$T/c"
	[ "$(objects ALERT <"$T/c")" -eq "$(wc -l <"$T/alerts")" ]
}

@test "kill -9 of ship: the stages before it stop, and none hangs" {
	kill_one ship
	[ "$status_ship" = 137 ]
	grep -q "reader has gone" "$T/match.said"
	run -0 ledger_adds_up capture enrich match <"$T/c"
}

@test "SIGTERM to all in the middle: status 0, all handed on, the ledger adds up" {
	start -- bash -c "while [ ! -e '$T/stop' ]; do cat '$marker'; done"
	wait_for "[ -s '$T/alerts' ]" 20
	kill -TERM $pid_capture $pid_enrich $pid_match $pid_ship
	: >"$T/stop"
	ended
	statuses 0 0 0 0
	run -0 ledger_adds_up capture enrich match <"$T/c"
	chain
}

@test "a full disk behind capture: it says so and exits 1" {
	run -1 "$capture" -o /dev/full -- cat "$marker"
	says "No space left"
}
