// SPDX-License-Identifier: BSD-2-Clause
/* ioloop FILE READS CALLS: so many writes to FILE and so many getppid(); what one costs, as JSON.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static double cpu_ns(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return ((double)r.ru_utime.tv_sec + (double)r.ru_stime.tv_sec) * 1e9 +
	       ((double)r.ru_utime.tv_usec + (double)r.ru_stime.tv_usec) * 1e3;
}

int main(int argc, char **argv)
{
	int fd = argc == 4 ? open(argv[1], O_WRONLY | O_CREAT, 0600) : -1;
	long writes, calls;
	double begin, writing;

	if (fd == -1) {
		fprintf(stderr, "usage: ioloop FILE WRITES CALLS\n");
		return 2;
	}
	writes = atol(argv[2]);
	calls = atol(argv[3]);
	begin = cpu_ns();
	for (long i = 0; i < writes; i++)
		if (pwrite(fd, "x", 1, 0) != 1)
			return 1;
	writing = cpu_ns() - begin;
	begin = cpu_ns();
	for (long i = 0; i < calls; i++)
		syscall(SYS_getppid);
	printf("{\"write_ns\": %.1f, \"call_ns\": %.1f}\n", writes ? writing / (double)writes : 0,
	       calls ? (cpu_ns() - begin) / (double)calls : 0);
	return 0;
}
