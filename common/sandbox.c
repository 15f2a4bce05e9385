// SPDX-License-Identifier: BSD-2-Clause
/* Giving up privileges: user, capabilities, Landlock, seccomp. */
#include "common/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/compat.h"
#include "common/log.h"

/* rights that came after the headers of Debian 12 */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define READ_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FILE_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
		     LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define ALL_RIGHTS_V1 ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

static int become(const char *name)
{
	const struct passwd *pw;

	if (geteuid() != 0)
		return 0;
	pw = getpwnam(name);
	if (!pw) {
		log_err("sandbox: there is no user '%s' to run as", name);
		errno = ENOENT;
		return -1;
	}
	if (setgroups(0, NULL) == -1 || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) == -1 ||
	    prctl(PR_SET_KEEPCAPS, 1) == -1 || setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) == -1) {
		log_err("sandbox: become user '%s': %s", name, strerror(errno));
		return -1;
	}
	return 0;
}

/* what reading rings, maps and /proc of others needs */
static const unsigned int capture_caps[] = { CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE,
					     CAP_DAC_READ_SEARCH, CAP_KILL };

static bool wanted(const struct sandbox *s, unsigned int cap)
{
	for (unsigned int i = 0; s->role == SANDBOX_CAPTURE && i < nitems(capture_caps); i++)
		if (capture_caps[i] == cap)
			return true;
	return false;
}

static int keep_caps(const struct sandbox *s)
{
	capng_get_caps_process();
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++) {
		bool have = capng_have_capability(CAPNG_PERMITTED, cap);
		bool keep = have && wanted(s, cap);

		if (wanted(s, cap) && !have)
			log_info("sandbox: capability %s is not there to be kept",
				 capng_capability_to_name(cap));
		capng_update(keep ? CAPNG_ADD : CAPNG_DROP, CAPNG_EFFECTIVE | CAPNG_PERMITTED, cap);
		capng_update(CAPNG_DROP, CAPNG_INHERITABLE, cap);
	}
	if (capng_apply(CAPNG_SELECT_CAPS) != 0) {
		log_err("sandbox: capabilities: %s", strerror(errno));
		return -1;
	}
	return 0;
}

