#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Tricks that are to hide which file is opened: each opening of a watched file is an event
# whose path is the real file's, told by the kernel's filter from what else is opened.
load lib

setup() { need bpf; need msgpack; need cmd jq; cd "$T"; echo secret >secret; }

# trick CMD...: what comes of it when $T/secret is watched; events to $T/json
trick()
{
	within 60 "$capture" -e openat,openat2,open,open_by_handle_at --path "$T/secret" -o stream -- "$@" >said
	dump stream >json
}

# reached NUMBER: so many openings of the real file succeeded, and no other is told
reached()
{
	run -0 jq -s "map(select(.kind == \"EVENT\" and (.type | startswith(\"open\"))
		and (.\"evt.rawres\" // 0) >= 0))
		| [length, (map(select(.\"fd.name\" == \"$T/secret\")) | length)]" json
	[ "$(jq -c . <<<"$output")" = "[$1,$1]" ] || { cat json; return 1; }
}

# raced: as many as the program itself says
raced()
{
	read -r n _ <said
	echo "the other thread let it through $n times"
	[ "$n" -gt 0 ]
	reached "$n"
}

@test "a symbolic link, and one to a directory on the way" {
	ln -s secret link
	ln -s . dir
	trick cat link dir/dir/link
	reached 2
}

@test "a symbolic link that another thread turns during the call" {
	trick "$TBIN/capture/tricks" swap "$T/secret"
	raced
}

@test "a path that another thread rewrites during the call" {
	trick "$TBIN/capture/tricks" rewrite "$T/secret"
	raced
}

@test "'..' and '.' and '//' in the path, from another directory" {
	mkdir -p d/e
	trick sh -c "cat d/../secret d/e/../../secret .///secret; cd d/e && cat ../../secret /..$T/d//.././secret"
	reached 5
}

@test "a hard link" {
	trick "$TBIN/capture/tricks" hardlink "$T/secret"
	reached 1
}

@test "/proc/self/fd of a descriptor that has no rights to it" {
	trick "$TBIN/capture/tricks" procfd "$T/secret"
	[ "$(jq -c 'select(."fd.nameraw" // "" | startswith("/proc/self/fd/"))' json | wc -l)" -eq 1 ]
	reached 2
}

@test "/proc/self/cwd, /proc/self/root and /dev/fd" {
	trick sh -c "cat /proc/self/cwd/secret /proc/self/root$T/secret; cat /dev/fd/9 9<secret"
	reached 4
}

@test "a file handle" {
	trick "$TBIN/capture/identity" handle "$T/secret"
	reached 1
}

@test "a descriptor of another directory, and a name that is only a number" {
	trick "$PYTHON" -c '
import os
d = os.open("/", os.O_PATH)
f = os.open(os.getcwd()[1:] + "/secret", os.O_RDONLY, dir_fd=d)
os.chdir("/proc/self/fd")
os.open(str(f), os.O_RDONLY)'
	reached 2
}

@test "a bind mount of it, and of its directory, in a mount namespace of its own" {
	mkdir d; : >f
	trick unshare -m --propagation private sh -c "mount --bind . d; mount --bind secret f; cat f; exec cat d/secret"
	reached 2
}

# uring HOW NAME [N]: opens through io_uring
uring()
{
	"$capture" --check | grep -q 'secmon_uringend.*chosen' || skip "needs a kernel whose io_uring can be watched"
	trick sh -c "$TBIN/capture/uropen $*; echo \$? >status"
	[ "$(cat status)" -ne 77 ] || skip "needs io_uring"
	[ "$(cat status)" -eq 0 ]
}

@test "io_uring: a hard link, a symbolic link, for a descriptor or a registered file, by the ring's worker" {
	ln secret hard; ln -s secret soft
	for how in plain direct async; do
		for name in hard soft "$T/secret"; do
			uring $how "$name"
			reached 1
			[ "$(jq -c 'select(."evt.hook" == "io_uring" and ."evt.rawres" >= 0)' json | wc -l)" -eq 1 ]
		done
	done
}

@test "io_uring: an opening whose completion is not told, or not read, is an event all the same" {
	ln secret hard; ln -s secret soft
	for name in hard soft "$T/secret"; do
		uring silent "$name"
		reached 1
		uring unread "$name" 100
		reached 100
		"$PYTHON" "$REPO/tests/stream.py" ledger capture <stream
	done
}
