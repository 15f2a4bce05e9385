// SPDX-License-Identifier: BSD-2-Clause
/* Names of fields with their arguments. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/secmon-match/fieldref.h"
#include "common/compat.h"
#include "common/events.h"

/* Fields whose argument is a number in brackets, or may be one. */
static bool takes_index(unsigned int id)
{
	switch (id) {
	case F_PROC_ANAME:
	case F_PROC_AEXE:
	case F_PROC_AEXEPATH:
	case F_PROC_ACMDLINE:
	case F_PROC_APID:
	case F_PROC_AARGS:
	case F_PROC_ARGS:
	case F_FD_TYPES:
	case F_EVT_ARG:
	case F_PROC_AENV:
	case F_CONTAINER_MOUNT:
	case F_CONTAINER_MOUNT_SOURCE:
	case F_CONTAINER_MOUNT_DEST:
	case F_CONTAINER_MOUNT_MODE:
	case F_CONTAINER_MOUNT_RDWR:
	case F_CONTAINER_MOUNT_PROPAGATION:
		return true;
	}
	return false;
}

static bool takes_text(unsigned int id)
{
	switch (id) {
	case F_PROC_ANAME:
	case F_PROC_AEXE:
	case F_PROC_AEXEPATH:
	case F_PROC_ACMDLINE:
	case F_PROC_APID:
	case F_PROC_AARGS:
	case F_PROC_ARGS:
	case F_FD_TYPES:
		return false;
	}
	return true;
}

/* Fields whose argument may follow a dot: evt.arg.name. */
static bool takes_dotted(unsigned int id)
{
	switch (id) {
	case F_EVT_ARG:
	case F_EVT_RAWARG:
	case F_EVT_TYPE_IS:
	case F_EVT_ABSPATH:
	case F_THREAD_CGROUP:
	case F_PROC_ENV:
	case F_CONTAINER_LABEL:
	case F_K8S_POD_LABEL:
	case F_K8S_NS_LABEL:
	case F_K8S_RC_LABEL:
	case F_K8S_RS_LABEL:
	case F_K8S_SVC_LABEL:
	case F_K8S_DEPLOYMENT_LABEL:
		return true;
	}
	return false;
}

static int fail(char *err, size_t len, const char *fmt, ...) printf_like(3, 4);
static int fail(char *err, size_t len, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, len, fmt, ap);
	va_end(ap);
	return -1;
}

/* The field that name is, or whose name with a dot begins it. */
static const struct field *find(const char *name, size_t len, size_t *used)
{
	const struct field *f = field_by_name(name, len);
	size_t n = len;

	*used = len;
	if (f && !(f->flags & FIELD_WIRE_ONLY))
		return f;
	while (n > 0) {
		n--;
		if (name[n] != '.')
			continue;
		f = field_by_name(name, n);
		if (f && takes_dotted(f->id) && n + 1 < len) {
			*used = n;
			return f;
		}
	}
	return NULL;
}

static bool parse_index(const char *s, size_t len, uint32_t *index)
{
	uint32_t n = 0;

	if (len == 0 || len > 6)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		n = n * 10 + (s[i] - '0');
	}
	*index = n;
	return true;
}

/*
 * Type of evt.rawarg.X: that of the first event that has it, in Falco's order, where
 * today's brk and execve come after the others that have an argument of that name.
 */
static int rawarg_type(int arg)
{
	size_t n;
	const struct event_type *t = event_table(&n);
	const struct param *p, *last = NULL;

	for (size_t i = 0; i < n; i++) {
		p = event_param(&t[i], arg);
		if (p && t[i].id != EV_BRK && t[i].id != EV_EXECVE)
			return p->type;
		if (p && !last)
			last = p;
	}
	return last ? last->type : TYPE_NONE;
}

static int resolve_arg(struct fieldref *r, char *err, size_t errlen)
{
	int type;

	if (r->field->id == F_EVT_ARG && r->textlen > 1 && *r->text == '-' &&
	    parse_index(r->text + 1, r->textlen - 1, &r->index)) {
		r->argkind = REF_INDEX;
		r->index = UINT32_MAX; /* before the first: there is none such, in any event */
	}
	if (r->argkind == REF_INDEX && r->field->id == F_EVT_ARG)
		return 0;
	r->arg = arg_by_name(r->text, r->textlen);
	type = r->arg < 0 ? TYPE_NONE : rawarg_type(r->arg);
	if (type == TYPE_NONE)
		return fail(err, errlen, "unknown event argument %.*s", (int)r->textlen, r->text);
	if (r->field->id == F_EVT_RAWARG)
		r->type = type;
	return 0;
}

static int nonexistent(const char *name, size_t len, const char *arg, size_t arglen, char *err,
		       size_t errlen)
{
	if (!arg)
		return fail(err, errlen, "filter_check called with nonexistent field %.*s",
			    (int)len, name);
	return fail(err, errlen, "filter_check called with nonexistent field %.*s[%.*s]", (int)len,
		    name, (int)arglen, arg);
}

int fieldref_resolve(struct fieldref *r, const char *name, size_t len, const char *arg,
		     size_t arglen, char *err, size_t errlen)
{
	size_t used;
	const struct field *f = find(name, len, &used);

	*r = (struct fieldref){ .field = f, .arg = -1 };
	if (!f || (used < len && arg))
		return nonexistent(name, len, arg, arglen, err, errlen);
	r->type = f->type;
	if (used < len) {
		r->text = name + used + 1;
		r->textlen = len - used - 1;
		r->argkind = REF_TEXT;
	} else if (arg) {
		if (!(f->flags & (FIELD_ARG_OK | FIELD_ARG_REQUIRED)))
			return nonexistent(name, len, arg, arglen, err, errlen);
		r->text = arg;
		r->textlen = arglen;
		r->argkind = REF_TEXT;
		if (takes_index(f->id) && parse_index(arg, arglen, &r->index))
			r->argkind = REF_INDEX;
		else if (!takes_text(f->id))
			return nonexistent(name, len, arg, arglen, err, errlen);
	} else if ((f->flags & FIELD_ARG_REQUIRED) && f->id != F_EVT_ABSPATH) {
		return fail(err, errlen, "filter syntax error: %.*s", (int)len, name);
	}
	if (f->id == F_EVT_ARG || f->id == F_EVT_RAWARG)
		return resolve_arg(r, err, errlen);
	if (f->id == F_EVT_AROUND && !parse_index(arg, arglen > 6 ? 6 : arglen, &r->index))
		return fail(err, errlen, "filter syntax error: %.*s", (int)len, name);
	return 0;
}

size_t fieldref_longest(const char *name, size_t len)
{
	struct fieldref r;
	char err[128];

	for (size_t n = len; n > 0; n--)
		if (name[n - 1] != '.' &&
		    fieldref_resolve(&r, name, n, NULL, 0, err, sizeof(err)) == 0)
			return n;
	/* "evt.arg" followed by [n]: the name alone does not resolve */
	for (size_t n = len; n > 0; n--)
		if (field_by_name(name, n))
			return n;
	return 0;
}

bool fieldref_is_list(const struct fieldref *r)
{
	return r->field->flags & FIELD_LIST;
}
