// SPDX-License-Identifier: BSD-2-Clause
/* Parsing entries of .scap blocks. All integers are little-endian and packed. */
#include "cmd/secmon-capture/scap_list.h"

#include "common/compat.h"

/* What is left of an entry; once it is too short it stays bad and gives zeros. */
struct cursor {
	const uint8_t *p, *end;
	bool bad;
};

static const uint8_t *get(struct cursor *c, size_t n)
{
	static const uint8_t zeros[128];
	const uint8_t *p = c->p;

	if ((size_t)(c->end - c->p) < n) {
		c->bad = true;
		return zeros;
	}
	c->p += n;
	return p;
}

static uint8_t u8(struct cursor *c)
{
	return *get(c, 1);
}

static uint16_t u16(struct cursor *c)
{
	uint16_t v;

	memcpy(&v, get(c, sizeof(v)), sizeof(v));
	return v;
}

static uint32_t u32(struct cursor *c)
{
	uint32_t v;

	memcpy(&v, get(c, sizeof(v)), sizeof(v));
	return v;
}

static uint64_t u64(struct cursor *c)
{
	uint64_t v;

	memcpy(&v, get(c, sizeof(v)), sizeof(v));
	return v;
}

static int64_t i64(struct cursor *c)
{
	return (int64_t)u64(c);
}

static size_t left(const struct cursor *c)
{
	return (size_t)(c->end - c->p);
}

/* Bytes with their length before them. */
static struct scap_slice block(struct cursor *c)
{
	size_t n = u16(c);

	if (c->bad || left(c) < n) {
		c->bad = true;
		return (struct scap_slice){ "", 0 };
	}
	return (struct scap_slice){ (const char *)get(c, n), n };
}

/* The same, as text: up to a NUL. */
static struct scap_slice string(struct cursor *c)
{
	struct scap_slice s = block(c);

	s.len = strnlen(s.s, s.len);
	return s;
}

/* An entry that begins with its own length: narrow the cursor to it. False: too long. */
static bool sized(struct cursor *c)
{
	const uint8_t *start = c->p;
	uint32_t n = u32(c);

	if (c->bad || n < 4 || n > (size_t)(c->end - start))
		return false;
	c->end = start + n;
	return true;
}

/* Bytes taken: all of a sized entry, else what was read. */
static long taken(const struct cursor *c, const uint8_t *b, bool whole)
{
	if (c->bad)
		return -1;
	return (whole ? c->end : c->p) - b;
}

long list_machine(const uint8_t *b, size_t len, struct scap_machine *m)
{
	struct cursor c = { b, b + len, false };

	get(&c, 4 + 8 + 8); /* cpus, memory, largest pid */
	m->hostname.s = (const char *)get(&c, 128);
	m->hostname.len = strnlen(m->hostname.s, 128);
	m->boot_ns = left(&c) >= 8 ? u64(&c) : 0;
	return taken(&c, b, false);
}

/* What versions since the ninth may have behind the rest, in this order. */
static void proc_tail(struct cursor *c, struct scap_proc *p)
{
	if (left(c) > 29) { /* early writers left these two out */
		p->pidns_start = u64(c);
		p->tty = u32(c);
	}
	if (left(c) >= 4)
		p->loginuid = u32(c);
	if (left(c) >= 1)
		p->exe_writable = u8(c);
	for (int i = 0; i < 3; i++)
		if (left(c) >= 8)
			p->cap[i] = u64(c);
	if (left(c) >= 1)
		p->exe_upper = u8(c);
	if (left(c) >= 8)
		p->exe_ino = u64(c);
	if (left(c) >= 8)
		p->exe_ctime = u64(c);
	if (left(c) >= 8)
		p->exe_mtime = u64(c);
	if (left(c) >= 1)
		p->exe_memfd = u8(c);
	if (left(c) >= 1)
		p->exe_lower = u8(c);
	if (left(c) >= 8)
		p->pgid = i64(c);
}

