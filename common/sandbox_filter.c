// SPDX-License-Identifier: BSD-2-Clause
/* The seccomp filter of each role: a list of calls, some of them with a condition. */
#include "common/sandbox_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/compat.h"
#include "common/log.h"

/* The sanitizer makes calls of its own, which are not ours to list. */
#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

#define N(name) SCMP_SYS(name)
static const int base_calls[] = {
	N(read),
	N(write),
	N(readv),
	N(writev),
	N(pread64),
	N(close),
	N(fstat),
	N(lseek),
	N(poll),
	N(ppoll),
	N(brk),
	N(munmap),
	N(mremap),
	N(madvise),
	N(rt_sigreturn),
	N(rt_sigprocmask),
	N(rt_sigaction),
	N(sigaltstack),
	N(exit),
	N(exit_group),
	N(futex),
	N(clock_gettime),
	N(clock_getres),
	N(clock_nanosleep),
	N(nanosleep),
	N(gettimeofday),
	N(time),
	N(getpid),
	N(gettid),
	N(getuid),
	N(geteuid),
	N(getgid),
	N(getegid),
	N(fcntl),
	N(getrandom),
	N(getrusage),
	N(uname),
	N(sched_yield),
	N(restart_syscall),
	N(set_robust_list),
	N(rseq),
	N(membarrier),
	N(newfstatat),
	N(fsync),
	N(fdatasync),
	N(sysinfo),
	N(sched_getaffinity),
	N(dup),
	N(recvfrom),
	N(sendto),
	N(ftruncate),
};
static const int file_calls[] = {
	N(stat),       N(lstat),      N(statx),	   N(access),	  N(faccessat),
	N(faccessat2), N(getdents64), N(readlink), N(readlinkat), N(getcwd),
};
static const int network_calls[] = {
	N(socket),	   N(connect),	       N(bind),	       N(listen),	 N(accept),
	N(accept4),	   N(sendmsg),	       N(sendmmsg),    N(recvmsg),	 N(recvmmsg),
	N(getsockopt),	   N(setsockopt),      N(getsockname), N(getpeername),	 N(shutdown),
	N(socketpair),	   N(select),	       N(pselect6),    N(epoll_create1), N(epoll_ctl),
	N(epoll_wait),	   N(epoll_pwait),     N(eventfd2),    N(pipe2),	 N(fallocate),
	N(flock),	   N(pwrite64),	       N(pwritev),     N(statfs),	 N(fstatfs),
	N(timerfd_create), N(timerfd_settime), N(getppid),     N(setitimer),	 N(sendfile),
};
static const int write_calls[] = {
	N(unlink),  N(unlinkat), N(rename), N(renameat), N(renameat2), N(mkdir),
	N(mkdirat), N(rmdir),	 N(link),   N(linkat),	 N(fchmod),
};
static const int exec_calls[] = {
	N(execve),  N(execveat), N(clone),	N(vfork),	    N(fork),
	N(wait4),   N(waitid),	 N(kill),	N(tgkill),	    N(setsid),
	N(setpgid), N(chdir),	 N(arch_prctl), N(set_tid_address), N(close_range),
	N(pipe),    N(dup2),	 N(dup3),	N(memfd_create),    N(prctl),
};
static const int capture_calls[] = {
	N(bpf),
	N(epoll_create1),
	N(epoll_ctl),
	N(epoll_wait),
	N(epoll_pwait),
	N(wait4),
	N(waitid),
	N(kill),
	N(perf_event_open),
	N(getppid),
	N(sched_setaffinity),
	N(setpriority),
	N(inotify_add_watch),
	N(inotify_rm_watch),
};

/* ioctl(2) reaches drivers, and the terminal that our words go to: only questions are asked */
static const unsigned long requests[] = { TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO };
static const unsigned long perf_requests[] = { PERF_EVENT_IOC_ENABLE, PERF_EVENT_IOC_DISABLE,
					       PERF_EVENT_IOC_SET_BPF };

static int add(scmp_filter_ctx ctx, uint32_t action, int call, const struct scmp_arg_cmp *cmp)
{
	/* a call that this architecture does not have is negative: there is nothing to allow */
	int r = call < 0 ? 0 : seccomp_rule_add_array(ctx, action, call, cmp ? 1 : 0, cmp);

	if (r < 0)
		errno = -r;
	return r < 0 ? -1 : 0;
}

static int allow_if(scmp_filter_ctx ctx, int call, struct scmp_arg_cmp cmp)
{
	return add(ctx, SCMP_ACT_ALLOW, call, &cmp);
}

