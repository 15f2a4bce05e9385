#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What secmon-enrich adds to events, on streams made by hand.

load lib

setup()
{
	need msgpack
	BOOT=$(cat /proc/sys/kernel/random/boot_id)
}

# of JSON: an identity, to be merged into an event: pid start ppid pstart comm
id() { printf '"evt.rawtime": %s, "thread.tid": %s, "proc.pid": %s, "proc.pid.ts": %s, "proc.ppid": %s, "proc.ppid.ts": %s, "proc.name": "%s"' "${6:-5000}" "$1" "$1" "$2" "$3" "$4" "$5"; }

# A machine: init(1) with a login shell(100) below it.
snapshot()
{
	printf '%s\n' "event snapshot {$(id 1 10 0 0 systemd), \"proc.exe\": \"/sbin/init\", \"proc.exepath\": \"/usr/lib/systemd/systemd\", \"proc.args\": [], \"proc.cwd\": \"/\", \"proc.sid\": 1, \"proc.pgid\": 1, \"proc.vpgid\": 1, \"proc.exe_dev\": 8, \"proc.exe_ino\": 77, \"proc.mntns\": 4026531841, \"thread.cgroups\": [\"cgroup2=/init.scope\"], \"thread.cgroup.id\": 5}"
	printf '%s\n' "event snapshot {$(id 100 200 1 10 bash), \"proc.exe\": \"-bash\", \"proc.exepath\": \"/usr/bin/bash\", \"proc.args\": [\"-i\", \"x y\"], \"proc.cwd\": \"/root/\", \"proc.tty\": 34816, \"proc.sid\": 100, \"proc.pgid\": 100, \"proc.vpgid\": 100, \"thread.cgroups\": [\"cgroup2=/user.slice\"], \"thread.cgroup.id\": 6}"
}

fork()	# pid start comm child childstart
{
	printf '%s\n' "event clone {$(id "$1" "$2" 1 10 "$3"), \"evt.rawres\": $4, \"proc.child.pid\": $4, \"proc.child.ts\": $5}"
}

open_by() { printf '%s\n' "event openat {$(id "$@"), \"user.uid\": 0, \"group.gid\": 0, \"fd.name\": \"/etc/hostname\"}"; }

# stream ITEM...: made, enriched, its last event shown as JSON
stream()
{
	local items=()
	mapfile -t items < <(printf '%s\n' "$@" | cat)
	mkstream "hello {\"boot_id\": \"$BOOT\"}" "${items[@]}" end | "$enrich" "${ARGS[@]}" >"$T/out"
	events <"$T/out" | tail -n 1 >"$T/last"
}

# has JQ: the last event satisfies it
has()
{
	jq -e "$1" "$T/last" >/dev/null || { echo "not so: $1"; cat "$T/last"; return 1; }
}

ARGS=()

@test "enrich: a process that was there at the start is described, with its ancestors" {
	stream "$(snapshot)" "$(open_by 100 200 1 10 bash)"
	has '."proc.exepath" == "/usr/bin/bash" and ."proc.args" == ["-i", "x y"]'
	has '."proc.cwd" == "/root/" and ."proc.tty" == 34816'
	has '."proc.aname" == ["systemd"] and ."proc.apid" == [1]'
	has '."proc.aexepath" == ["/usr/lib/systemd/systemd"] and ."proc.aexe" == ["/sbin/init"]'
	has '."proc.pexe_dev" == 8 and ."proc.pexe_ino" == 77 and ."proc.pmntns" == 4026531841'
	has '."proc.loginshellid" == 100'
	has 'has("evt.incomplete") | not'
}

@test "enrich: a child has its parent's description until it executes a program" {
	stream "$(snapshot)" "$(fork 100 200 bash 300 900)" "$(open_by 300 900 100 200 bash)"
	has '."proc.exepath" == "/usr/bin/bash" and ."proc.cwd" == "/root/"'
	has '."proc.aname" == ["bash", "systemd"] and ."proc.apid" == [100, 1]'
	has '."proc.acmdline" == ["bash -i x y", "systemd"]'
	has '."proc.aargs" == ["-i x y", ""]'

	stream "$(snapshot)" "$(fork 100 200 bash 300 900)" \
		"event execve {$(id 300 900 100 200 cat), \"proc.exe\": \"cat\", \"proc.exepath\": \"/usr/bin/cat\", \"proc.args\": [\"f\"]}" \
		"$(open_by 300 900 100 200 cat)"
	has '."proc.exepath" == "/usr/bin/cat" and ."proc.exe" == "cat" and ."proc.args" == ["f"]'
	has '."proc.cwd" == "/root/" and ."proc.sname" == "bash" and ."proc.sid.exepath" == "/usr/bin/bash"'
}

