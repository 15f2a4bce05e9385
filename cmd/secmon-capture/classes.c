// SPDX-License-Identifier: BSD-2-Clause
/* What can be captured. */
#include "classes.h"

#include "common/compat.h"
#include "common/events.h"
#include "sysdef.h"

/* events that a busy machine has very many of and no rule of ours needs: on request only */
static const uint16_t on_request[] = {
	EV_CLOSE,	   EV_CLOSE_RANGE,   EV_FCNTL,	    EV_MMAP,
	EV_MMAP2,	   EV_MPROTECT,	     EV_PIPE,	    EV_PIPE2,
	EV_SHUTDOWN,	   EV_EVENTFD,	     EV_EVENTFD2,   EV_TIMERFD_CREATE,
	EV_INOTIFY_INIT,   EV_INOTIFY_INIT1, EV_SIGNALFD,   EV_SIGNALFD4,
	EV_IO_URING_ENTER, EV_SETPGID,	     EV_TRUNCATE,   EV_FTRUNCATE,
	EV_KEYCTL,	   EV_SECCOMP,	     EV_SETSOCKOPT, EV_INOTIFY_ADD_WATCH,
	EV_PKEY_MPROTECT,
};

/* what programs do all the time: never attached unless somebody asks */
static const uint16_t data[] = {
	EV_READ,       EV_WRITE,   EV_PREAD,	EV_PWRITE, EV_READV,	       EV_WRITEV,
	EV_PREADV,     EV_PWRITEV, EV_SENDFILE, EV_SPLICE, EV_COPY_FILE_RANGE, EV_GETDENTS,
	EV_GETDENTS64,
};

/* many as well, but no burden when only one command is watched */
static const uint16_t with_command[] = {
	EV_RECV,
	EV_RECVFROM,
	EV_RECVMSG,
	EV_RECVMMSG,
};

static bool among(const uint16_t *list, size_t n, unsigned int event)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == event)
			return true;
	return false;
}

/* the snapshot is no class: nothing switches it on or off */
static bool is_life(unsigned int event)
{
	const struct event_type *type = event_by_id(event);

	return type && type->flags & EVENT_LIFE && !(type->flags & EVENT_META);
}

const struct class *class_table(size_t *n)
{
	static struct class table[EVENT_ID_END];
	static size_t count;

	for (unsigned int ev = 1; !table[0].event && ev < EVENT_ID_END; ev++) {
		struct class c = {
			.event = (uint16_t)ev,
			.life = is_life(ev),
			.syscall = sysdef_find(ev) || ev == EV_SYSCALL,
		};

		c.on = CLASS_DEFAULT;
		if (among(with_command, nitems(with_command), ev))
			c.on = CLASS_COMMAND;
		if (among(on_request, nitems(on_request), ev) || among(data, nitems(data), ev))
			c.on = CLASS_REQUEST;
		if (ev == EV_SYSCALL)
			c.on = CLASS_NAMED;
		if (c.life || c.syscall)
			table[++count] = c;
	}
	table[0].event = 1; /* filled */
	*n = count;
	return table + 1;
}

const struct class *class_find(unsigned int event)
{
	size_t n;
	const struct class *c = class_table(&n);

	for (size_t i = 0; i < n; i++)
		if (c[i].event == event)
			return &c[i];
	return NULL;
}
