#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# check.sh KERNEL: what the kernel matrix asks of every kernel, in TAP. One boot:
# secmon-capture tells what the kernel offers, then watches tests/bin/common/deeds.c and
# the programs of tests/bin/capture that make every system call, once with its preferred hooks
# and once with the fallback; the streams come out and are read here by a msgpack library that
# is not ours.
set -uo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
kernel=${1:?usage: check.sh KERNEL}
tmp=$(mktemp -d /tmp/secmon-check.XXXXXX)
trap 'rm -rf "$tmp"' EXIT
stream="/usr/bin/python3 $here/../stream.py"
n=0

# ok STATUS TEXT [FILE]: one line of TAP; of a failure, FILE as well
ok()
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - kernel $kernel: $2"
	else
		echo "not ok $n - kernel $kernel: $2"
		[ -z "${3:-}" ] || sed 's/^/#   /' "$3"
	fi
}

# reports STREAM WHAT FILTER: some event of the stream passes the jq filter
reports()
{
	jq -es "any(.[]; .kind == \"EVENT\" and ($3))" "$tmp/$1.json" >/dev/null 2>&1
	ok $? "$1 hooks report $2" "$tmp/$1.said"
}

# told HOOKS: each event that the programs asked for is there, as they say it must be
told()
{
	[ -s "$tmp/$1.json" ] &&
		/usr/bin/python3 "$here/../calls.py" "$tmp/$1.out" "$tmp/$1.json" >"$tmp/$1.diff"
	ok $? "$1 hooks report every system call with arguments, result and path, and who made it" \
		"$tmp/$1.diff"
	sed -n 's/^[0-9]* calls/# &/p' "$tmp/$1.diff"
}

checks()
{
	local hooks
	sed 's/^/# /' "$tmp/check.said"
	[ -e "$tmp/check.ok" ]
	ok $? "secmon-capture --check says what it offers, and that capture can run" "$tmp/check.said"
	! grep -q 'preferred hooks: possible' "$tmp/check.said" ||
		grep -q 'secmon_sys_exit .*not needed' "$tmp/narrow.said"
	ok $? "nothing is attached to the end of all system calls if the events asked for have better hooks" \
		"$tmp/narrow.said"
	for hooks in preferred fallback; do
		[ -e "$tmp/$hooks.ok" ] && $stream dump "$tmp/$hooks.mp" >"$tmp/$hooks.json"
		ok $? "the object loads with $hooks hooks" "$tmp/$hooks.said"
		reports $hooks "an exec" \
			'.type == "execve" and .["proc.name"] == "deeds" and .["proc.args"] == ["/etc/passwd", "4242"]'
		reports $hooks "an open" \
			'(.type | test("^open")) and .["fd.name"] == "/etc/passwd" and .["proc.name"] == "deeds"'
		reports $hooks "a connect" \
			'.type == "connect" and (.["fd.name"] // "" | endswith("->127.0.0.1:4242"))'
		$stream ledger capture <"$tmp/$hooks.mp" >"$tmp/ledger" 2>&1
		ok $? "with $hooks hooks the ledger adds up" "$tmp/ledger"
		told $hooks
	done
}

case $kernel in
native)	[ "$(id -u)" -eq 0 ] || { echo "1..1"; echo "ok 1 # skip needs root"; exit 0; } ;;
*)	if ! why=$("$here/fetch.sh" "$kernel" 2>&1); then
		echo "1..1"
		echo "ok 1 - kernel $kernel # skip not to be had: $(tail -1 <<<"$why")"
		exit 0
	fi ;;
esac

echo "1..14"
scripts=/data
[ "$kernel" = native ] && scripts=$here
programs=$here/../../build/tests/bin
"$here/run.sh" -f "$programs/common/deeds" -f "$programs/capture/calls" \
	-f "$programs/capture/netcalls" -f "$programs/capture/taskcalls" \
	-f "$programs/capture/uring" -f "$programs/capture/lives" -f "$here/guest.sh" "$kernel" "sh $scripts/guest.sh" \
	>"$tmp/out.tar" 2>"$tmp/said" || { echo "# run.sh: status $?"; sed 's/^/# /' "$tmp/said"; }
tar -xf "$tmp/out.tar" -C "$tmp" 2>/dev/null
for f in check.said narrow.said preferred.said fallback.said preferred.mp fallback.mp {preferred,fallback}.diff; do
	[ -e "$tmp/$f" ] || : >"$tmp/$f"
done
checks
