// SPDX-License-Identifier: BSD-2-Clause
/* Names and containers, kept up to date beside the stream, which never waits for it. */
#include "fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/compat.h"
#include "common/log.h"
#include "common/loop.h"

enum {
	START_MS = 2000, /* to read passwd and group before the first event */
	HASH_MS = 250,	 /* an exec event may wait so long for its hash */
	RETRY_MS = 100,
	RETRY_MAX_MS = 60000,
	TRIES_MAX = 12
};

/* Where each runtime keeps a container; all that are there are read. */
static const uint8_t plans[][5] = {
	[RUNTIME_HOST] = { READ_END },
	[RUNTIME_UNKNOWN] = { READ_CRI, READ_CRI_K3S, READ_CRIO, READ_DOCKER, READ_END },
	[RUNTIME_DOCKER] = { READ_DOCKER, READ_DOCKER_HOST, READ_END },
	[RUNTIME_CONTAINERD] = { READ_CRI, READ_CRI_K3S, READ_NERDCTL, READ_MOBY, READ_END },
	[RUNTIME_CRIO] = { READ_CRIO, READ_END },
	[RUNTIME_PODMAN] = { READ_PODMAN, READ_CRIO, READ_PODMAN_LIST, READ_END },
	[RUNTIME_LXC] = { READ_END },
	[RUNTIME_NSPAWN] = { READ_END },
};

static const uint8_t *plan_of(const struct container *c)
{
	return plans[c->name.runtime];
}

static void on_names(struct fetch *f, const struct reader_answer *a)
{
	struct names *names = f->e->world.names;
	bool users = a->what == READ_PASSWD;
	const char *path = users ? "/etc/passwd" : "/etc/group";

	if (a->error == EALREADY)
		return;
	if (a->error) {
		log_info("%s: %s", path, strerror(a->error));
		return;
	}
	if ((users ? names_users : names_groups)(names, a->text, a->len) == -1)
		log_warn("%s: %s", path, strerror(errno));
	enrich_renew(f->e);
}

static void keep_meta(struct fetch *f, struct container *c)
{
	static uint8_t buf[META_PACKED];
	struct wire w;
	unsigned int n;
	long len;

	wire_blob(&w, buf, sizeof(buf));
	meta_write(&f->meta, c->name.pod[0], &w);
	len = wire_blob_end(&w, &n);
	c->meta = len > 0 ? malloc((size_t)len) : NULL;
	if (!c->meta) {
		c->state = META_FAILED;
		return;
	}
	memcpy(c->meta, buf, (size_t)len);
	c->meta_len = (size_t)len;
	c->meta_fields = n;
	c->state = META_KNOWN;
}

/* The plan is through: known, or tried again when the runtime may have written it. */
static void conclude(struct fetch *f)
{
	struct container *c = f->asked;
	uint64_t wait = (uint64_t)RETRY_MS << c->tries;

	if (f->any) {
		keep_meta(f, c);
	} else if (f->refused || c->tries == TRIES_MAX) {
		c->state = META_FAILED;
	} else {
		c->tries++;
		c->state = META_WANTED;
		c->retry_ns = clock_ns(CLOCK_MONOTONIC) +
			      (wait < RETRY_MAX_MS ? wait : RETRY_MAX_MS) * NS_PER_MS;
	}
	if (c->state != META_WANTED)
		enrich_renew(f->e);
	f->asked = NULL;
	container_unref(f->e->world.containers, c);
}

static void on_container(struct fetch *f, const struct reader_answer *a)
{
	if (!f->asked)
		return;
	if (a->error == 0 && meta_parse(&f->meta, a->what, f->id, a->text, a->len) == 0)
		f->any = true;
	else if (a->error && a->error != ENOENT && a->error != ENOTDIR)
		f->refused = true;
	f->step++;
	if (plan_of(f->asked)[f->step] == READ_END)
		conclude(f);
}

static void on_hash(struct fetch *f, const struct reader_answer *a)
{
	struct hash *h = f->hash;

	f->hash = NULL;
	if (!h || h->ino != f->hash_ino || h->state != HASH_PENDING)
		return; /* its place was needed for another file */
	h->state = a->error || a->len != SHA256_HEX ? HASH_FAILED : HASH_KNOWN;
	h->reason = a->error == ESTALE	? REASON_CHANGED
		    : a->error == EFBIG ? REASON_TOO_LARGE
					: REASON_UNREADABLE;
	if (h->state == HASH_KNOWN)
		memcpy(h->hex, a->text, sizeof(h->hex));
	enrich_renew(f->e);
}

