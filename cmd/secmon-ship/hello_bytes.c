// SPDX-License-Identifier: BSD-2-Clause
/* What the stream said of itself, kept and said again. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/secmon-ship/dump.h"
#include "common/log.h"
#include "common/outq.h"
#include "common/wire.h"

static struct hello hello;
static char hostname[256];

void dump_hello(const struct hello *h)
{
	hello = *h;
	snprintf(hello.program, sizeof(hello.program), "%s", log_program());
	snprintf(hello.version, sizeof(hello.version), "%s", SECMON_VERSION);
	snprintf(hostname, sizeof(hostname), "%s", h->hostname);
}

const char *dump_hostname(void)
{
	if (!hostname[0] && gethostname(hostname, sizeof(hostname) - 1) == -1)
		snprintf(hostname, sizeof(hostname), "localhost");
	return hostname;
}

const struct hello *dump_stream_hello(void)
{
	return &hello;
}

/* hello_write() wants a queue and a queue wants a descriptor; a pipe holds one object. */
static size_t write_hello(uint8_t *buf, size_t size)
{
	int fds[2] = { -1, -1 };
	struct outq *q = pipe2(fds, O_CLOEXEC) == -1 ? NULL : outq_new(fds[1], "hello", OUTQ_MIN);
	ssize_t n = -1;

	if (!hello.major)
		hello_local(&hello);
	if (q && hello_write(&hello, q) == 0 && outq_drain(q, 0) == 0)
		n = read(fds[0], buf, size);
	outq_free(q);
	if (fds[0] != -1) {
		close(fds[0]);
		close(fds[1]);
	}
	return n > 0 ? (size_t)n : 0;
}

const uint8_t *dump_hello_bytes(size_t *len)
{
	static uint8_t *bytes;
	static size_t used;

	if (!bytes) {
		bytes = malloc(WIRE_OBJECT_MAX);
		used = bytes ? write_hello(bytes, WIRE_OBJECT_MAX) : 0;
	}
	*len = used;
	return bytes;
}

enum { HEAD = 7 };

static size_t finish(struct wire *w, uint8_t *buf, enum wire_kind kind)
{
	unsigned int n;
	long used = wire_blob_end(w, &n);

	if (used < 0)
		return 0;
	memcpy(buf, (uint8_t[]){ 0x92, (uint8_t)kind, 0xdf, 0, 0, 0, (uint8_t)n }, HEAD);
	return HEAD + (size_t)used;
}

size_t dump_hello_object(const struct hello *h, uint8_t *buf, size_t len)
{
	struct wire w;

	wire_blob(&w, buf + HEAD, len - HEAD);
	wire_array(&w, HELLO_VERSION, 2);
	wire_item_uint(&w, h->major);
	wire_item_uint(&w, h->minor);
	wire_cstr(&w, HELLO_PROGRAM, h->program);
	wire_cstr(&w, HELLO_PROGRAM_VERSION, h->version);
	wire_cstr(&w, HELLO_HOSTNAME, h->hostname);
	wire_cstr(&w, HELLO_BOOT_ID, h->boot_id);
	wire_cstr(&w, HELLO_KERNEL, h->kernel);
	wire_int(&w, HELLO_BOOT_OFFSET, h->boot_offset_ns);
	return finish(&w, buf, KIND_HELLO);
}

size_t dump_end_object(bool complete, uint8_t *buf, size_t len)
{
	struct wire w;

	wire_blob(&w, buf + HEAD, len - HEAD);
	wire_cstr(&w, END_STAGE, "secmon-ship");
	wire_bool(&w, END_COMPLETE, complete);
	return finish(&w, buf, KIND_END);
}
