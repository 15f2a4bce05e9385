# SPDX-License-Identifier: BSD-2-Clause
# Live capture: what secmon-capture(8) says, on this machine's kernel.
load lib

setup() { need bpf; need msgpack; cd "$T"; }

# watch [OPTION]... -- COMMAND: its events, as JSON lines, in $T/json
watch()
{
	within 60 "$capture" -o "$T/stream" "$@" >"$T/said" 2>"$T/err" || { cat "$T/err"; return 1; }
	dump "$T/stream" >"$T/json"
}

# count FILTER: how many events of $T/json pass the jq filter
count() { jq -c "select(.kind == \"EVENT\" and ($1))" "$T/json" | wc -l; }

# balanced: the ledger of $T/stream adds up, and nothing is left in it
balanced()
{
	"$PYTHON" "$REPO/tests/stream.py" ledger capture <"$T/stream" || return 1
	[ "$(jq -s 'map(select(.kind == "STATS"))[-1].counters["capture.queued"]' "$T/json")" -eq 0 ]
}

@test "every system call is reported with its arguments, result and path" {
	mkdir calls netcalls taskcalls
	watch -e all -- sh -c "for p in calls netcalls taskcalls; do $TBIN/capture/\$p \$p; done"
	run -0 "$PYTHON" "$REPO/tests/calls.py" said json
	echo "$output"
	balanced
}

@test "with a command only its process tree is reported" {
	sh -c 'while :; do /bin/true; done' & other=$!
	watch -- sh -c 'ls / >/dev/null; sh -c "cat /etc/hostname" >/dev/null'
	kill $other
	# each process is the command, or was made by one that was reported before
	jq -sc '[.[] | select(.kind == "EVENT" and .type != "snapshot")]
		| [.[] | select(."proc.child.pid") | ."proc.child.pid"] as $made
		| [.[] | ."proc.pid"] | unique | map(select(. as $p | $made | index($p) | not))' json >foreign
	cat foreign
	[ "$(jq length foreign)" -eq 1 ]
	! grep -q '"proc.name": "true"' json
}

@test "the number of execs equals what strace counts" {
	need cmd strace
	script='for i in 1 2 3; do /bin/true; done; nosuchcommand; /etc/hostname; sh -c "exec cat /dev/null"'
	watch -e execve,execveat -- sh -c "$script"
	strace -f -e trace=execve,execveat -o strace.out sh -c "$script" 2>/dev/null || true
	[ "$(count '.type == "execve"')" -eq "$(grep -c 'execve(' strace.out)" ]
}

@test "it ends when all of the tree has ended, also what the command left behind" {
	watch -- sh -c '(sleep 0.3; cat /etc/hostname >/dev/null) & exit 3'
	[ "$(count '."fd.name" == "/etc/hostname"')" -eq 1 ]
	[ "$(count '.type == "procexit" and ."proc.exit.code" == 3')" -eq 1 ]
}

@test "what a command writes to its standard output goes to standard error, if the stream has the other" {
	"$capture" -- echo words 2>err | dump >json
	grep -qx words err
	[ "$(count '.type == "execve"')" -eq 1 ]
}

@test "no event comes before its process's life" {
	watch -- sh -c 'for i in 1 2 3 4 5 6 7 8; do (cat /etc/passwd | wc -l; (exec ls)) & done; wait'
	jq -sc '[.[] | select(.kind == "EVENT")] | reduce .[] as $e ({known: {}, bad: 0};
		"\($e."proc.pid") \($e."proc.pid.ts")" as $k
		| if $e.type == "snapshot" then .known[$k] = 1 elif .known[$k] then . else .bad += 1 end
		| if $e."proc.child.pid" then .known["\($e."proc.child.pid") \($e."proc.child.ts")"] = 1 else . end)
		| .bad' json >bad
	[ "$(cat bad)" -eq 0 ]
}