long list_proc(const uint8_t *b, size_t len, unsigned int version, struct scap_proc *p)
{
	struct cursor c = { b, b + len, false };

	*p = (struct scap_proc){ .sid = -1,
				 .vpgid = -1,
				 .pgid = -1,
				 .vtid = -1,
				 .vpid = -1,
				 .loginuid = UINT32_MAX,
				 .env = { "", 0 },
				 .cgroups = { "", 0 },
				 .root = { "", 0 },
				 .exepath = { "", 0 } };
	if (version >= 9 && !sized(&c))
		return -1;
	p->tid = i64(&c);
	p->pid = i64(&c);
	p->ptid = i64(&c);
	if (version >= 6)
		p->sid = i64(&c);
	if (version >= 8)
		p->vpgid = i64(&c);
	p->comm = string(&c);
	p->exe = string(&c);
	if (version >= 7)
		p->exepath = string(&c);
	p->args = block(&c);
	p->cwd = string(&c);
	p->fdlimit = i64(&c);
	p->flags = u32(&c);
	p->uid = u32(&c);
	p->gid = u32(&c);
	if (version >= 2) {
		p->vmsize = u32(&c);
		p->vmrss = u32(&c);
		p->vmswap = u32(&c);
		p->pfmajor = u64(&c);
		p->pfminor = u64(&c);
	}
	if (version >= 3)
		p->env = block(&c);
	if (version >= 4) {
		p->vtid = i64(&c);
		p->vpid = i64(&c);
		p->cgroups = block(&c);
	}
	if (version >= 5)
		p->root = string(&c);
	if (version >= 9)
		proc_tail(&c, p);
	return taken(&c, b, version >= 9);
}

long list_tid(const uint8_t *b, size_t len, int64_t *tid)
{
	struct cursor c = { b, b + len, false };

	*tid = i64(&c);
	return taken(&c, b, false);
}

static void fd_socket(struct cursor *c, size_t alen, bool listening, struct scap_fd_rec *f)
{
	memcpy(f->sip, get(c, alen), alen);
	if (!listening)
		memcpy(f->dip, get(c, alen), alen);
	f->sport = u16(c);
	if (!listening)
		f->dport = u16(c);
	f->l4 = u8(c);
}

long list_fd(const uint8_t *b, size_t len, unsigned int version, struct scap_fd_rec *f)
{
	struct cursor c = { b, b + len, false };
	int64_t tid = f->tid;

	*f = (struct scap_fd_rec){ .tid = tid, .name = { "", 0 } };
	if (version >= 2 && !sized(&c))
		return -1;
	f->fd = i64(&c);
	f->ino = u64(&c);
	f->type = u8(&c);
	switch (f->type) {
	case SCAP_FD_IPV4:
	case SCAP_FD_IPV4_SERVER:
		fd_socket(&c, 4, f->type == SCAP_FD_IPV4_SERVER, f);
		break;
	case SCAP_FD_IPV6:
	case SCAP_FD_IPV6_SERVER:
		fd_socket(&c, 16, f->type == SCAP_FD_IPV6_SERVER, f);
		break;
	case SCAP_FD_UNIX:
		f->unix_src = u64(&c);
		f->unix_dst = u64(&c);
		f->name = string(&c);
		break;
	case SCAP_FD_FILE_V2:
		f->open_flags = u32(&c);
		f->name = string(&c);
		if (version >= 2 && left(&c) >= 4)
			f->dev = u32(&c);
		break;
	default:
		if (f->type < SCAP_FD_TYPES && f->type != SCAP_FD_UNKNOWN)
			f->name = string(&c);
		else if (version < 2)
			return -1; /* nobody knows how long it is */
		else
			f->type = SCAP_FD_UNSUPPORTED;
	}
	return taken(&c, b, version >= 2);
}