static int allow(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (add(ctx, SCMP_ACT_ALLOW, calls[i], NULL) == -1)
			return -1;
	return 0;
}

static int allow_ioctl(scmp_filter_ctx ctx, const unsigned long *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (allow_if(ctx, N(ioctl), SCMP_A1(SCMP_CMP_EQ, list[i])) == -1)
			return -1;
	return 0;
}

/* the call, but not with any of these bits in that argument; 0: as it likes */
static int allow_without(scmp_filter_ctx ctx, int call, unsigned int arg, uint64_t bits)
{
	const struct scmp_arg_cmp cmp = { arg, SCMP_CMP_MASKED_EQ, bits, 0 };

	return add(ctx, SCMP_ACT_ALLOW, call, bits ? &cmp : NULL);
}

/* Memory that can be run is for who compiles (regular expressions) or loads libraries late. */
static int allow_memory(scmp_filter_ctx ctx, const struct sandbox *s)
{
	const bool run = s->role == SANDBOX_RULES || s->role == SANDBOX_NETWORK;

	if (allow_without(ctx, N(mmap), 2, run ? 0 : PROT_EXEC) == -1)
		return -1;
	return allow_without(ctx, N(mprotect), 2, run ? 0 : PROT_EXEC);
}

/* Without write_paths a file is opened for reading only, also where there is no Landlock. */
static int allow_open(scmp_filter_ctx ctx, const struct sandbox *s)
{
	const uint64_t writing = s->write_paths ? 0 : O_ACCMODE | O_CREAT | O_TRUNC;

	if (s->role == SANDBOX_STDIO)
		return 0;
	if (allow_without(ctx, N(open), 1, writing) == -1 ||
	    allow_without(ctx, N(openat), 2, writing) == -1 ||
	    allow(ctx, file_calls, nitems(file_calls)) == -1)
		return -1;
	return s->write_paths ? allow(ctx, write_calls, nitems(write_calls)) : 0;
}

/*
 * Threads, but no processes. The flags of clone3() lie in memory, where a filter
 * cannot see them: libc falls back to clone() when it hears of no such call.
 */
static int allow_threads(scmp_filter_ctx ctx)
{
	const uint64_t thread = CLONE_VM | CLONE_THREAD;

	return allow_if(ctx, N(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));
}

static int allow_role(scmp_filter_ctx ctx, const struct sandbox *s)
{
	/* our own limits, our own threads */
	if (allow_if(ctx, N(prlimit64), SCMP_A0(SCMP_CMP_EQ, 0)) == -1 ||
	    allow_if(ctx, N(tgkill), SCMP_A0(SCMP_CMP_EQ, (uint64_t)getpid())) == -1 ||
	    add(ctx, SCMP_ACT_ERRNO(ENOSYS), N(clone3), NULL) == -1 ||
	    allow(ctx, base_calls, nitems(base_calls)) == -1 ||
	    allow_ioctl(ctx, requests, nitems(requests)) == -1 || allow_memory(ctx, s) == -1 ||
	    allow_open(ctx, s) == -1)
		return -1;
	if (s->role == SANDBOX_NETWORK &&
	    (allow(ctx, network_calls, nitems(network_calls)) == -1 || allow_threads(ctx) == -1))
		return -1;
	if (s->role == SANDBOX_CAPTURE &&
	    (allow(ctx, capture_calls, nitems(capture_calls)) == -1 ||
	     allow_ioctl(ctx, perf_requests, nitems(perf_requests)) == -1))
		return -1;
	return s->may_exec ? allow(ctx, exec_calls, nitems(exec_calls)) : 0;
}

static int load(scmp_filter_ctx ctx)
{
	int r = seccomp_attr_set(ctx, SCMP_FLTATR_API_SYSRAWRC, 1);

	if (r == 0)
		r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	if (r == 0)
		r = seccomp_load(ctx);
	if (r == 0)
		return 0;
	errno = -r;
	return -1;
}

static bool kernel_has_filters(void)
{
	const uint32_t action = SECCOMP_RET_ERRNO;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

int sandbox_filter(const struct sandbox *s)
{
	scmp_filter_ctx ctx;
	int r = -1;

	if (SANITIZED || !kernel_has_filters()) {
		log_info("sandbox: no seccomp filter: %s",
			 SANITIZED ? "built with AddressSanitizer" : "this kernel has none");
		return 0;
	}
	ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!ctx)
		errno = ENOMEM;
	else if (allow_role(ctx, s) == 0)
		r = load(ctx);
	if (r == -1)
		log_err("sandbox: seccomp: %s", strerror(errno));
	if (ctx)
		seccomp_release(ctx);
	return r;
}