static void on_answer(struct fetch *f, const struct reader_answer *a)
{
	if (a->what == READ_PASSWD || a->what == READ_GROUP)
		on_names(f, a);
	else if (a->what == READ_HASH)
		on_hash(f, a);
	else
		on_container(f, a);
}

static struct container *wanted(struct fetch *f, uint64_t now)
{
	struct containers *t = f->e->world.containers;

	for (struct container *c = t ? containers_all(t) : NULL; c; c = c->next) {
		if (c->state != META_WANTED || c->retry_ns > now)
			continue;
		if (plan_of(c)[0] != READ_END)
			return container_ref(c);
		c->state = META_NONE; /* no runtime keeps state of such a one */
	}
	return NULL;
}

static void begin(struct fetch *f, struct container *c)
{
	f->asked = c;
	f->step = 0;
	f->any = f->refused = false;
	memset(&f->meta, 0, sizeof(f->meta));
	memcpy(f->id, c->name.id, sizeof(f->id));
	c->state = META_ASKED;
}

/* One question at a time, the names first. */
static bool next_question(struct fetch *f, struct reader_request *q)
{
	memset(q, 0, sizeof(*q));
	if (f->users_due) {
		f->users_due = false;
		q->what = READ_PASSWD;
		return true;
	}
	if (f->groups_due) {
		f->groups_due = false;
		q->what = READ_GROUP;
		return true;
	}
	if (!f->asked) {
		struct container *c = wanted(f, clock_ns(CLOCK_MONOTONIC));

		if (!c)
			return false;
		begin(f, c);
	}
	q->what = plan_of(f->asked)[f->step];
	memcpy(q->id, f->id, sizeof(q->id));
	return true;
}

static void lost(struct fetch *f)
{
	if (!f->lost)
		log_warn("the reader has ended: names and containers stay as they are known now");
	f->lost = true;
}

static void pump(struct fetch *f)
{
	static struct reader_request q;

	if (reader_idle(f->reader) && next_question(f, &q) && reader_ask(f->reader, &q) == -1)
		lost(f);
}

static void drain(struct fetch *f, int timeout_ms)
{
	struct reader_answer a;
	int n;

	do {
		pump(f);
		n = reader_get(f->reader, &a, timeout_ms);
		if (n == 1)
			on_answer(f, &a);
	} while (n == 1);
	if (n == -1)
		lost(f);
}

void fetch_hash(void *fetch, const struct exe *exe, struct hash *h)
{
	static struct reader_request q;
	struct fetch *f = fetch;
	struct reader_answer a;

	/* one answer at most is due */
	if (!reader_idle(f->reader) && reader_get(f->reader, &a, HASH_MS) == 1)
		on_answer(f, &a);
	if (!reader_idle(f->reader) || exe->path_len >= sizeof(q.path))
		return; /* asked again with the next exec */
	q = (struct reader_request){ .what = READ_HASH,
				     .dev = exe->dev,
				     .ino = exe->ino,
				     .ctime_ns = exe->ctime_ns,
				     .bytes_max = f->hash_max };
	memcpy(q.path, exe->path, exe->path_len);
	f->hash = h;
	f->hash_ino = exe->ino;
	h->state = HASH_PENDING;
	if (reader_ask(f->reader, &q) == -1)
		lost(f);
	else if (reader_get(f->reader, &a, HASH_MS) == 1)
		on_answer(f, &a);
}

void fetch_start(struct fetch *f, struct enrich *e, struct reader *r)
{
	*f = (struct fetch){ .e = e, .reader = r, .users_due = true, .groups_due = true };
	drain(f, START_MS);
}

void fetch_tick(struct fetch *f)
{
	f->users_due = f->groups_due = true;
	pump(f);
}

int fetch_fds(struct fetch *f, struct pollfd *fds, int *timeout_ms)
{
	pump(f);
	fds[0] = (struct pollfd){ .fd = reader_fd(f->reader), .events = POLLIN };
	if (f->e->world.containers && containers_all(f->e->world.containers) &&
	    *timeout_ms > RETRY_MS)
		*timeout_ms = RETRY_MS; /* one may be due; only where there are containers */
	return 1;
}

void fetch_on_fds(struct fetch *f, const struct pollfd *fds, int n)
{
	if (n == 1 && fds[0].revents)
		drain(f, 0);
}
