// SPDX-License-Identifier: BSD-2-Clause
/* taskcalls DIR: system calls on processes, users, memory and the kernel itself (calls.h). */
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "calls.h"

enum { NOBODY = 0x3ffffff /* no process has that pid */ };

/* a child that waits to be killed */
static pid_t victim(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static void signals(pid_t other)
{
	int fd;

	expect("kill", S(kill, other, 0), "'@pid': %d, '@sig': 0", other);
	expect("kill", S(kill, NOBODY, SIGTERM), "'@pid': %d, '@sig': 15", NOBODY);
	expect("tkill", S(tkill, other, 0), "'@tid': %d, '@sig': 0", other);
	expect("tkill", S(tkill, NOBODY, 9), "'@tid': %d, '@sig': 9", NOBODY);
	expect("tgkill", S(tgkill, other, other, 0), "'@pid': %d, '@tid': %d", other, other);
	expect("tgkill", S(tgkill, NOBODY, 7, 9), "'@pid': %d, '@tid': 7, '@sig': 9", NOBODY);
	fd = (int)expect("pidfd_open", S(pidfd_open, other, 0), "'@pid': %d, 'fd.typechar': 'P'",
			 other);
	expect("pidfd_open", S(pidfd_open, NOBODY, O_NONBLOCK), "'@pid': %d, '@flags': 1", NOBODY);
	expect("pidfd_getfd", S(pidfd_getfd, fd, 1, 0), "'@pid_fd': %d, '@target_fd': 1", fd);
	expect("pidfd_getfd", S(pidfd_getfd, BAD, 1, 0), "'@pid_fd': 99, '@target_fd': 1");
	expect("pidfd_send_signal", S(pidfd_send_signal, fd, 0, NULL, 0), "'@fd': %d, '@sig': 0",
	       fd);
	expect("pidfd_send_signal", S(pidfd_send_signal, BAD, 9, NULL, 0), "'@fd': 99, '@sig': 9");
}

static void strangers(pid_t other)
{
	char word[8] = "";
	struct iovec mine = { word, sizeof(word) }, theirs = { word, sizeof(word) };

	expect("ptrace", S(ptrace, PTRACE_ATTACH, NOBODY, 1, 2),
	       "'@request': 11, '@pid': %d, '@addr': 1, '@data': 2", NOBODY);
	expect("ptrace", S(ptrace, PTRACE_SEIZE, other, 0, 0), "'@request': 20, '@pid': %d", other);
	expect("process_vm_readv", S(process_vm_readv, other, &mine, 1, &theirs, 1, 0),
	       "'@pid': %d", other);
	expect("process_vm_readv", S(process_vm_readv, NOBODY, &mine, 1, &theirs, 1, 0),
	       "'@pid': %d", NOBODY);
	expect("process_vm_writev", S(process_vm_writev, other, &mine, 1, &theirs, 1, 0),
	       "'@pid': %d", other);
	expect("process_vm_writev", S(process_vm_writev, NOBODY, &mine, 1, &theirs, 1, 0),
	       "'@pid': %d", NOBODY);
}

static void self(void)
{
	expect("prctl", S(prctl, PR_SET_NAME, "renamed", 0, 0, 0),
	       "'@option': 15, '@arg2_str': 'renamed', 'proc.name': 'renamed'");
	expect("prctl", S(prctl, PR_SET_DUMPABLE, 77, 0, 0, 0), "'@option': 4, '@arg2_int': 77");
	expect("setpgid", S(setpgid, 0, 0), "'@pid': 0, '@pgid': 0");
	expect("setpgid", S(setpgid, NOBODY, 5), "'@pid': %d, '@pgid': 5", NOBODY);
	expect("setsid", S(setsid), "'proc.pid': %d", getpid());
	pid_t child = fork();
	if (child == 0) {
		expect("setsid", S(setsid), "'proc.pid': %d", getpid());
		_exit(0);
	}
	waitpid(child, NULL, 0);
	expect("seccomp", S(seccomp, 99, 1, NULL), "'@op': 99, '@flags': 1");
	expect("keyctl", S(keyctl, 999, 1, 2, 3, 4),
	       "'@operation': 999, '@arg2': 1, '@arg3': 2, '@arg4': 3, '@arg5': 4");
	expect("keyctl", S(keyctl, 0, -3, 0, 0, 0), "'@operation': 0");
}

static void users(void)
{
	expect("setuid", S(setuid, 0), "'@uid': 0");
	expect("setgid", S(setgid, 0), "'@gid': 0");
	expect("setreuid", S(setreuid, -1, 0), "'@ruid': 4294967295, '@euid': 0");
	expect("setregid", S(setregid, 0, -1), "'@rgid': 0, '@egid': 4294967295");
	expect("setresuid", S(setresuid, -1, -1, 0), "'@ruid': 4294967295, '@suid': 0");
	expect("setresgid", S(setresgid, -1, -1, 0), "'@rgid': 4294967295, '@sgid': 0");
	expect("setfsuid", S(setfsuid, 0), "'@uid': 0");
	expect("setfsgid", S(setfsgid, 0), "'@gid': 0");
	expect("setgroups", S(setgroups, 0, NULL), "'@size': 0");
	expect("setgroups", S(setgroups, 1 << 20, NULL), "'@size': %d", 1 << 20);
	expect("unshare", S(unshare, CLONE_NEWNET | CLONE_NEWNS), "'@flags': 48");
	expect("unshare", S(unshare, 1), "'@flags': 0");
	expect("setns", S(setns, BAD, CLONE_NEWNET), "'@fd': 99, '@nstype': 16");
	int ns = open("/proc/self/ns/uts", O_RDONLY);
	expect("setns", S(setns, ns, CLONE_NEWUTS), "'@fd': %d, '@nstype': 128", ns);
}

/* in a process that is not privileged any more */
static void unprivileged(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		expect("setuid", S(setresuid, 65534, 65534, 65534) == 0 ? S(setuid, 5) : -1,
		       "'@uid': 5, 'user.uid': 65534");
		expect("setgid", S(setgid, 5), "'@gid': 5");
		expect("setreuid", S(setreuid, 5, 6), "'@ruid': 5, '@euid': 6");
		expect("setregid", S(setregid, 5, 6), "'@rgid': 5, '@egid': 6");
		expect("setresuid", S(setresuid, 5, 6, 7), "'@euid': 6, '@suid': 7");
		expect("setresgid", S(setresgid, 5, 6, 7), "'@egid': 6, '@sgid': 7");
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void capabilities(void)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2] = { { 1, 3, 0 }, { 0, 0, 0 } };

	expect("capset", S(capset, &h, d),
	       "'@cap_effective': 1, '@cap_permitted': 3, '@cap_inheritable': 0");
	d[0].permitted = d[0].effective = 7;
	expect("capset", S(capset, &h, d), "'@cap_effective': 7, '@cap_permitted': 7");
}

