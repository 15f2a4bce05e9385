// SPDX-License-Identifier: BSD-2-Clause
/* HELLO and END: what a stream says of itself. */
#include "common/hello.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/fields.h"
#include "common/log.h"
#include "common/pull.h"

static void boot_id(char *buf, size_t len)
{
	FILE *fp = fopen("/proc/sys/kernel/random/boot_id", "re");

	buf[0] = '\0';
	if (!fp)
		return;
	if (fgets(buf, (int)len, fp))
		buf[strcspn(buf, "\n")] = '\0';
	fclose(fp);
}

void hello_local(struct hello *h)
{
	struct utsname u;

	memset(h, 0, sizeof(*h));
	h->major = WIRE_MAJOR;
	h->minor = WIRE_MINOR;
	snprintf(h->program, sizeof(h->program), "%s", log_program());
	snprintf(h->version, sizeof(h->version), "%s", SECMON_VERSION);
	if (gethostname(h->hostname, sizeof(h->hostname) - 1) == -1)
		h->hostname[0] = '\0';
	if (uname(&u) == 0)
		snprintf(h->kernel, sizeof(h->kernel), "%s", u.release);
	boot_id(h->boot_id, sizeof(h->boot_id));
	h->boot_offset_ns = (int64_t)(clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME));
}

static void put_text(struct wire *w, enum hello_key key, const char *s)
{
	if (*s)
		wire_cstr(w, key, s);
}

static unsigned int count_args(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < ARG_END; i++)
		n += arg_name(i) != NULL;
	return n;
}

static void put_line(struct wire *w, unsigned int id, const char *name, enum type type)
{
	wire_item_uint(w, id);
	wire_item_array(w, 2);
	wire_item_text(w, name, strlen(name));
	wire_item_text(w, type_name(type), strlen(type_name(type)));
}

static void put_dictionary(struct wire *w, const struct hello *h)
{
	size_t nfields;
	const struct field *f = field_table(&nfields);
	char name[64];
	size_t n = 0;

	for (size_t i = 0; i < nfields; i++)
		n += f[i].filled != FILLED_MATCH && f[i].filled != FILLED_NOBODY;
	wire_map(w, HELLO_FIELDS, n + 2 * (size_t)count_args() + h->nextra);
	for (size_t i = 0; i < nfields; i++)
		if (f[i].filled != FILLED_MATCH && f[i].filled != FILLED_NOBODY)
			put_line(w, f[i].id, f[i].name, f[i].type);
	for (unsigned int i = 0; i < ARG_END; i++) {
		if (!arg_name(i))
			continue;
		put_line(w, F_ARG(i), field_wire_name(F_ARG(i), name, sizeof(name)), TYPE_DYN);
		put_line(w, F_ARGTEXT(i), field_wire_name(F_ARGTEXT(i), name, sizeof(name)),
			 TYPE_CHARBUF);
	}
	wire_raw(w, h->extra, h->extra_len, 0);
}

int hello_write(const struct hello *h, struct outq *q)
{
	struct wire w;

	if (wire_begin(&w, q, KIND_HELLO) == -1)
		return -1;
	wire_array(&w, HELLO_VERSION, 2);
	wire_item_uint(&w, h->major);
	wire_item_uint(&w, h->minor);
	put_text(&w, HELLO_PROGRAM, h->program);
	put_text(&w, HELLO_PROGRAM_VERSION, h->version);
	put_text(&w, HELLO_HOSTNAME, h->hostname);
	put_text(&w, HELLO_BOOT_ID, h->boot_id);
	put_text(&w, HELLO_KERNEL, h->kernel);
	wire_int(&w, HELLO_BOOT_OFFSET, h->boot_offset_ns);
	put_dictionary(&w, h);
	return wire_end(&w);
}

static void take_text(char *to, size_t size, const struct value *v)
{
	size_t len = v->len < size ? v->len : size - 1;

	if (!value_is_text(v))
		return;
	memcpy(to, v->p, len);
	to[len] = '\0';
}

static bool known(uint64_t id)
{
	char name[64];

	return id <= UINT16_MAX && field_wire_name((unsigned int)id, name, sizeof(name));
}

