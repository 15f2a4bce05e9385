// SPDX-License-Identifier: BSD-2-Clause
/*
 * deeds FILE PORT: a few things that a monitor must see, done once each: opens
 * FILE, listens on 127.0.0.1:PORT, and connects to it from a child, whose end it
 * accepts. Exit status 0 only if all of it worked.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int tcp_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1)
		err(1, "socket");
	return fd;
}

static void be_client(const struct sockaddr_in *to)
{
	int fd = tcp_socket();

	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) == -1)
		err(1, "connect");
	_exit(0);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd, server, one = 1, status;
	pid_t child;

	if (argc != 3)
		errx(2, "usage: deeds FILE PORT");
	at.sin_port = htons((uint16_t)atoi(argv[2]));
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

	fd = open(argv[1], O_RDONLY);
	if (fd == -1)
		err(1, "%s", argv[1]);
	server = tcp_socket();
	setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(server, (struct sockaddr *)&at, sizeof(at)) == -1 || listen(server, 1) == -1)
		err(1, "port %s", argv[2]);
	child = fork();
	if (child == -1)
		err(1, "fork");
	if (!child)
		be_client(&at);
	if (accept(server, NULL, NULL) == -1)
		err(1, "accept");
	return waitpid(child, &status, 0) == -1 || status;
}
