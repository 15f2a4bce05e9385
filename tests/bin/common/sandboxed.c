// SPDX-License-Identifier: BSD-2-Clause
/*
 * sandboxed ROLE TRY...: enter the sandbox of a role, then try each thing that
 * is named and print what came of it, "openat: EPERM" or "openat: ok". ROLE is
 * stdio, rules, network, capture, or network+exec; with "+thread" a second thread
 * runs before; rules and network read below
 * $READ, network writes below $WRITE. Nothing tried does harm where it succeeds.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/compat.h"
#include "common/log.h"
#include "common/sandbox.h"

static const char *read_path, *write_path;
static int status_fd;

static const char *below(const char *dir, const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "/", name);
	return path;
}

static int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd == -1 ? -1 : close(fd);
}

static int try_read_passwd(void)
{
	return try_open("/etc/passwd", O_RDONLY);
}
static int try_read_below(void)
{
	return try_open(below(read_path, "file"), O_RDONLY);
}
static int try_write_read_path(void)
{
	return try_open(below(read_path, "file"), O_WRONLY);
}
static int try_create_below(void)
{
	return try_open(below(write_path, "new"), O_WRONLY | O_CREAT);
}
static int try_create_tmp(void)
{
	return try_open("/tmp/sandboxed.new", O_WRONLY | O_CREAT);
}
static int try_read_status(void)
{
	return try_open("/proc/self/status", O_RDONLY);
}
static int try_unlink_below(void)
{
	return unlink(below(write_path, "new"));
}
static int try_symlink_below(void)
{
	return symlink("x", below(write_path, "link"));
}
static int try_mkdir_below(void)
{
	return mkdir(below(write_path, "dir"), 0700);
}
static int try_openat2(void)
{
	uint64_t how[3] = { O_RDONLY };

	return (int)syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof(how));
}
static int try_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}
static int try_raw_socket(void)
{
	return socket(AF_INET, SOCK_RAW, 1);
}
static int try_kill(void)
{
	return kill(getppid(), 0);
}
static int try_kill_self(void)
{
	return kill(getpid(), 0);
}
static int try_tgkill(void)
{
	return (int)syscall(SYS_tgkill, getppid(), getppid(), 0);
}
static int try_raise(void)
{
	return (int)syscall(SYS_tgkill, getpid(), gettid(), 0);
}
static int try_ptrace(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}
static int try_setuid(void)
{
	return setuid(0);
}
static int try_unshare(void)
{
	return unshare(CLONE_NEWUSER);
}
static int try_mount(void)
{
	return mount("none", "/mnt", "tmpfs", 0, NULL);
}
static int try_tiocsti(void)
{
	return ioctl(STDIN_FILENO, TIOCSTI, "x");
}
static int try_prlimit(void)
{
	struct rlimit old;

	return prlimit(getppid(), RLIMIT_CORE, NULL, &old);
}

static int try_bpf(void)
{
	union bpf_attr a = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1
	};

	return (int)syscall(SYS_bpf, BPF_MAP_CREATE, &a, sizeof(a));
}

static int try_execve(void)
{
	char *const argv[] = { "true", NULL };
	int fd[2], error = 0;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) == -1) /* no pipe, no fork: exec over ourselves says it too */
		return execve("/bin/true", argv, NULL);
	pid = vfork();
	if (pid == 0) {
		execve("/bin/true", argv, NULL);
		error = errno;
		_exit(1);
	}
	if (pid == -1)
		return execve("/bin/true", argv, NULL);
	waitpid(pid, NULL, 0);
	errno = error;
	return error ? -1 : 0;
}

static int try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid == -1 ? -1 : waitpid(pid, NULL, 0) == -1 ? -1 : 0;
}

static void *nothing(void *arg)
{
	return arg;
}

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static int try_thread(void)
{
	pthread_t t;

	errno = pthread_create(&t, NULL, nothing, NULL);
	return errno ? -1 : pthread_join(t, NULL);
}

static int try_exec_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static int try_memory(void)
{
	void *p = malloc(64 << 20); /* by mmap */

	free(p);
	return p ? 0 : -1;
}

/* what the kernel says of us; opened before the door was shut */
static int try_status(void)
{
	char buf[8192];
	ssize_t n = pread(status_fd, buf, sizeof(buf) - 1, 0);

	if (n <= 0)
		return -1;
	buf[n] = '\0';
	fputs(buf, stdout);
	return 0;
}

#define T(name)                                                                                    \
	{                                                                                          \
#name, try_##name                                                                  \
	}
static const struct {
	const char *name;
	int (*try)(void);
} tries[] = {
	T(read_passwd),	 T(read_below),	   T(write_read_path),
	T(create_below), T(create_tmp),	   T(read_status),
	T(unlink_below), T(symlink_below), T(mkdir_below),
	T(openat2),	 T(socket),	   T(raw_socket),
	T(kill),	 T(kill_self),	   T(tgkill),
	T(raise),	 T(ptrace),	   T(setuid),
	T(unshare),	 T(mount),	   T(tiocsti),
	T(prlimit),	 T(bpf),	   T(execve),
	T(fork),	 T(thread),	   T(exec_memory),
	T(memory),	 T(status),
};

static void attempt(const char *name)
{
	for (size_t i = 0; i < nitems(tries); i++) {
		if (strcmp(tries[i].name, name))
			continue;
		errno = 0;
		if (tries[i].try() == -1)
			printf("%s: %s\n", name, strerrorname_np(errno));
		else
			printf("%s: ok\n", name);
		return;
	}
	errx(2, "what is '%s'?", name);
}

int main(int argc, char **argv)
{
	static const char *const roles[] = { "stdio", "rules", "network", "capture" };
	const char *reads[] = { NULL, NULL }, *writes[] = { NULL, NULL };
	struct sandbox s = { .role = SANDBOX_STDIO };

	if (argc < 3)
		errx(2, "usage: sandboxed ROLE TRY...");
	log_init("sandboxed");
	log_set_level(LOG_INFO);
	while (s.role < nitems(roles) && strncmp(argv[1], roles[s.role], strlen(roles[s.role])))
		s.role++;
	reads[0] = read_path = getenv("READ");
	writes[0] = write_path = getenv("WRITE");
	s.may_exec = strstr(argv[1], "+exec");
	if (s.role == SANDBOX_RULES || s.role == SANDBOX_NETWORK)
		s.read_paths = reads;
	if (s.role == SANDBOX_NETWORK)
		s.write_paths = writes;
	if (strstr(argv[1], "+thread")) {
		pthread_t t;

		errno = pthread_create(&t, NULL, sleeper, NULL);
		if (errno)
			err(1, "thread");
	}
	status_fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	if (sandbox_enter(&s) == -1)
		return 1;
	for (int i = 2; i < argc; i++)
		attempt(argv[i]);
	return 0;
}