/* lines of the dictionary that our table does not have are kept as they are */
static int take_dictionary(struct hello *h, struct pull *p, uint32_t n)
{
	struct value v;

	while (n--) {
		const uint8_t *line = p->pos;

		if (pull_next(p, &v) != PULL_OK || v.type != VALUE_UINT ||
		    pull_skip(p, WIRE_DEPTH_MAX - 3) != PULL_OK)
			return -1;
		if (known(v.u))
			continue;
		if ((size_t)(p->pos - line) > sizeof(h->extra) - h->extra_len) {
			errno = EMSGSIZE;
			return -1;
		}
		memcpy(h->extra + h->extra_len, line, (size_t)(p->pos - line));
		h->extra_len += (size_t)(p->pos - line);
		h->nextra++;
	}
	return 0;
}

static int take_version(struct hello *h, struct pull *p, const struct value *v)
{
	struct value major, minor;

	if (v->type != VALUE_ARRAY || v->len != 2 || pull_next(p, &major) != PULL_OK ||
	    pull_next(p, &minor) != PULL_OK || major.type != VALUE_UINT ||
	    minor.type != VALUE_UINT || major.u > UINT16_MAX || minor.u > UINT16_MAX)
		return -1;
	h->major = (unsigned int)major.u;
	h->minor = (unsigned int)minor.u;
	return 0;
}

static int take(struct hello *h, struct pull *p, uint64_t key)
{
	struct pull at = *p;
	struct value v;

	if (pull_next(&at, &v) != PULL_OK || pull_skip(p, WIRE_DEPTH_MAX - 2) != PULL_OK)
		return -1;
	switch (key) {
	case HELLO_VERSION:
		return take_version(h, &at, &v);
	case HELLO_PROGRAM:
		take_text(h->program, sizeof(h->program), &v);
		break;
	case HELLO_PROGRAM_VERSION:
		take_text(h->version, sizeof(h->version), &v);
		break;
	case HELLO_HOSTNAME:
		take_text(h->hostname, sizeof(h->hostname), &v);
		break;
	case HELLO_BOOT_ID:
		take_text(h->boot_id, sizeof(h->boot_id), &v);
		break;
	case HELLO_KERNEL:
		take_text(h->kernel, sizeof(h->kernel), &v);
		break;
	case HELLO_BOOT_OFFSET:
		return value_i64(&v, &h->boot_offset_ns) ? 0 : -1;
	case HELLO_FIELDS:
		return v.type == VALUE_MAP ? take_dictionary(h, &at, v.len) : -1;
	}
	return 0;
}

int hello_read(struct hello *h, const struct object *o)
{
	struct pull p = { o->map, o->buf + o->len };
	struct value key;
	bool broken = false;

	memset(h, 0, sizeof(*h));
	errno = EPROTO;
	if (o->kind != KIND_HELLO)
		return -1;
	for (uint32_t i = 0; i < o->pairs; i++) {
		if (pull_next(&p, &key) != PULL_OK || key.type != VALUE_UINT)
			return -1;
		broken |= take(h, &p, key.u) == -1;
	}
	/* what a newer protocol has in the rest may be anything */
	if (h->major > WIRE_MAJOR)
		errno = EPROTONOSUPPORT;
	return broken || h->major == 0 || h->major > WIRE_MAJOR ? -1 : 0;
}

int end_write(const char *program, bool complete, struct outq *q)
{
	struct wire w;

	if (wire_begin(&w, q, KIND_END) == -1)
		return -1;
	wire_cstr(&w, END_STAGE, program);
	wire_bool(&w, END_COMPLETE, complete);
	return wire_end(&w);
}

bool end_complete(const struct object *o)
{
	struct pull p = { o->map, o->buf + o->len }, at;
	struct value key, v;

	for (uint32_t i = 0; i < o->pairs; i++) {
		if (pull_next(&p, &key) != PULL_OK)
			return true;
		at = p;
		if (pull_skip(&p, WIRE_DEPTH_MAX - 2) != PULL_OK)
			return true;
		if (key.type == VALUE_UINT && key.u == END_COMPLETE &&
		    pull_next(&at, &v) == PULL_OK && v.type == VALUE_BOOL && !v.b)
			return false;
	}
	return true;
}