@test "a flood at rings of 1M: every event has its identity, every lost one is counted, exactly" {
	touch marker
	within 120 "$capture" -e execve,clone,clone3,procexit,openat --ring-size 1M --life-ring-size 1M -o stream \
		-- "$TBIN/common/flood" 4 60 1 marker >said
	dump stream >json
	balanced
	[ "$(count 'has("proc.pid") and has("proc.pid.ts") and has("proc.ppid") and has("proc.ppid.ts")
		and has("proc.name") and has("user.uid") | not')" -eq 0 ]
	[ "$(count '.type == "execve" and ."evt.rawres" == 0')" -eq 241 ]
	# every open that the generators say they made was seen, the lost ones are counted
	seen=$(jq -s 'map(select(.kind == "STATS"))[-1].labelled | map(select(.[0] == 1 and .[1] == "openat"))[0][2]' json)
	made=$(jq '.bulk_opens + .kids' said)
	# the loader opens the same libraries in each program
	watch -e openat -- "$TBIN/common/flood" 1 1 0 marker
	loader=$(($(count '.type == "openat"') - 1))
	loader=$((loader / 2 * 241))
	echo "seen $seen, made $made, by the loader $loader"
	[ "$seen" -eq $((made + loader)) ]
}

@test "a reader that stalls makes loss, which is counted and told where it happened" {
	mkfifo pipe
	"$capture" -e openat --ring-size 64K -o pipe -- \
		sh -c 'i=0; while [ $i -lt 20000 ]; do : </dev/null; i=$((i+1)); done; echo >done' & pid=$!
	exec 7<pipe
	wait_for '[ -e done ]' 60
	cat <&7 >stream
	exec 7<&-
	wait $pid
	dump stream >json
	balanced
	jq -e -s 'map(select(.kind == "LOSS" and .counter == "capture.drop.full")) | length > 0' json
	lost=$(jq -s 'map(select(.kind == "LOSS").count) | add' json)
	[ "$lost" -eq "$(jq -s 'map(select(.kind == "STATS"))[-1].counters["capture.drop.full"]' json)" ]
	[ $((lost + $(count '.type == "openat" and ."evt.arg.name" == "/dev/null"'))) -ge 20000 ]
}

@test "the path reached is the real file's: symbolic link, .., hard link, /proc/self/fd" {
	echo secret >secret
	ln -s secret link
	mkdir d
	watch -e openat,open -- sh -c ": <link; : <d/../secret; $TBIN/capture/tricks procfd $T/secret"
	[ "$(count ".\"fd.name\" == \"$T/secret\" and .\"evt.arg.name\" == \"link\"")" -eq 1 ]
	[ "$(count ".\"fd.name\" == \"$T/secret\" and .\"evt.arg.name\" == \"d/../secret\"")" -eq 1 ]
	[ "$(count ".\"fd.name\" == \"$T/secret\" and (.\"evt.arg.name\" | startswith(\"/proc/self/fd/\"))")" -eq 1 ]
	watch -e openat -- "$TBIN/capture/tricks" hardlink "$T/secret"
	read -r n ino <said
	[ "$(count ".\"fd.name\" == \"$T/innocent\" and .\"fd.ino\" == $ino")" -eq 1 ]
}

@test "the path reached is the real file's: a path rewritten during the call, a link turned during the call" {
	echo secret >secret
	for trick in rewrite swap; do
		watch -e openat -- "$TBIN/capture/tricks" $trick "$T/secret"
		read -r n ino <said
		echo "$trick: $n"
		[ "$n" -gt 0 ]
		[ "$(count ".\"fd.name\" == \"$T/secret\" and .\"fd.ino\" == $ino")" -eq "$n" ]
	done
}

@test "32-bit callers and socketcall are seen with names and arguments" {
	need cmd gcc
	gcc -m32 -o calls32 "$DATA/capture/calls32.c" 2>/dev/null || skip "needs a compiler for 32-bit programs"
	watch -e all -- ./calls32
	[ "$(count '.type == "open" and ."fd.name" == "/etc/hostname" and ."evt.arg.flags" == 1')" -eq 1 ]
	[ "$(count '.type == "unlink" and ."evt.arg.path" == "/nonexistent/32" and ."evt.rawres" == -2')" -eq 1 ]
	[ "$(count '.type == "setuid" and ."evt.arg.uid" == 0')" -eq 1 ]
	[ "$(count '.type == "connect" and ."evt.arg.addr" == "127.0.0.1:7" and ."fd.l4proto" == "udp"')" -eq 1 ]
}

@test "an exec says file, arguments, interpreter; of long arguments the ends, and how long they were" {
	printf '#!/bin/cat\nhello\n' >script
	chmod +x script
	long=$(printf 'a%.0s' $(seq 20000))
	watch -- sh -c "./script; /bin/true $long end"
	[ "$(count '.type == "execve" and ."proc.interp" == "/bin/cat" and ."proc.args" == ["./script"]')" -eq 1 ]
	[ "$(count '.type == "execve" and (."proc.args" // [] | .[-1] == "end") and (."evt.truncated" // [] | .[0] // "" | test("^proc.args:200"))')" -eq 1 ]
	[ "$(count '.type == "execve" and ."proc.exe_ino" == '"$(stat -Lc %i /bin/true)"' and ."proc.is_exe_from_memfd" == false')" -eq 1 ]
}

@test "with --env an exec says the environment" {
	NAME=value watch --env -e execve -- /bin/true
	[ "$(count '.type == "execve" and (."proc.env" | index("NAME=value"))')" -eq 1 ]
	watch -e execve -- /bin/true
	[ "$(count '.type == "execve" and has("proc.env")')" -eq 0 ]
}

@test "--events: a list replaces the default, + and - change it" {
	watch -e openat -- sh -c 'cat /etc/hostname >/dev/null; mkdir m'
	[ "$(count '.type == "openat"')" -gt 0 ] && [ "$(count '.type == "mkdir"')" -eq 0 ]
	watch -e -openat -- sh -c 'cat /etc/hostname >/dev/null; mkdir n'
	[ "$(count '.type == "openat"')" -eq 0 ] && [ "$(count '.type == "mkdir"')" -eq 1 ]
	run -2 "$capture" -e nosuch -- true
	[[ $output == *"no event 'nosuch'"* ]]
}

@test "SIGTERM: detach, write what is there, END, status 0" {
	"$capture" -e openat -o stream -- sh -c 'touch up; while [ ! -e stop ]; do : </dev/null; done' & pid=$!
	wait_for '[ -e up ]'
	kill $pid
	wait $pid
	touch stop
	dump stream >json
	balanced
	tail -1 json | jq -e '.kind == "END" and .complete'
}

@test "the program is started once capture is ready: what it does first is reported" {
	watch -- /bin/true
	first=$(jq -s 'map(select(.type == "execve"))[0]."evt.rawtime"' json)
	born=$(jq -s 'map(select(.type == "snapshot" and ."proc.name" == "secmon-capture"))[0]."proc.pid.ts"' json)
	[ "$first" -gt "$born" ]
	[ "$(count '.type == "execve" and ."proc.exepath" == "/usr/bin/true"')" -eq 1 ]
}

@test "without root it says so, status 1" {
	need cmd setpriv
	run -1 setpriv --reuid 65534 --clear-groups "$capture" -o /dev/null -- true
	[[ $output == *"needs root"* ]]
}

@test "wrong usage is status 2: an option, a size, words without --, -r with a command" {
	run -2 "$capture" --nosuch
	run -2 "$capture" --ring-size 1 -- true
	[[ $output == *"64K to 1G"* ]]
	run -2 "$capture" true
	[[ $output == *"stands after --"* ]]
	run -2 "$capture" -r x -- true
}

@test "a command that is not there, an output that cannot be made, a full disk: status 1, and why" {
	run -1 "$capture" -o out -- ./nosuch
	[[ $output == *"./nosuch: No such file"* ]]
	run -1 "$capture" -o /nonexistent/x -- true
	[[ $output == *"/nonexistent/x"* ]]
	run -1 "$capture" -o /dev/full -- true
	[[ $output == *"/dev/full: No space left"* ]]
}

@test "no file of type information: status 1, and what to do" {
	run -1 "$capture" --btf /nonexistent/btf -o out -- true
	[[ $output == *"/nonexistent/btf"* ]]
}

@test "--check says hook, cost and choice for each program, and that capture can run" {
	run -0 "$capture" --check
	[[ $output == *"tp_btf/sched_process_exec"*"each exec"*"chosen"* ]]
	[[ $output == *"capture can run"* ]]
}

@test "--list-events knows every class, its ring and whether it is on" {
	run -0 "$capture" --list-events
	[[ $output =~ openat\ +default\ +bulk ]]
	[[ $output =~ execve\ +default\ +life ]]
	[[ $output =~ close\ +request\ +bulk ]]
}

@test "--path: which of many processes opened the marker file, while others open others: all, with small rings" {
	touch marker
	watch --events open --path "$T/marker" --ring-size 1M --life-ring-size 1M -- \
		"$TBIN/common/flood" 4 100 6 marker
	balanced
	[ "$(count '.type == "openat"')" -eq 400 ]
	[ "$(count ".type == \"openat\" and .\"fd.name\" == \"$T/marker\"")" -eq 400 ]
	[ "$(jq -s '[.[] | select(.type == "openat") | ."proc.pid"] | unique | length' json)" -eq 400 ]
	[ "$(jq -s 'map(select(.kind == "STATS"))[-1].counters["capture.drop.full"]' json)" -eq 0 ]
}

@test "--path with a '/' at its end: everything below that directory" {
	mkdir d e
	watch -e openat,mkdir,unlinkat,unlink --path "$T/d/" -- sh -c ': >d/x; : >e/y; mkdir d/z e/z; rm d/x e/y'
	[ "$(count '.type == "openat" and (."fd.name" | endswith("/d/x"))')" -eq 1 ]
	[ "$(count '.type == "mkdir"')" -eq 1 ]
	[ "$(count '(."fd.name" // ."fs.path.name" // "") | test("/e/|/lib/")')" -eq 0 ]
	run -2 "$capture" --path relative -- true
}

@test "a process keeps its identity: vfork, clone3, a pid used again, orphans, threads, ptrace, scripts, memfd, overlayfs" {
	mkdir work
	within 60 "$capture" -o raw -- "$TBIN/capture/lives" work >said
	"$enrich" <raw >stream
	dump stream >json
	run -0 "$PYTHON" "$REPO/tests/calls.py" said json
	echo "$output"
	[ "$(count 'has("evt.incomplete") and (."evt.incomplete" | all(startswith("proc.a")) | not)')" -eq 0 ]
}

@test "requests of io_uring are reported as the calls that they stand for" {
	"$capture" --check | grep 'submit_.*chosen' || skip "needs a kernel whose io_uring can be watched"
	mkdir work
	watch -e all -- "$TBIN/capture/uring" work
	[ -s said ] || skip "needs io_uring"
	run -0 "$PYTHON" "$REPO/tests/calls.py" said json
	echo "$output"
	balanced
}