static void memory(void)
{
	long page = sysconf(_SC_PAGESIZE);
	void *m = mmap(NULL, (size_t)page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/proc/self/exe", O_RDONLY);

	expect("mprotect", S(mprotect, m, page, PROT_READ | PROT_EXEC),
	       "'@addr': %lu, '@length': %ld, '@prot': 5", (unsigned long)m, page);
	expect("mprotect", S(mprotect, 1, page, PROT_EXEC), "'@addr': 1, '@prot': 4");
	expect("pkey_mprotect", S(pkey_mprotect, m, page, PROT_READ | PROT_EXEC, -1),
	       "'@addr': %lu, '@prot': 5, '@pkey': -1", (unsigned long)m);
	expect("pkey_mprotect", S(pkey_mprotect, 1, page, PROT_EXEC, -1), "'@addr': 1");
	expect("mmap", S(mmap, NULL, page, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0),
	       "'@prot': 5, '@flags': 2, '@fd': %d, '@length': %ld, '@offset': 0, "
	       "'fd.typechar': 'f'",
	       fd, page);
	expect("mmap", S(mmap, NULL, page, PROT_EXEC, MAP_PRIVATE, BAD, 0),
	       "'@prot': 4, '@flags': 2, '@fd': 99");
	close(fd);
}

static void kernel(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_SW_TASK_CLOCK };
	struct io_uring_params p = { .flags = IORING_SETUP_CLAMP };
	long r;

	expect("init_module", S(init_module, "\177ELF", 4, "opt=1"),
	       "'@length': 4, '@uargs': 'opt=1'");
	expect("finit_module", S(finit_module, BAD, "opt=2", 1),
	       "'@fd': 99, '@uargs': 'opt=2', '@flags': 1");
	expect("delete_module", S(delete_module, "nosuch", O_NONBLOCK),
	       "'@name': 'nosuch', '@flags': 2");
	expect("bpf", S(bpf, 5, NULL, 0), "'@cmd': 5");
	unsigned int map[18] = { 2 /* array */, 4, 4, 1 };
	expect("bpf", S(bpf, 0, map, sizeof(map)), "'@cmd': 0");
	expect("perf_event_open", S(perf_event_open, NULL, 1, 2, -1, 0), "'@pid': 1, '@cpu': 2");
	expect("perf_event_open", S(perf_event_open, &attr, 0, -1, -1, 8),
	       "'@type': 1, '@pid': 0, '@cpu': -1, '@flags': 8");
	expect("userfaultfd", S(userfaultfd, ~0U), "'fd.num': -1");
	r = S(userfaultfd, O_CLOEXEC);
	if (r >= 0)
		expect("userfaultfd", r, "'@flags': 4096, 'fd.typechar': 'u'");
	r = S(io_uring_setup, 4, &p);
	if (r >= 0) {
		expect("io_uring_setup", r,
		       "'@entries': 4, '@flags': 32, '@sq_entries': 4, 'fd.typechar': 'r'");
		expect("io_uring_enter", S(io_uring_enter, r, 0, 0, 0, NULL, 0),
		       "'@fd': %ld, '@to_submit': 0, '@min_complete': 0", r);
		expect("io_uring_register", S(io_uring_register, r, 99, NULL, 3),
		       "'@fd': %ld, '@opcode': 99, '@nr_args': 3", r);
	}
	expect("io_uring_setup", S(io_uring_setup, 0, &p), "'@entries': 0, 'fd.num': -1");
	expect("io_uring_enter", S(io_uring_enter, BAD, 1, 2, 0, NULL, 0),
	       "'@fd': 99, '@to_submit': 1, '@min_complete': 2");
	expect("io_uring_register", S(io_uring_register, BAD, 1, NULL, 0), "'@fd': 99");
	expect("execve", S(execve, "nosuch", NULL, NULL), "'@filename': 'nosuch'");
	expect("execveat", S(execveat, BAD, "nosuch", NULL, NULL, 0), "'@filename': 'nosuch'");
}

int main(int argc, char **argv)
{
	pid_t other;

	calls_begin(argc, argv);
	other = victim();
	signals(other);
	strangers(other);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	memory();
	kernel();
	self();
	unprivileged();
	users();
	capabilities();
	return fclose(out) ? 1 : 0;
}