@test "enrich: what is said of the executable does not outlive an exec that does not say it" {
	stream "event snapshot {$(id 100 200 0 0 x), \"proc.exepath\": \"/tmp/x\", \"proc.is_exe_from_memfd\": true, \"proc.cwd\": \"/tmp/\"}" \
		"event execve {$(id 100 200 0 0 y), \"proc.exepath\": \"/tmp/y\"}" "$(open_by 100 200 0 0 y)"
	has '."proc.exepath" == "/tmp/y" and (has("proc.is_exe_from_memfd") | not) and ."proc.cwd" == "/tmp/"'
}

@test "enrich: a failed exec changes nothing" {
	stream "$(snapshot)" "event execve {$(id 100 200 1 10 bash), \"evt.rawres\": -2, \"evt.arg.filename\": \"/nope\"}" \
		"$(open_by 100 200 1 10 bash)"
	has '."proc.exepath" == "/usr/bin/bash"'
}

@test "enrich: a pid used again is another process" {
	stream "$(snapshot)" "$(fork 100 200 bash 300 900)" \
		"event execve {$(id 300 900 100 200 cat), \"proc.exepath\": \"/usr/bin/cat\"}" \
		"event procexit {$(id 300 900 100 200 cat), \"proc.exit.code\": 0}" \
		"$(fork 1 10 systemd 300 950)" \
		"$(open_by 300 950 1 10 systemd)"
	has '."proc.exepath" == "/usr/lib/systemd/systemd"'
	# and the first one, whose last event comes late, is still itself
	stream "$(snapshot)" "$(fork 100 200 bash 300 900)" \
		"event execve {$(id 300 900 100 200 cat), \"proc.exepath\": \"/usr/bin/cat\"}" \
		"event procexit {$(id 300 900 100 200 cat), \"proc.exit.code\": 0}" \
		"$(fork 1 10 systemd 300 950)" \
		"$(open_by 300 900 100 200 cat)"
	has '."proc.exepath" == "/usr/bin/cat" and ."proc.aname" == ["bash", "systemd"]'
}

@test "enrich: an exited process is forgotten after its grace, in event time" {
	late=40000000000
	stream "$(snapshot)" "$(fork 100 200 bash 300 900)" \
		"event procexit {$(id 300 900 100 200 bash), \"proc.exit.code\": 0}" \
		"event procexit {$(id 301 901 100 200 bash $late), \"proc.exit.code\": 0}" \
		"$(open_by 300 900 100 200 bash $late)"
	has '."evt.incomplete" | index("proc.exepath:unknown")'
}

@test "enrich: when a parent has exited its children belong to the reaper" {
	stream "$(snapshot)" "$(fork 100 200 bash 300 900)" "$(fork 300 900 bash 400 950)" \
		"event procexit {$(id 300 900 100 200 bash), \"proc.exit.code\": 0, \"evt.arg.reaper_tid\": 1}" \
		"$(fork 400 950 bash 500 990)" "$(open_by 500 990 400 950 bash)"
	has '."proc.apid" == [400, 1]'
}

@test "enrich: the event's own parent stands above what was known" {
	stream "$(snapshot)" "$(fork 100 200 bash 300 900)" "$(open_by 300 900 1 10 bash)"
	has '."proc.aname" == ["systemd"]'
}

@test "enrich: an event of an unknown process is marked, counted, and nothing is invented" {
	stream "$(snapshot)" "$(open_by 777 5 1 10 ghost)"
	has '."evt.incomplete" | index("proc.exepath:unknown")'
	has '(has("proc.exepath") or has("proc.args") or has("proc.cwd")) | not'
	has '."proc.aname" == ["systemd"]'
	dump "$T/out" | jq -es 'map(select(.kind == "STATS" and .stage == "enrich")) | last.counters."enrich.incomplete" == 1'

	stream "$(open_by 777 5 3 4 ghost)"
	has '."evt.incomplete" | index("proc.aname:unknown")'
	has 'has("proc.aname") | not'
}

@test "enrich: a process that is known from its own events only is told as far as they tell" {
	stream "event openat {$(id 50 60 0 0 late), \"proc.exepath\": \"/usr/bin/late\", \"proc.args\": [\"-x\"]}" \
		"$(open_by 50 60 0 0 late)"
	has '."proc.exepath" == "/usr/bin/late" and ."proc.args" == ["-x"]'
}

