#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What check.sh runs on the kernel in question: a tar of what came of it, to stdout.
tmp=${tmp:-$(mktemp -d /tmp/secmon-guest.XXXXXX)}
export tmp

# all that is watched; each program in a directory of its own, what it wants to see told to stdout
if [ "${1:-}" = deeds ]; then
	deeds /etc/passwd 4242 >&2
	uring=
	grep -q 'submit_.*chosen' "$tmp/check.said" && uring=uring
	for program in calls netcalls taskcalls $uring lives; do
		mkdir -p "$tmp/work/$program"
		$program "$tmp/work/$program" || echo "guest.sh: $program: status $?" >&2
	done
	rm -rf "$tmp/work"
	exit
fi
trap 'rm -rf "$tmp"' EXIT
secmon-capture --check >"$tmp/check.said" 2>&1 && : >"$tmp/check.ok"
secmon-capture --check -e execve,openat,connect >"$tmp/narrow.said" 2>&1
for hooks in preferred fallback; do
	secmon-capture --hooks $hooks -e all -o "$tmp/raw" -- sh "$0" deeds >"$tmp/$hooks.out" \
		2>"$tmp/$hooks.said" &&
		secmon-enrich -i "$tmp/raw" -o "$tmp/$hooks.mp" 2>>"$tmp/$hooks.said" &&
		! grep -E '^guest.sh:|refuses the program' "$tmp/$hooks.said" >&2 && : >"$tmp/$hooks.ok"
done
rm -f "$tmp/raw"
busybox tar -c -C "$tmp" .
