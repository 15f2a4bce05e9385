# SPDX-License-Identifier: BSD-2-Clause
# What every suite loads: `load lib`. Where things are, what a test needs, how
# to wait, how to make a stream by hand and how to read one without secmon.
#
#	BIN	the programs under test; BIN=build/asan/bin runs a suite on others
#	TBIN	helper programs (tests/bin/NAME/x.c is $TBIN/NAME/x)
#	DATA	tests/data
#	SHARED	load generators and corpora beside the repository
#	T	a directory of this test's own, removed after it (bats' own)

bats_require_minimum_version 1.5.0

REPO=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
BIN=$(cd "$REPO" && realpath -m "${BIN:-build/bin}")
TBIN=${BIN%/bin}/tests/bin
DATA=$REPO/tests/data
if [ -z "${SHARED:-}" ]; then
	# beside the clone; beside the repository that this is a worktree of
	SHARED=$(realpath -m "$REPO/../shared")
	[ -d "$SHARED" ] || SHARED=$(realpath -m "$REPO/../../shared")
fi
export BIN TBIN DATA SHARED REPO
T=${BATS_TEST_TMPDIR:-}
export PYTHONDONTWRITEBYTECODE=1
PYTHON=/usr/bin/python3		# Debian's, the one that has Debian's msgpack

capture=$BIN/secmon-capture enrich=$BIN/secmon-enrich match=$BIN/secmon-match ship=$BIN/secmon-ship

# need WHAT [ARG]: skip this test, saying why, unless WHAT is here:
#	root		we are root
#	btf		the kernel describes its types
#	bpf		root, btf, and the kernel lets us load a program
#	cmd NAME	a program
#	shared PATH	a file or directory below $SHARED
#	msgpack		the Python msgpack library
need()
{
	case $1 in
	root)	[ "$(id -u)" -eq 0 ] || skip "needs root" ;;
	btf)	[ -r /sys/kernel/btf/vmlinux ] || skip "needs a kernel with BTF" ;;
	bpf)	need root; need btf
		[ -d /sys/fs/bpf ] || skip "needs a kernel with BPF" ;;
	cmd)	command -v "$2" >/dev/null || skip "needs the program $2" ;;
	shared)	[ -e "$SHARED/$2" ] || skip "needs ../shared/$2" ;;
	msgpack) "$PYTHON" -c 'import msgpack' 2>/dev/null || skip "needs python3-msgpack" ;;
	*)	echo "need: what is '$1'?" >&2; return 1 ;;
	esac
}

# wait_for CONDITION [SECONDS]: until the shell command CONDITION succeeds, at
# most SECONDS (10). Fails, saying what it waited for, when they are over.
wait_for()
{
	local end=$((SECONDS + ${2:-10}))
	until eval "$1" >/dev/null 2>&1; do
		if [ $SECONDS -ge $end ]; then
			echo "waited ${2:-10} s in vain for: $1" >&2
			return 1
		fi
		sleep 0.02
	done
}

# within SECONDS CMD...: run it, kill it if it takes longer (status 124).
within()
{
	timeout -k 5 "$@"
}

# mkstream ITEM...: a stream made by hand, to standard output; see tests/stream.py:
#	mkstream hello 'event open {"proc.pid": 7, "fd.name": "/etc/shadow"}' end
mkstream() { "$PYTHON" "$REPO/tests/stream.py" make "$@"; }

# dump [FILE]: a stream as JSON lines with names, read by Debian's msgpack
# library and the .def tables only: {"kind": "EVENT", "type": "open", ...}.
dump() { "$PYTHON" "$REPO/tests/stream.py" dump "$@"; }

# events < STREAM: only its events, as dump.
events() { dump | grep '"kind": "EVENT"' || true; }

# status_is N: the status of the last `run`, with its output when it is another.
status_is()
{
	[ "$status" -eq "$1" ] && return
	printf 'status %s, not %s; output:\n%s\n%s\n' "$status" "$1" "$output" "${stderr:-}" >&2
	return 1
}

# says TEXT: the last `run` wrote it, to stdout or stderr.
says()
{
	[[ "$output${stderr:+$'\n'$stderr}" == *"$1"* ]] && return
	printf 'not said: %s\nsaid:\n%s\n%s\n' "$1" "$output" "${stderr:-}" >&2
	return 1
}

# ledger_adds_up STAGE < STREAM: that stage's last STATS says in = out + filtered + drops + queued.
ledger_adds_up() { "$PYTHON" "$REPO/tests/stream.py" ledger "$@"; }
