#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What check.sh runs on the kernel in question: a tar of what came of it, to stdout.
tmp=$(mktemp -d /tmp/secmon-guest.XXXXXX)
trap 'rm -rf "$tmp"' EXIT

# watch NAME OPTION... -- COMMAND: the stream, what both wrote, and NAME.ok
watch()
{
	local name=$1
	shift
	secmon-capture -o "$tmp/$name.mp" "$@" >"$tmp/$name.out" 2>"$tmp/$name.said" &&
		: >"$tmp/$name.ok"
}

# every system call that capture knows, each in a directory of its own
all_calls()
{
	for calls in calls netcalls taskcalls; do
		mkdir -p "/tmp/work/$calls"
		$calls "/tmp/work/$calls"
	done
	if grep -q 'submit_.*chosen' "$check"; then
		mkdir -p /tmp/work/uring
		uring /tmp/work/uring
	fi
	rm -rf /tmp/work
}

if [ "${1:-}" = calls ]; then
	all_calls
	exit
fi
export check=$tmp/check.said
secmon-capture --check >"$tmp/check.said" 2>&1 && : >"$tmp/check.ok"
secmon-capture --check -e execve,openat,connect >"$tmp/narrow.said" 2>&1
for hooks in preferred fallback; do
	watch $hooks --hooks $hooks -- deeds /etc/passwd 4242
	watch $hooks-calls --hooks $hooks -e all -- sh "$0" calls
done
busybox tar -c -C "$tmp" .