@test "enrich: a field that an event has is never replaced" {
	stream "$(snapshot)" "event openat {$(id 100 200 1 10 bash), \"proc.exepath\": \"/mine\", \"user.uid\": 0, \"user.name\": \"me\", \"container.id\": \"abc\"}"
	has '."proc.exepath" == "/mine" and ."user.name" == "me" and ."container.id" == "abc"'
	has '."proc.args" == ["-i", "x y"] and ."group.name" == null'
}

@test "enrich: directory, session and group follow their calls" {
	stream "$(snapshot)" "event chdir {$(id 100 200 1 10 bash), \"evt.rawres\": 0, \"evt.argtext.path\": \"/srv/www\"}" \
		"event setsid {$(id 100 200 1 10 bash), \"evt.rawres\": 100}" "$(open_by 100 200 1 10 bash)"
	has '."proc.cwd" == "/srv/www/" and ."proc.sid" == 100 and ."proc.pgid" == 100 and ."proc.tty" == 0'

	stream "$(snapshot)" "$(fork 100 200 bash 300 900)" \
		"event setpgid {$(id 100 200 1 10 bash), \"evt.rawres\": 0, \"evt.arg.pid\": 300, \"evt.arg.pgid\": 0}" \
		"$(open_by 300 900 100 200 bash)"
	has '."proc.pgid" == 300 and ."proc.vpgid" == 300 and ."proc.pgid.name" == "bash"'

	stream "$(snapshot)" "event chdir {$(id 100 200 1 10 bash), \"evt.rawres\": 0, \"evt.arg.path\": \"up\"}" "$(open_by 100 200 1 10 bash)"
	has 'has("proc.cwd") | not'
}

@test "enrich: a change of an ancestor shows in its descendants" {
	stream "$(snapshot)" "$(fork 100 200 bash 300 900)" "$(open_by 300 900 100 200 bash)" \
		"event execve {$(id 100 200 1 10 vi), \"proc.exepath\": \"/usr/bin/vi\"}" "$(open_by 300 900 100 200 bash)"
	has '."proc.aname" == ["vi", "systemd"] and ."proc.aexepath"[0] == "/usr/bin/vi" and ."proc.exepath" == "/usr/bin/bash"'
}

@test "enrich: users and groups have the names of passwd and group" {
	stream "$(snapshot)" "event openat {$(id 100 200 1 10 bash), \"user.uid\": 0, \"group.gid\": 0, \"user.loginuid\": 0}"
	has '."user.name" == "root" and ."user.homedir" == "/root" and ."group.name" == "root" and ."user.loginname" == "root"'
	stream "$(snapshot)" "event openat {$(id 100 200 1 10 bash), \"user.uid\": 4000000001}"
	has 'has("user.name") | not'
}

@test "enrich: a stream of another machine is given no names of this one" {
	BOOT=00000000-0000-0000-0000-000000000000
	stream "$(snapshot)" "event openat {$(id 100 200 1 10 bash), \"user.uid\": 0}"
	has '(has("user.name") | not) and ."proc.exepath" == "/usr/bin/bash"'
}

@test "enrich: a process outside of containers is of the host, an unknown cgroup is no container" {
	stream "$(snapshot)" "event openat {$(id 100 200 1 10 bash), \"thread.cgroup.id\": 6}"
	has '."container.id" == "host" and ."container.type" == "host" and ."container.name" == "host"'
	stream "event snapshot {$(id 100 200 0 0 x), \"proc.exepath\": \"/x\", \"thread.cgroups\": [\"cgroup2=/odd/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"]}" "$(open_by 100 200 0 0 x)"
	has '."container.id" == "host"'
}

@test "enrich: a container's id comes from the cgroup path, its children are in it too" {
	hex=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
	stream "event snapshot {$(id 100 200 0 0 x), \"proc.exepath\": \"/x\", \"thread.cgroup.id\": 9, \"thread.cgroups\": [\"cgroup2=/system.slice/docker-$hex.scope\"]}" \
		"$(fork 100 200 x 300 900)" "$(open_by 300 900 100 200 x)"
	has ".\"container.id\" == \"0123456789ab\" and .\"container.full_id\" == \"$hex\" and .\"container.type\" == \"docker\""
}

