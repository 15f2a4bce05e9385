# SPDX-License-Identifier: BSD-2-Clause
# What a program can still do after sandbox_enter(), tried (tests/bin/common/sandboxed.c),
# and what the kernel says of the programs while they run.
load lib

setup()
{
	need root
	[[ $BIN != */asan/* ]] || skip "AddressSanitizer makes calls of its own"
	sandboxed=$TBIN/common/sandboxed
	# for others to reach: bats' own directories may be closed
	room=$(mktemp -d /tmp/sandbox.XXXXXX)
	chmod 755 "$room"
	mkdir -m 755 "$room/read"
	mkdir -m 777 "$room/write"
	echo x >"$room/read/file"
	chmod 666 "$room/read/file"
	export READ=$room/read WRITE=$room/write
}

teardown()
{
	local pid
	for pid in $(jobs -pr); do
		kill -9 "$pid" 2>/dev/null || true
	done
	rm -rf "$room"
}

# forbids ROLE ERRNO TRY...: each of them fails with that error, in that role
forbids()
{
	local role=$1 errno=$2 try
	shift 2
	run "$sandboxed" "$role" "$@"
	status_is 0
	for try; do
		says "$try: $errno" || { echo "($role)"; return 1; }
	done
}

allows() { forbids "$1" ok "${@:2}"; }

everywhere=(tgkill ptrace setuid unshare mount tiocsti prlimit raw_socket openat2)

@test "no role may touch other processes, gain a user, or write to the terminal's input" {
	for role in stdio rules network network+exec capture; do
		forbids $role EPERM "${everywhere[@]}"
		allows $role raise memory
	done
}

@test "enrich: nothing opens any more" {
	forbids stdio EPERM read_passwd read_below write_read_path create_below create_tmp \
		socket kill execve fork thread exec_memory bpf
}

@test "match: reads below its rules, and nowhere else; writes nowhere" {
	allows rules read_below
	forbids rules EPERM write_read_path create_below create_tmp unlink_below socket kill \
		execve fork thread bpf
}

@test "ship: sockets, threads, its own folders; no programs" {
	allows network read_below create_below unlink_below mkdir_below socket thread
	forbids network EPERM kill kill_self execve fork symlink_below bpf
}

@test "ship with a program as sink: starts programs" {
	allows network+exec execve fork
}

@test "capture: bpf(2) and /proc, but no files, no sockets, no programs" {
	allows capture bpf read_status kill_self
	forbids capture EPERM write_read_path create_below create_tmp socket execve fork thread \
		exec_memory
}

# Landlock answers EACCES where the seccomp filter lets the call through.
@test "Landlock holds a role to its paths" {
	run --separate-stderr "$sandboxed" rules status
	[[ $stderr != *"no Landlock"* ]] || skip "needs a kernel with Landlock"
	forbids rules EACCES read_passwd read_status
	forbids network EACCES read_passwd read_status write_read_path create_tmp
	forbids capture EACCES read_passwd read_below
}

@test "Landlock leaves a single file readable, and a path that is not there is no error" {
	READ=$room/read/file run "$sandboxed" rules read_passwd
	status_is 0
	READ=$room/none run "$sandboxed" rules read_passwd
	status_is 0
}

# the kernel's view: status KEY VALUE
status() { grep -Eq "^$1:[[:space:]]*$2[[:space:]]*$" <<<"$output"; }

@test "root becomes nobody, without groups and capabilities, for good" {
	for role in stdio rules network capture; do
		run "$sandboxed" $role status
		status_is 0
		status Uid '65534\s+65534\s+65534\s+65534'
		status Gid '65534\s+65534\s+65534\s+65534'
		status Groups ''
		status NoNewPrivs 1
		status Seccomp 2
		status CapInh 0+
		status CapAmb 0+
		[ $role = capture ] && continue
		status CapPrm 0+
		status CapEff 0+
	done
	# capture: CAP_DAC_READ_SEARCH 2, KILL 5, SYS_PTRACE 19, PERFMON 38, BPF 39 and no other
	status CapEff 000000c000080004
	status CapPrm 000000c000080004
}

@test "started by another user, it stays that user" {
	run setpriv --reuid 12345 --regid 12345 --clear-groups "$sandboxed" stdio status
	status_is 0
	status Uid '12345\s+12345\s+12345\s+12345'
	status CapPrm 0+
	status Seccomp 2
}

@test "a thread that ran before would escape: the sandbox is not entered" {
	run "$sandboxed" network+thread status
	status_is 1
	says "sandbox: 2 threads run already"
}

# confined PID: every thread of it is nobody's, unprivileged and filtered
confined()
{
	local task
	for task in /proc/"$1"/task/*; do
		output=$(cat "$task/status") || return 1
		status Uid '65534\s+65534\s+65534\s+65534' && status CapPrm 0+ && status CapEff 0+ &&
			status NoNewPrivs 1 && status Seccomp 2 || return 1
	done
}

@test "the programs run so: every thread of them, while they read their stream" {
	mkfifo "$T/in"
	printf -- '- rule: r\n  desc: d\n  condition: evt.type = open\n  output: o\n  priority: INFO\n' \
		>"$room/read/rules.yaml"
	exec 7<>"$T/in"
	"$enrich" <"$T/in" >"$T/e" & wait_for "confined $!"
	"$ship" -s json:- <"$T/in" >"$T/s" & wait_for "confined $!"
	"$ship" -s "json:$room/write/a" <"$T/in" >"$T/s" & wait_for "confined $!"
	[ -x "$match" ] || skip "secmon-match is not built"
	"$match" -r "$room/read/rules.yaml" <"$T/in" >"$T/m" & wait_for "confined $!"
}