static int allow_path(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr a = { .allowed_access = rights };
	struct stat st;
	int r;

	a.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (a.parent_fd == -1)
		return errno == ENOENT || errno == EACCES ? 0 : -1;	/* nothing there to allow */
	if (fstat(a.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		a.allowed_access &= FILE_RIGHTS;
	r = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &a, 0);
	close(a.parent_fd);
	return r;
}

static int allow_paths(int ruleset, const char *const *paths, uint64_t rights)
{
	for (; paths && *paths; paths++) {
		if (allow_path(ruleset, *paths, rights) == -1) {
			log_err("sandbox: Landlock rule for %s: %s", *paths, strerror(errno));
			return -1;
		}
	}
	return 0;
}

static int landlock(const struct sandbox *s)
{
	static const char *const proc[] = { "/proc", "/sys", NULL };
	struct landlock_ruleset_attr attr = { .handled_access_fs = ALL_RIGHTS_V1 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	uint64_t reads = READ_RIGHTS | (s->may_exec ? LANDLOCK_ACCESS_FS_EXECUTE : 0);
	int ruleset, r = -1;

	if (abi < 1) {
		log_info("sandbox: this kernel has no Landlock");
		return 0;
	}
	if (abi >= 3)
		attr.handled_access_fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (abi < 2 && s->write_paths)
		/* without REFER the first version forbids every rename between folders */
		log_info("sandbox: Landlock of this kernel cannot allow moving files");
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset == -1) {
		log_err("sandbox: Landlock: %s", strerror(errno));
		return -1;
	}
	if (allow_paths(ruleset, s->read_paths, reads) == 0 &&
	    allow_paths(ruleset, s->write_paths, attr.handled_access_fs & ~(uint64_t)(
			LANDLOCK_ACCESS_FS_EXECUTE)) == 0 &&
	    (s->role != SANDBOX_CAPTURE || allow_paths(ruleset, proc, READ_RIGHTS) == 0)) {
		r = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
		if (r == -1)
			log_err("sandbox: Landlock: %s", strerror(errno));
	}
	close(ruleset);
	return r;
}

#ifdef __SANITIZE_ADDRESS__
static int seccomp(const struct sandbox *s)
{
	log_info("sandbox: built with AddressSanitizer, no seccomp filter");
	return 0;
}
#else
#define N(name) SCMP_SYS(name)
static const int base_calls[] = {
	N(read), N(write), N(readv), N(writev), N(pread64), N(close), N(fstat), N(lseek), N(poll),
	N(ppoll), N(brk), N(mmap), N(munmap), N(mremap), N(mprotect), N(madvise), N(rt_sigreturn),
	N(rt_sigprocmask), N(rt_sigaction), N(sigaltstack), N(exit), N(exit_group), N(futex),
	N(clock_gettime), N(clock_getres), N(clock_nanosleep), N(nanosleep), N(gettimeofday),
	N(time), N(getpid), N(gettid), N(getuid), N(geteuid), N(getgid), N(getegid), N(fcntl),
	N(ioctl), N(tgkill), N(getrandom), N(getrusage), N(uname), N(sched_yield),
	N(restart_syscall), N(set_robust_list), N(rseq), N(membarrier), N(newfstatat), N(fsync),
	N(fdatasync), N(sysinfo), N(sched_getaffinity), N(dup), N(recvfrom), N(sendto),
	N(prlimit64), N(ftruncate),
};
static const int file_calls[] = {
	N(open), N(openat), N(openat2), N(stat), N(lstat), N(statx), N(access), N(faccessat),
	N(faccessat2), N(getdents64), N(readlink), N(readlinkat), N(getcwd),
};
static const int network_calls[] = {
	N(socket), N(connect), N(bind), N(listen), N(accept), N(accept4), N(sendmsg),
	N(sendmmsg), N(recvmsg), N(recvmmsg), N(getsockopt), N(setsockopt), N(getsockname),
	N(getpeername), N(shutdown), N(socketpair), N(select), N(pselect6), N(epoll_create1),
	N(epoll_ctl), N(epoll_wait), N(epoll_pwait), N(eventfd2), N(pipe2), N(clone), N(clone3),
	N(unlink), N(unlinkat), N(rename), N(renameat), N(renameat2), N(mkdir), N(mkdirat),
	N(fallocate), N(flock), N(pwrite64), N(link), N(linkat), N(statfs), N(fstatfs),
	N(fchmod), N(timerfd_create), N(timerfd_settime), N(getppid), N(setitimer), N(wait4),
	N(waitid), N(kill), N(sendfile), N(prctl), N(pipe), N(dup2), N(dup3), N(memfd_create),
};
static const int exec_calls[] = {
	N(execve), N(execveat), N(vfork), N(fork), N(setsid), N(setpgid), N(chdir), N(arch_prctl),
	N(set_tid_address), N(close_range),
};
static const int capture_calls[] = {
	N(bpf), N(epoll_create1), N(epoll_ctl), N(epoll_wait), N(epoll_pwait), N(wait4), N(waitid),
	N(kill), N(perf_event_open), N(getppid), N(sched_setaffinity), N(setpriority),
};
#undef N

static int allow(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* calls that this architecture does not have are negative: nothing to allow */
		int r = calls[i] < 0 ? 0 : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);

		if (r < 0) {
			errno = -r;
			return -1;
		}
	}
	return 0;
}

static int seccomp(const struct sandbox *s)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int r = -1;

	if (!ctx) {
		errno = ENOMEM;
		goto out;
	}
	if (allow(ctx, base_calls, nitems(base_calls)) == -1)
		goto out;
	if (s->role != SANDBOX_STDIO && allow(ctx, file_calls, nitems(file_calls)) == -1)
		goto out;
	if (s->role == SANDBOX_NETWORK &&
	    allow(ctx, network_calls, nitems(network_calls)) == -1)
		goto out;
	if (s->may_exec && allow(ctx, exec_calls, nitems(exec_calls)) == -1)
		goto out;
	if (s->role == SANDBOX_CAPTURE &&
	    allow(ctx, capture_calls, nitems(capture_calls)) == -1)
		goto out;
	r = seccomp_load(ctx);
	if (r < 0) {
		errno = -r;
		r = -1;
	}
out:
	if (r == -1 && errno == EINVAL) {
		log_info("sandbox: this kernel has no seccomp filters");
		r = 0;
	} else if (r == -1) {
		log_err("sandbox: seccomp: %s", strerror(errno));
	}
	if (ctx)
		seccomp_release(ctx);
	return r;
}
#endif

int sandbox_enter(const struct sandbox *s)
{
	static const struct rlimit no_core;

	setrlimit(RLIMIT_CORE, &no_core);
	if (become(s->user ? s->user : "nobody") == -1)
		return -1;
	if (keep_caps(s) == -1)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) {
		log_err("sandbox: no_new_privs: %s", strerror(errno));
		return -1;
	}
	if (landlock(s) == -1)
		return -1;
	return seccomp(s);
}
