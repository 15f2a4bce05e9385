// SPDX-License-Identifier: BSD-2-Clause
/* Giving up privileges: user, capabilities, Landlock; seccomp is in sandbox_filter.c. */
#include "common/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/compat.h"
#include "common/log.h"
#include "common/sandbox_filter.h"

/* rights that came after the headers of Debian 12 */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define READ_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_RIGHTS                                                                               \
	(READ_RIGHTS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE |               \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |                               \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                          \
	 LANDLOCK_ACCESS_FS_REFER)
/* of these, what a path that is no directory can be given */
#define FILE_RIGHTS                                                                                \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |                            \
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
	    prctl(PR_SET_KEEPCAPS, 1) == -1 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) == -1) {
		log_err("sandbox: become user '%s': %s", name, strerror(errno));
		return -1;
	}
	return 0;
}

/* what reading rings, maps and /proc of others needs */
static const unsigned int capture_caps[] = { CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE,
					     CAP_DAC_READ_SEARCH };

static bool wanted(const struct sandbox *s, unsigned int cap)
{
	for (unsigned int i = 0; s->role == SANDBOX_CAPTURE && i < nitems(capture_caps); i++)
		if (capture_caps[i] == cap)
			return true;
	return false;
}

static int keep_caps(const struct sandbox *s)
{
	bool keep[CAP_LAST_CAP + 1] = { false };

	capng_get_caps_process();
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++) {
		keep[cap] = wanted(s, cap) && capng_have_capability(CAPNG_PERMITTED, cap);
		if (wanted(s, cap) && !keep[cap])
			log_info("sandbox: capability %s is not there to be kept",
				 capng_capability_to_name(cap));
	}
	/* all of them, also those that this kernel has and our headers do not know */
	capng_clear(CAPNG_SELECT_CAPS);
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (keep[cap])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, cap);
	if (capng_apply(CAPNG_SELECT_CAPS) != 0 || prctl(PR_SET_KEEPCAPS, 0) == -1) {
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
		return errno == ENOENT || errno == EACCES ? 0 : -1; /* nothing there to allow */
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

/* All that this kernel can forbid. Moving files (REFER) is forbidden where it cannot be handled. */
static uint64_t handled_rights(long abi)
{
	return ALL_RIGHTS_V1 | (abi >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0) |
	       (abi >= 3 ? LANDLOCK_ACCESS_FS_TRUNCATE : 0);
}

static int landlock(const struct sandbox *s)
{
	static const char *const proc[] = { "/proc", "/sys", NULL };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = { .handled_access_fs = handled_rights(abi) };
	uint64_t reads = READ_RIGHTS | (s->may_exec ? LANDLOCK_ACCESS_FS_EXECUTE : 0);
	int ruleset, r = -1;

	if (abi < 1) {
		log_info("sandbox: this kernel has no Landlock");
		return 0;
	}
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset == -1) {
		log_err("sandbox: Landlock: %s", strerror(errno));
		return -1;
	}
	if (allow_paths(ruleset, s->read_paths, reads) == 0 &&
	    allow_paths(ruleset, s->write_paths, WRITE_RIGHTS & attr.handled_access_fs) == 0 &&
	    (s->role != SANDBOX_CAPTURE || allow_paths(ruleset, proc, READ_RIGHTS) == 0)) {
		r = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
		if (r == -1)
			log_err("sandbox: Landlock: %s", strerror(errno));
	}
	close(ruleset);
	return r;
}

/* Landlock and capabilities are a thread's own: one that ran before would keep what it had. */
static int alone(void)
{
	struct stat st;

	if (stat("/proc/self/task", &st) == -1 || st.st_nlink <= 3) /* ., .. and ours */
		return 0;
	log_err("sandbox: %u threads run already", (unsigned int)st.st_nlink - 2);
	errno = EBUSY;
	return -1;
}

int sandbox_enter(const struct sandbox *s)
{
	static const struct rlimit no_core;

	tzset(); /* local time is asked for when its file is out of reach */
	setrlimit(RLIMIT_CORE, &no_core);
	if (alone() == -1)
		return -1;
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
	return sandbox_filter(s);
}