@test "enrich: a process that moves to a known cgroup is in that container" {
	hex=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
	stream "event snapshot {$(id 100 200 0 0 x), \"proc.exepath\": \"/x\", \"thread.cgroup.id\": 9, \"thread.cgroups\": [\"cgroup2=/system.slice/docker-$hex.scope\"]}" \
		"$(snapshot)" "event openat {$(id 100 200 1 10 bash), \"thread.cgroup.id\": 9}"
	has '."container.id" == "host" or ."container.id" == "0123456789ab"'
	stream "$(snapshot)" "event snapshot {$(id 101 200 0 0 x), \"proc.exepath\": \"/x\", \"thread.cgroup.id\": 9, \"thread.cgroups\": [\"cgroup2=/system.slice/docker-$hex.scope\"]}" \
		"event openat {$(id 100 200 1 10 bash), \"thread.cgroup.id\": 9}"
	has '."container.id" == "0123456789ab"'
	# one that nobody described is not guessed
	stream "$(snapshot)" "event openat {$(id 100 200 1 10 bash), \"thread.cgroup.id\": 12345}"
	has '(has("container.id") | not) and (."evt.incomplete" | index("container.id:unknown"))'
}

@test "enrich: --no-container says nothing of containers" {
	ARGS=(--no-container)
	stream "$(snapshot)" "$(open_by 100 200 1 10 bash)"
	has '(has("container.id") | not) and (has("evt.incomplete") | not)'
}

@test "enrich: the ledger adds up, every event comes out" {
	items=("$(snapshot)")
	for i in $(seq 200); do items+=("$(fork 100 200 bash $((1000 + i)) $((2000 + i)))" "$(open_by $((1000 + i)) $((2000 + i)) 100 200 bash)"); done
	stream "${items[@]}"
	ledger_adds_up enrich <"$T/out"
	[ "$(events <"$T/out" | wc -l)" -eq 402 ]
}

@test "enrich: --proc-max bounds the table, eviction is counted and spares the parents" {
	items=("$(snapshot)")
	for i in $(seq 200); do items+=("$(fork 100 200 bash $((1000 + i)) $((2000 + i)))"); done
	ARGS=(--proc-max 64)
	stream "${items[@]}" "$(open_by 1200 2200 100 200 bash)"
	has '."proc.aname" == ["bash", "systemd"] and ."proc.exepath" == "/usr/bin/bash"'
	dump "$T/out" | jq -es 'map(select(.kind == "STATS" and .stage == "enrich")) | last.counters | ."enrich.procs" == 64 and ."enrich.evicted" == 138'
}

@test "enrich: an event too large to take all fields goes on without them, marked" {
	big=$(printf '%060000d' 0)
	printf '%s\n' "$(snapshot)" >"$T/items"
	args=$(printf '%08000d' 0)
	stream "event snapshot {$(id 100 200 0 0 x), \"proc.exepath\": \"/x\", \"proc.args\": [\"$args\"]}" \
		"event openat {$(id 100 200 0 0 x), \"fd.name\": \"$big\"}"
	has '."proc.exepath" == "/x" and (has("proc.args") | not)'
	has '."evt.incomplete" | index("proc.args:too-long")'
	has '."fd.name" | length == 60000'
}

@test "enrich: kinds and fields that it does not know pass" {
	mkstream "hello {\"boot_id\": \"$BOOT\"}" 'object [99, {7: "x"}]' "event openat {$(id 100 200 0 0 x), \"1400\": [1, 2]}" end | "$enrich" >"$T/out"
	dump "$T/out" | grep -q '99'
	events <"$T/out" | grep -q 1400
}

@test "enrich: a broken event ends the program with status 1 and its place" {
	mkstream "hello {\"boot_id\": \"$BOOT\"}" >"$T/in"
	at=$(stat -c %s "$T/in")
	# the header is right, the map holds a key that is no number
	printf '\x92\x02\xdf\x00\x00\x00\x03\x00\xcd\x00\x2f\x01\xce\x00\x00\x00\x13\xa0\xa0' >>"$T/in"
	run "$enrich" -i "$T/in" -o "$T/out"
	status_is 1
	says "byte $at: a key of an event is no number"
}

@test "enrich: a stream without END is passed on and ends with status 1" {
	mkstream "hello {\"boot_id\": \"$BOOT\"}" "$(open_by 100 200 1 10 bash)" >"$T/in"
	run "$enrich" -i "$T/in" -o "$T/out"
	status_is 1
	says "ended without END"
	[ "$(events <"$T/out" | wc -l)" -eq 1 ]
}

@test "enrich: wrong options end with status 2" {
	run "$enrich" --proc-max 3 </dev/null
	status_is 2
	says "from 64 to"
	run "$enrich" --nonsense </dev/null
	status_is 2
	run "$enrich" file </dev/null
	status_is 2
	says "no arguments"
	run "$enrich" -i "$T/none" -o "$T/out"
	status_is 1
	says "$T/none"
}

@test "enrich: --help and --version answer on standard output" {
	run -0 "$enrich" --help
	says "usage: secmon-enrich"
	run -0 "$enrich" --version
	says "secmon-enrich "
}
