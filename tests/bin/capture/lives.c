// SPDX-License-Identifier: BSD-2-Clause
/*
 * lives DIR: the ways in which a process comes to be, changes and ends (calls.h). In each a
 * "lives kid NAME" opens the file NAME in DIR and says what that event, enriched, must tell
 * of it.
 */
#include <libgen.h>
#include <limits.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/wait.h>

#include "calls.h"

enum { LONG_ARG = 20000, DEEP = 80, DEEP_NAME = 100 };

static char self[PATH_MAX];

/* the arguments as JSON, but for those too long to be told */
static void json_args(char **argv, char *buf, size_t size)
{
	size_t n = 0;

	for (int i = 1; argv[i]; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s'%s'", i > 1 ? ", " : "", argv[i]);
}

/* open NAME, and say who did it; what more is to be said is in the environment */
static void witness(const char *name, char **argv)
{
	const char *more = getenv("MORE"), *quiet = getenv("NOEXE");
	char args[1024] = "", exe[PATH_MAX] = "";
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	if (argv)
		json_args(argv, args, sizeof(args));
	if (!quiet && readlink("/proc/self/exe", exe, sizeof(exe) - 1) == -1)
		err(1, "/proc/self/exe");
	if (strstr(exe, " (deleted)"))
		*strstr(exe, " (deleted)") = '\0';
	expect("openat", fd,
	       "'@name': '%s', 'proc.pid': %d, 'proc.ppid': %d, 'thread.tid': %d, "
	       "'proc.sid': %d%s%s%s%s%s%s%s%s",
	       name, getpid(), getppid(), gettid(), getsid(0), argv ? ", 'proc.args': [" : "", args,
	       argv ? "]" : "", more ? ", " : "", more ? more : "",
	       quiet ? "" : ", 'proc.exepath': '", quiet ? "" : exe, quiet ? "" : "'");
	close(fd);
}

static int be_kid(char **argv)
{
	out = stdout;
	if (!getcwd(dir, sizeof(dir)))
		return 1;
	witness(basename(argv[2]), argv);
	return 0;
}

static void exec_kid(const char *path, const char *name)
{
	execl(path, path, "kid", name, NULL);
	_exit(127);
}

static void ended(pid_t pid, const char *what)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status != 0)
		errx(1, "%s: status %d", what, status);
}

/* ---- birth */

static void births(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t pid = vfork();

	if (pid == 0)
		exec_kid(self, "vfork");
	expect("vfork", pid, "'proc.child.pid': %d, 'proc.pid': %d", pid, getpid());
	ended(pid, "vfork");
	pid = (pid_t)syscall(SYS_fork);
	if (pid == 0)
		exec_kid(self, "fork");
	expect("fork", pid, "'proc.child.pid': %d", pid);
	ended(pid, "fork");
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		exec_kid(self, "clone3");
	expect("clone3", pid, "'proc.child.pid': %d", pid);
	ended(pid, "clone3");
}

/* a process that lives where another of the same pid has lived, and nobody took the place */
static void pid_reuse(void)
{
	pid_t want[1] = { 0 };
	struct clone_args args = { .exit_signal = SIGCHLD };

	for (int i = 0; i < 2; i++) {
		pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

		if (pid == -1)
			return; /* somebody did, or it is not allowed here */
		if (pid == 0)
			exec_kid(self, i ? "second" : "first");
		ended(pid, "clone3 with a given pid");
		want[0] = pid;
		args.set_tid = (unsigned long)want;
		args.set_tid_size = 1;
	}
}

/* the parent is gone before the child says anything: it has another parent then */
static void orphan(void)
{
	int ready[2];
	pid_t pid, middle;
	char c;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe(ready) == -1 || (middle = fork()) == -1)
		err(1, "orphan");
	if (middle == 0) {
		if (fork() == 0) {
			close(ready[1]);
			/* the end of file says that nobody else has the other end: the parent is
			 * gone */
			if (read(ready[0], &c, 1) != 0)
				_exit(1);
			exec_kid(self, "orphan");
		}
		_exit(0);
	}
	close(ready[1]);
	ended(middle, "the one in the middle");
	close(ready[0]);
	expect("procexit", LONG_MIN, "'proc.pid': %d, '@reaper_tid': %d", middle, getpid());
	pid = wait(NULL);
	if (pid == -1)
		err(1, "wait");
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* ---- change */

static void *exec_from_thread(void *arg)
{
	exec_kid(self, arg);
	return NULL;
}

/* the first thread is gone, the process is not */
static void *outlive(void *arg)
{
	char buf[8];

	/* until the first thread is gone: /proc then says no more of what is executed */
	while (readlink("/proc/self/exe", buf, sizeof(buf)) != -1)
		usleep(1000);
	setenv("NOEXE", "1", 1);
	witness(arg, NULL);
	fflush(out);
	exit(0);
}

static void threads(void)
{
	pthread_t t;
	pid_t pid = fork();

	if (pid == 0) {
		pthread_create(&t, NULL, exec_from_thread, "thread");
		pthread_join(t, NULL);
		_exit(1);
	}
	ended(pid, "exec from a thread");
	pid = fork();
	if (pid == 0) {
		pthread_create(&t, NULL, outlive, "leaderless");
		syscall(SYS_exit, 0); /* of this thread only */
	}
	ended(pid, "a leader that ended first");
}