long list_iface(const uint8_t *b, size_t len, unsigned int version, struct scap_iface *i)
{
	struct cursor c = { b, b + len, false };
	uint32_t size = version >= 2 ? u32(&c) : 0; /* of what follows */
	const uint8_t *start = c.p;
	uint16_t type;
	size_t alen, nlen;

	if (size > left(&c))
		return -1;
	type = u16(&c);
	nlen = u16(&c);
	if (c.bad || type < 1 || type > 4)
		return -1;
	i->v6 = type == 2 || type == 4;
	alen = i->v6 ? 16 : 4;
	memcpy(i->addr, get(&c, alen), alen);
	memcpy(i->mask, get(&c, alen), alen);
	get(&c, alen); /* broadcast */
	if (type <= 2)
		get(&c, 8); /* link speed */
	if (left(&c) < nlen)
		return -1;
	i->name.s = (const char *)get(&c, nlen);
	i->name.len = strnlen(i->name.s, nlen);
	if (c.p < start + size)
		c.p = start + size;
	return taken(&c, b, false);
}

long list_account(const uint8_t *b, size_t len, unsigned int version, enum scap_kind *kind,
		  struct scap_account *a)
{
	struct cursor c = { b, b + len, false };
	uint8_t type;

	*a = (struct scap_account){ .home = { "", 0 }, .shell = { "", 0 } };
	if (version >= 2 && !sized(&c))
		return -1;
	type = u8(&c);
	if (type > 1)
		return -1;
	*kind = type == 0 ? SCAP_USER : SCAP_GROUP;
	a->id = u32(&c);
	a->gid = type == 0 ? u32(&c) : a->id;
	a->name = string(&c);
	if (type == 0) {
		a->home = string(&c);
		a->shell = string(&c);
	}
	return taken(&c, b, version >= 2);
}

/*
 * Before there was a count it followed from the length: the largest number of
 * parameters whose lengths fill the event exactly.
 */
static int count_v1(const uint8_t *lens, size_t room, unsigned int most, size_t lsize,
		    bool three_short)
{
	for (int n = (int)most; n >= 0; n--) {
		size_t total = (size_t)n * lsize;

		if (total > room)
			continue;
		for (int i = 0; i < n; i++) {
			uint32_t l = 0;

			memcpy(&l, lens + (size_t)i * lsize, lsize);
			total += l;
		}
		if (total == room || (three_short && total == room + 3))
			return n;
	}
	return -1;
}

static int params(struct cursor *c, size_t lsize, struct scap_event *e)
{
	const uint8_t *lens = get(c, lsize * e->n);

	if (c->bad)
		return -1;
	for (unsigned int i = 0; i < e->n; i++) {
		uint32_t l = 0;

		memcpy(&l, lens + i * lsize, lsize);
		if (left(c) < l)
			return -1;
		e->len[i] = l;
		e->p[i] = c->p;
		c->p += l;
	}
	return 1;
}

int list_event(const uint8_t *b, size_t len, unsigned int version, bool flagged,
	       struct scap_event *e)
{
	struct cursor c = { b, b + len, false };
	const struct scap_code_info *info;
	bool three_short;
	uint32_t size, head;
	size_t lsize;
	int n;

	e->cpu = u16(&c);
	if (flagged)
		get(&c, 4);
	e->ts = u64(&c);
	e->tid = i64(&c);
	size = u32(&c);
	e->code = u16(&c);
	e->n = version >= 2 ? u32(&c) : 0;
	if (c.bad)
		return -1;
	if (e->code >= SCAP_CODES)
		return 0;
	info = &scap_codes[e->code];
	lsize = info->flags & SCAP_F_LARGE ? 4 : 2;
	three_short = e->code == SCAP_NOTIFICATION_E || e->code == SCAP_INFRASTRUCTURE_EVENT_E;
	head = version >= 2 ? 26 : 22;
	if (size < head || size - head > left(&c))
		return -1;
	if (version < 2) {
		n = count_v1(c.p, size - head, info->nparams, lsize, three_short);
		if (n < 0 || (size_t)n * lsize > left(&c))
			return -1;
		e->n = (unsigned int)n;
	}
	if (e->n > SCAP_PARAMS)
		return -1;
	return params(&c, lsize, e);
}
