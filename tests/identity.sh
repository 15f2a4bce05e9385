#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# identity.sh: what tests/identity.bats has secmon-capture watch, each deed in a
# directory of its own, with all of $HOOKS. To standard output, for each "DEED: NUMBER": how
# many events said that the file was found by its identity. Here, or in a virtual machine.
tmp=$(mktemp -d /tmp/secmon-identity.XXXXXX)
trap 'cd /; umount "$tmp"; rmdir "$tmp"' EXIT
mount -t tmpfs none "$tmp" || exit 1

# deed NAME CMD...: run it where the file is that is watched, $dir/NAME
deed()
{
	mkdir "$dir/$1" && cd "$dir/$1" || exit 1
	echo secret >secret
	ln secret old
	name=$1
	shift
	secmon-capture --hooks "$HOOKS" -e open,openat,openat2,open_by_handle_at,fchmod,ftruncate \
		--path "$PWD/secret" -o ../stream -- "$@" >&2 || echo "$name: failed"
	echo "$name: $(secmon-ship -s json:- --events <../stream 2>/dev/null |
		grep -c "\"fd.name\":\"$PWD/secret\".*\"fd.identity\":\"inode\"")"
}

for HOOKS in $HOOKS; do
	mkdir "$tmp/$HOOKS" && cd "$tmp/$HOOKS" || exit 1
	dir=$PWD
	deed before sh -c 'cat old'
	deed link identity link "$dir/link/secret"
	deed mount identity mount "$dir/mount/secret"
	deed handle identity handle "$dir/handle/secret"
	deed replace identity replace "$dir/replace/secret" 1
	deed remake identity remake "$dir/remake/secret" 1
	deed reuse identity reuse "$dir/reuse/secret" 20
	deed unrelated identity unrelated "$dir/unrelated/secret"
	deed write sh -c ': >>old; chmod 600 old'
done