static void stopped(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		exec_kid(self, "traced");
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		errx(1, "not stopped at its exec");
	ptrace(PTRACE_CONT, pid, 0, 0);
	ended(pid, "traced");
}

/* ---- what is executed */

static int copy_self(int to)
{
	int from = open(self, O_RDONLY | O_CLOEXEC);
	off_t size = lseek(from, 0, SEEK_END), at = 0;

	while (at < size)
		if (sendfile(to, from, &at, (size_t)(size - at)) <= 0)
			err(1, "copy");
	close(from);
	return to;
}

static void run(const char *path, const char *name, const char *more)
{
	pid_t pid;

	setenv("MORE", more, 1);
	pid = fork();
	if (pid == 0)
		exec_kid(path, name);
	ended(pid, name);
	unsetenv("MORE");
}

static void script(void)
{
	int fd = open("script", O_WRONLY | O_CREAT, 0755);
	pid_t pid;

	dprintf(fd, "#!%s kid\n", self);
	close(fd);
	pid = fork();
	if (pid == 0) {
		execl("./script", "script", NULL);
		_exit(127);
	}
	ended(pid, "script");
	expect("execve", 0,
	       "'@filename': './script', 'proc.interp': '%s', 'proc.args': ['kid', "
	       "'./script'], 'proc.exepath': '%s'",
	       self, self);
}

static void files(void)
{
	char *argv[] = { "fd", "kid", "memfd", NULL };
	int fd = copy_self((int)syscall(SYS_memfd_create, "hidden", 1));
	pid_t pid = fork();

	if (pid == 0) {
		setenv("MORE", "'proc.is_exe_from_memfd': true, 'proc.exepath': 'memfd:hidden'", 1);
		setenv("NOEXE", "1", 1);
		fexecve(fd, argv, environ);
		_exit(127);
	}
	ended(pid, "memfd");
	close(fd);
	close(copy_self(open("gone", O_WRONLY | O_CREAT | O_CLOEXEC, 0755)));
	fd = open("gone", O_RDONLY | O_CLOEXEC);
	argv[2] = "unlinked";
	unlink("gone");
	pid = fork();
	if (pid == 0) {
		setenv("MORE", "'proc.is_exe_deleted': true, 'proc.is_exe_from_memfd': false", 1);
		fexecve(fd, argv, environ);
		_exit(127);
	}
	ended(pid, "deleted");
	close(fd);
}

/* in a mount namespace of its own, where the machine allows one */
static void layers(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (unshare(CLONE_NEWNS) == -1 ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mkdir("ovl", 0755) ||
		    mount("none", "ovl", "tmpfs", 0, NULL) || mkdir("ovl/l", 0755) ||
		    mkdir("ovl/u", 0755) || mkdir("ovl/w", 0755) || mkdir("ovl/m", 0755))
			_exit(0);
		close(copy_self(open("ovl/l/below", O_WRONLY | O_CREAT, 0755)));
		if (mount("none", "ovl/m", "overlay", 0,
			  "lowerdir=ovl/l,upperdir=ovl/u,workdir=ovl/w"))
			_exit(0);
		close(copy_self(open("ovl/m/above", O_WRONLY | O_CREAT, 0755)));
		run("ovl/m/below", "below",
		    "'proc.is_exe_upper_layer': false, 'proc.is_exe_lower_layer': true");
		run("ovl/m/above", "above",
		    "'proc.is_exe_upper_layer': true, 'proc.is_exe_lower_layer': false");
		_exit(0);
	}
	ended(pid, "overlay");
}

/* ---- what is too long to be told whole */

static void long_argument(void)
{
	static char arg[LONG_ARG + 1];
	pid_t pid = fork();
	size_t total = strlen(self) + sizeof("kid-quiet") + sizeof("long") + 1 + sizeof(arg);

	memset(arg, 'a', LONG_ARG);
	if (pid == 0) {
		execl(self, self, "kid-quiet", "long", arg, NULL);
		_exit(127);
	}
	ended(pid, "long argument");
	expect("execve", 0, "'proc.pid': %d, 'evt.truncated': ['proc.args:%zu']", pid, total);
}

static void deep_path(void)
{
	char name[DEEP_NAME + 1];
	int back = open(".", O_RDONLY | O_DIRECTORY), depth = 0;

	memset(name, 'd', DEEP_NAME);
	name[DEEP_NAME] = '\0';
	while (depth < DEEP && (mkdir(name, 0700) == 0 || errno == EEXIST) && chdir(name) == 0)
		depth++;
	expect("openat", S(openat, AT_FDCWD, "bottom", O_RDWR | O_CREAT, 0600),
	       "'@name': 'bottom', 'evt.truncated': ['fd.name:unknown']");
	if (fchdir(back) == -1)
		err(1, "back");
	close(back);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "kid") == 0)
		return be_kid(argv);
	if (argc > 2 && strncmp(argv[1], "kid", 3) == 0)
		return 0;
	calls_begin(argc, argv);
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) == -1)
		err(1, "/proc/self/exe");
	births();
	pid_reuse();
	orphan();
	threads();
	stopped();
	script();
	files();
	layers();
	long_argument();
	deep_path();
	return fclose(out) ? 1 : 0;
}
