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
