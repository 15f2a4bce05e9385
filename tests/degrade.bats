#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# secmon-capture where a machine gives less than it could: it runs, or says what is missing.
load lib

setup() { need bpf; need msgpack; need cmd jq; cd "$T"; }

# sees_exec: the capture in ./stream has an exec of "true" and an open, and the ledger adds up
sees_exec()
{
	dump stream >json
	jq -es 'any(.[]; .type == "execve" and ."proc.name" == "true")
		and any(.[]; (.type // "" | startswith("open")) and ."fd.name")' json >/dev/null
	"$PYTHON" "$REPO/tests/stream.py" ledger capture <stream
}

# with_caps LIST CMD...: with no capabilities but these
with_caps()
{
	need cmd setpriv
	setpriv --bounding-set "-all,$1" "${@:2}"
}

@test "--btf: type information from a file" {
	cp /sys/kernel/btf/vmlinux btf
	"$capture" --btf btf -o stream -- true
	sees_exec
}

@test "--btf with a file that is none: status 1, and why" {
	echo nonsense >btf
	run -1 "$capture" --btf btf -o stream -- true
	says "--btf btf: this is no BTF file"
	run -1 "$capture" --btf none -o stream -- true
	says "--btf none: No such file"
}

@test "no type information in /sys: status 1, and why" {
	need cmd unshare
	run -1 unshare -m sh -c "mount -t tmpfs none /sys/kernel/btf && exec '$capture' -o stream -- true"
	says "this kernel shows no type information"
}

@test "with the capabilities of the systemd unit but CAP_SYS_ADMIN and CAP_SYS_RESOURCE it runs" {
	with_caps +bpf,+perfmon,+sys_ptrace,+dac_read_search,+setuid,+setgid,+setpcap "$capture" -o stream -- true
	sees_exec
	touch marker; ln marker other
	with_caps +bpf,+perfmon,+sys_ptrace,+dac_read_search,+setuid,+setgid,+setpcap \
		"$capture" --path "$T/marker" -o stream -- cat other
	dump stream | grep -q '"fd.identity": "inode"'
}

@test "with little memory that may be locked it runs" {
	(ulimit -l 64; with_caps +bpf,+perfmon,+sys_ptrace,+setuid,+setgid,+setpcap "$capture" -o stream -- true)
	sees_exec
}

@test "without the right to use bpf: status 1, and which right is missing" {
	run -1 with_caps +setuid,+setgid,+setpcap "$capture" -o stream -- true
	says "the right to use bpf(2) is missing (CAP_BPF and CAP_PERFMON"
}

@test "without tracefs, debugfs and a cgroup file system it runs" {
	need cmd unshare
	unshare -m sh -c "for m in /sys/kernel/tracing /sys/kernel/debug /sys/fs/cgroup; do
		mount -t tmpfs none \$m 2>/dev/null; done; exec '$capture' -o stream -- true"
	sees_exec
}

@test "what is lost stands in --check: a preferred hook that is refused, and what is instead" {
	run -0 "$capture" --check --hooks fallback
	says "secmon_sys_exit"
	[ "$(grep -c 'tp_btf/sys_exit instead' <<<"$output")" -ge 5 ]
}

@test "a kernel that is locked down: status 1, and why" {
	need cmd qemu-system-x86_64
	"$REPO/tests/kernel/fetch.sh" 6.12 >/dev/null || skip "kernel 6.12 is not to be had"
	run "$REPO/tests/kernel/run.sh" -a "lsm=lockdown,bpf lockdown=confidentiality" 6.12 \
		'grep -q . /sys/kernel/security/lockdown || exit 77; secmon-capture -o /dev/null -- true'
	[ "$status" -ne 77 ] || skip "needs a kernel with lockdown"
	status_is 1
	says "the kernel is locked down (confidentiality)"
}
