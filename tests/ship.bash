# SPDX-License-Identifier: BSD-2-Clause
# What the suites of secmon-ship share.
load lib

gen=$TBIN/ship/alertgen

# server MODE [ARG]...: tests/ship_server.py in the background; $port is its port, $got its file.
server()
{
	local n=$((++servers_made))
	got=$T/got.$n
	rm -f "$T/port.$n"
	"$PYTHON" "$REPO/tests/ship_server.py" "$1" "$T/port.$n" "$got" "${@:2}" \
		2>"$T/server.$n.err" 3>&- &
	servers+=($!)
	wait_for "[ -s '$T/port.$n' ]"
	port=$(<"$T/port.$n")
}

# stop_servers: those of server(), and what `background` keeps
stop_servers()
{
	local p
	for p in "${servers[@]}" "${jobs_of_test[@]}"; do
		kill "$p" 2>/dev/null || true
		wait "$p" 2>/dev/null || true
	done
	servers=() jobs_of_test=()
}

# background CMD...: run it until the test ends; $! is its pid
background()
{
	"$@" 3>&- &
	jobs_of_test+=($!)
}

setup()
{
	servers=() jobs_of_test=() servers_made=0
	# ship is nobody when it was root: a place that nobody may enter too
	T=$(mktemp -d "${TMPDIR:-/tmp}/secmon-ship.XXXXXX")
	chmod 777 "$T"
	[ -x "$gen" ] || make -s -C "$REPO" "${gen#"$REPO"/}"
}

teardown()
{
	stop_servers
	[ -z "$T" ] || rm -rf "$T"
}

# ids: the alert ids in JSON lines or any text, sorted, each once per occurrence
ids() { grep -aohE 'gen-[0-9]+' "$@" | sort; }

# all_of N FILE: every id 1..N is in FILE
all_of()
{
	[ "$(grep -aohE 'gen-[0-9]+' "$2" | sort -u | wc -l)" -eq "$1" ]
}

# counter NAME < LEDGER: a figure of ship's line in the printed ledger: in out filtered dropped queued
ledger()
{
	awk -v want="$1" '$1 == "ship" { split("in out filtered dropped queued", n);
		for (i in n) if (n[i] == want) print $(i + 1) }'
}
