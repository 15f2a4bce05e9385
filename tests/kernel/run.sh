#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh [-iv] [-t SECONDS] [-m MEGABYTES] [-a PARAMETERS] [-f FILE]... KERNEL COMMAND
# run.sh -l			list the kernels
#
# Boots KERNEL (a name of the file "kernels") in QEMU, plain emulation of two
# CPUs, about five seconds, and runs the shell script COMMAND in it as root.
# COMMAND's standard output (any bytes), standard error and exit status are
# those of run.sh. 125: the kernel did not boot, panicked or took longer than
# -t (120 s); what it said on its console then follows on standard error.
#
#	tests/kernel/run.sh 5.10 'secmon-capture --check'
#	tests/kernel/run.sh 6.1 'secmon-capture -- ls' | tests/stream.py dump
#	tests/kernel/run.sh -v -f build/x 7.2 'x --verbose'	# -v: the console, too
#	tests/kernel/run.sh native 'secmon-capture --check'	# no QEMU: here
#
# In there: busybox for a shell and its tools; every program of $BIN (build/bin)
# and every -f FILE, with the libraries they need, on the PATH (a FILE that is no
# program lies in /data); /proc /sys /dev, tracefs, bpf, securityfs and cgroup2
# mounted, lo up, users root and nobody. BPF LSM is on; -a appends to the kernel's
# command line ("lsm=landlock" turns it off). With -i there is one CPU, and time is the number
# of instructions that it has executed, a nanosecond for each.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
repo=$(realpath "$here/../..")

usage() { sed -n '3,4s/^# /usage: /p' "${BASH_SOURCE[0]}" >&2; exit 2; }

machine=(-accel tcg,thread=multi -smp 2)
verbose= limit=120 memory=512 append= files=()
while getopts ilvt:m:a:f: opt; do
	case $opt in
	l)	awk '!/^#/ { print $1 }' "$here/kernels"
		echo native
		exit 0 ;;
	i)	machine=(-accel tcg,thread=single -icount shift=0,sleep=off -smp 1) ;;
	v)	verbose=1 ;;
	t)	limit=$OPTARG ;;
	m)	memory=$OPTARG ;;
	a)	append=$OPTARG ;;
	f)	files+=("$(realpath "$OPTARG")") ;;
	*)	usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -eq 2 ] || usage
kernel=$1 command=$2
bin=$(cd "$repo" && realpath -m "${BIN:-build/bin}")
shopt -s nullglob
programs=("$bin"/*)

if [ "$kernel" = native ]; then
	path=$bin
	for f in "${files[@]}"; do
		path=$path:${f%/*}
	done
	cd /
	exec env PATH="$path:$PATH" sh -c "$command"
fi

image=$("$here/fetch.sh" "$kernel")
tmp=$(mktemp -d /tmp/secmon-kernel.XXXXXX)
trap 'rm -rf "$tmp"' EXIT

# libraries FILE...: the shared libraries that programs need, loader included
libraries()
{
	local f
	for f; do
		ldd "$f" 2>/dev/null || true
	done | awk '/=> \// { print $3 } /^\t\/lib/ { print $1 }' | sort -u
}

make_root()
{
	local root=$tmp/root f lib
	mkdir -p "$root"/{bin,etc,data,proc,sys,dev,tmp,run,root}
	cp /bin/busybox "$root/bin/"
	cp "$here/init" "$root/init"
	printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$root/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
	echo "127.0.0.1 localhost" >"$root/etc/hosts"
	printf '%s\n' "$command" >"$root/command"
	for f in "${programs[@]}" "${files[@]}"; do
		if [ -d "$f" ] || ! head -c 4 "$f" | grep -q ELF; then
			cp -rL "$f" "$root/data/"
		else
			cp -L "$f" "$root/bin/"
		fi
	done
	for lib in $(libraries "${programs[@]}" "${files[@]}"); do
		mkdir -p "$root${lib%/*}"
		cp -Lu "$lib" "$root$lib"
	done
	(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$tmp/initramfs"
}

# QEMU 7.2 sometimes spoils the flags of cmpxchg16b, which kernels from 6.5 on
# allocate memory with: without cx16 they have another way.
# Serial ports: the console; standard output; standard error. The machine ends
# by switching itself off. A panic does not always end it, so we look for one.
boot()
{
	local qemu end=$((SECONDS + limit))
	rm -f "$tmp/console"
	qemu-system-x86_64 "${machine[@]}" -cpu max,-cx16 -m "$memory" \
		-kernel "$image" -initrd "$tmp/initramfs" \
		-append "console=ttyS0 lsm=landlock,bpf panic=-1 reboot=t quiet $append" \
		-nodefaults -no-reboot -display none -monitor none -serial file:"$tmp/console" \
		-serial file:"$tmp/stdout" -serial file:"$tmp/stderr" </dev/null >"$tmp/qemu" 2>&1 &
	qemu=$!
	while kill -0 $qemu 2>/dev/null; do
		if [ $SECONDS -ge $end ] || grep -qs 'Kernel panic' "$tmp/console"; then
			kill $qemu 2>/dev/null
			break
		fi
		sleep 0.1
	done
	wait $qemu 2>/dev/null || true
	status=$(sed -n 's/^secmon-exit: \([0-9]*\).*/\1/p' "$tmp/console" 2>/dev/null)
}

# Emulation itself sometimes trips a kernel before its first process runs: that
# says nothing about us, and is tried again.
boot_again()
{
	local try
	for try in 1 2 3; do
		boot
		[ -z "$status" ] && ! grep -q '^secmon-init' "$tmp/console" || return 0
		echo "run.sh: kernel $kernel did not boot, try $try" >&2
	done
}

make_root
boot_again
[ -z "$verbose" ] || cat "$tmp/console" >&2
[ ! -e "$tmp/stdout" ] || cat "$tmp/stdout"
[ ! -e "$tmp/stderr" ] || cat "$tmp/stderr" >&2
if [ -z "$status" ]; then
	echo "run.sh: kernel $kernel did not finish the command in $limit s" >&2
	[ -n "$verbose" ] || tail -40 "$tmp/console" >&2
	cat "$tmp/qemu" >&2
	exit 125
fi
exit "$status"
