/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reader: a child process that alone may open files, and only those that
 * it is asked for by kind. The rest of secmon-enrich, which handles hostile
 * input, has the sandbox of a filter. Both are strangers to each other: the
 * reader checks what it is asked, we check what it answers.
 */
#ifndef ENRICH_READER_H
#define ENRICH_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgroup.h"

enum { READER_PATH_MAX = 4096, READER_TEXT_MAX = 1 << 20 };

/* What can be asked for. Each is a line of the table in reader_child.c. */
enum reader_what {
	READ_PASSWD,
	READ_GROUP, /* answered only if they have changed since */
	READ_DOCKER,
	READ_DOCKER_HOST,
	READ_CRI,
	READ_CRI_K3S,
	READ_NERDCTL,
	READ_MOBY,
	READ_CRIO,
	READ_PODMAN,
	READ_PODMAN_LIST,
	READ_HASH, /* SHA-256 of an executable */
	READ_END
};

struct reader_request {
	uint32_t what;		    /* enum reader_what */
	char id[CGROUP_ID_MAX + 1]; /* of a container */
	/* READ_HASH: the file, which must still be the one that was executed */
	uint64_t dev, ino, ctime_ns;
	uint64_t bytes_max;
	char path[READER_PATH_MAX];
};

struct reader_answer {
	uint32_t what;
	int32_t error; /* errno, or 0 */
	uint32_t len;
	char *text; /* len bytes and a zero, ours until the next answer */
};

struct reader;

/*
 * reader_start(root, hashes): start the child, before any sandbox. root is where
 * the machine's files are, "" as a rule; with hashes it may read every file there
 * that its user may. It ends when we do. NULL with errno.
 */
struct reader *reader_start(const char *root, bool hashes);

/* reader_idle(r): nothing was asked that is not answered, and the reader lives. */
bool reader_idle(const struct reader *r);

/* reader_ask(r, q): ask; only while idle. 0, or -1 if the reader is gone. */
int reader_ask(struct reader *r, const struct reader_request *q);

/* reader_fd(r): to be polled for an answer; -1 if the reader is gone. */
int reader_fd(const struct reader *r);

/*
 * reader_get(r, a, timeout_ms): the answer, waiting at most so long for it. 1; 0 if it is not
 * there yet; -1 with errno if the reader is gone.
 */
int reader_get(struct reader *r, struct reader_answer *a, int timeout_ms);

#endif
