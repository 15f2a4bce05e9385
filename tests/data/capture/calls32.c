// SPDX-License-Identifier: BSD-2-Clause
/* What a 32-bit program does; compiled by tests/capture.bats with -m32. Through int 0x80, the old
 * way. */
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(7),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	long args[3] = { s, (long)&a, sizeof(a) };

	syscall(SYS_open, "/etc/hostname", O_RDONLY);
	syscall(SYS_unlink, "/nonexistent/32");
	syscall(SYS_setuid32, 0);
	syscall(SYS_socketcall, 3, args); /* connect */
	return 0;
}
