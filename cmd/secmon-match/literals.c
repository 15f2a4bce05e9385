// SPDX-License-Identifier: BSD-2-Clause
/* Values of the right side, read as the type of the left side says. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/dns.h"
#include "cmd/secmon-match/pmatch.h"
#include "cmd/secmon-match/pred.h"
#include "cmd/secmon-match/rx.h"
#include "cmd/secmon-match/strset.h"
#include "cmd/secmon-match/syscalls.h"

enum { SET_FROM = 5 }; /* texts from which on a hash is faster than a loop */

/* Decimal, as scanf reads it: blanks and a sign in front, too large saturates. */
static int number(struct lit *l, enum type type, const char *s, char *err, size_t errlen)
{
	char *end;
	uint64_t n;

	errno = 0;
	if (type_kind(type) == X_INT)
		n = (uint64_t)strtoll(s, &end, 10);
	else
		n = strtoull(s, &end, 10);
	errno = 0;
	if (end == s || *end) {
		snprintf(err, errlen, "%s is not a valid number", s);
		return -1;
	}
	if (type == TYPE_DOUBLE) {
		l->v.kind = X_DOUBLE;
		l->v.type = type;
		l->v.d = strtod(s, NULL);
		return 0;
	}
	xval_number(&l->v, type, n);
	return 0;
}

static int port(struct lit *l, const char *s, char *err, size_t errlen)
{
	const struct servent *se;

	if (number(l, TYPE_PORT, s, err, errlen) == 0)
		return 0;
	se = isalpha((unsigned char)*s) ? getservbyname(s, NULL) : NULL;
	if (!se) {
		snprintf(err, errlen, "unrecognized protocol %s", s);
		return -1;
	}
	xval_uint(&l->v, TYPE_PORT, ntohs((uint16_t)se->s_port));
	return 0;
}

static int address(struct lit *l, struct arena *arena, const char *s, char *err, size_t errlen)
{
	bool v4 = strchr(s, '.') && !strchr(s, ':');
	uint8_t *ip = arena_alloc(arena, 16);

	if (!ip)
		return -1;
	if (inet_pton(v4 ? AF_INET : AF_INET6, s, ip) != 1) {
		snprintf(err, errlen, "unrecognized %s address %s", v4 ? "IPv4" : "IPv6", s);
		return -1;
	}
	l->v.kind = X_IP;
	l->v.len = v4 ? 4 : 16;
	l->v.ip = ip;
	return 0;
}

static int network(struct lit *l, struct arena *arena, const char *s, char *err, size_t errlen)
{
	const char *slash = strchr(s, '/');
	char host[64], *end;
	unsigned long bits, max;

	if (!slash || (size_t)(slash - s) >= sizeof(host)) {
		snprintf(err, errlen, "unrecognized IP network %s", s);
		return -1;
	}
	memcpy(host, s, slash - s);
	host[slash - s] = '\0';
	if (address(l, arena, host, err, errlen) < 0)
		return -1;
	max = l->v.len * 8;
	bits = strtoul(slash + 1, &end, 10);
	if (!isdigit((unsigned char)slash[1]) || *end || bits > max || (max == 128 && bits == 0)) {
		snprintf(err, errlen, "invalid %snetmask %s", max == 128 ? "v6 " : "", slash + 1);
		return -1;
	}
	l->prefix = bits;
	return 0;
}

static int hex(struct lit *l, struct arena *arena, const struct ast_value *v, char *err,
	       size_t errlen)
{
	char *out = arena_alloc(arena, v->len / 2 + 1);
	bool ok = v->len > 0 && v->len % 2 == 0;

	if (!out)
		return -1;
	for (uint32_t i = 0; ok && i < v->len; i += 2) {
		char b[3] = { v->s[i], v->s[i + 1], '\0' };

		ok = isxdigit((unsigned char)b[0]) && isxdigit((unsigned char)b[1]);
		out[i / 2] = (char)strtoul(b, NULL, 16);
	}
	if (!ok) {
		snprintf(err, errlen,
			 "filter error: bcontains and bstartswith operator support hex strings "
			 "only");
		return -1;
	}
	xval_text(&l->v, out, v->len / 2);
	return 0;
}

static int truth(struct lit *l, const char *s, char *err, size_t errlen)
{
	if (strcmp(s, "true") != 0 && strcmp(s, "false") != 0) {
		snprintf(err, errlen, "filter error: unrecognized boolean value %s", s);
		return -1;
	}
	xval_bool(&l->v, *s == 't');
	return 0;
}

/* fd.sip.name and its like: the text is a name, the value compared is an address. */
static bool names_address(const struct expr *e)
{
	return e->kind == EXPR_FIELD && e->ref.field->id >= F_FD_CIP_NAME &&
	       e->ref.field->id <= F_FD_RIP_NAME;
}

static int string(struct lit *l, const struct pred *p, struct arena *arena,
		  const struct ast_value *v, char *err, size_t errlen)
{
	const struct expr *e = p->left;
	bool names_event = e->kind == EXPR_FIELD && e->ref.field->id == F_EVT_TYPE;
	char why[160];
	char *low;

	xval_text(&l->v, v->s, v->len);
	if (names_address(e))
		dns_want(v->s);
	if (names_event && !event_by_name(v->s, v->len) && !syscall_known(v->s, v->len)) {
		snprintf(err, errlen, "unknown event type %s", v->s);
		return -1;
	}
	if (p->op == OP_REGEX) {
		l->rx = rx_new(v->s, v->len, why, sizeof(why));
		if (!l->rx)
			snprintf(err, errlen, "invalid regex pattern: %s", why);
		return l->rx ? 0 : -1;
	}
	if (p->op == OP_ICONTAINS) {
		low = arena_copy(arena, v->s, v->len);
		if (!low)
			return -1;
		for (uint32_t i = 0; i < v->len; i++)
			low[i] = (char)tolower((unsigned char)low[i]);
		l->v.s = low;
	}
	return 0;
}

static int literal(struct lit *l, const struct pred *p, struct arena *arena,
		   const struct ast_value *v, char *err, size_t errlen)
{
	enum type type = p->left->type;

	if (type == TYPE_BYTEBUF) {
		if (p->op == OP_BCONTAINS || p->op == OP_BSTARTSWITH)
			return hex(l, arena, v, err, errlen);
		xval_text(&l->v, v->s, v->len);
		return 0;
	}
	if (v->len && memchr(v->s, '\0', v->len)) {
		snprintf(err, errlen, "a NUL byte cannot be part of a value of type '%s'",
			 type_name(type));
		return -1;
	}
	switch (type_kind(type)) {
	case X_BOOL:
		return truth(l, v->s, err, errlen);
	case X_TEXT:
		return string(l, p, arena, v, err, errlen);
	case X_IP:
		return type == TYPE_IPNET ? network(l, arena, v->s, err, errlen)
					  : address(l, arena, v->s, err, errlen);
	default:
		return type == TYPE_PORT ? port(l, v->s, err, errlen)
					 : number(l, type, v->s, err, errlen);
	}
}

/* Long lists of texts become a hash, lists of paths a trie. */
static int index_literals(struct pred *p)
{
	if (p->op == OP_PMATCH) {
		p->paths = pmatch_new();
		for (uint32_t i = 0; p->paths && i < p->nlits; i++)
			if (pmatch_add(p->paths, p->lits[i].v.s, p->lits[i].v.len) < 0)
				return -1;
		return p->paths ? 0 : -1;
	}
	if ((p->op != OP_IN && p->op != OP_INTERSECTS) || p->nlits < SET_FROM ||
	    p->lits[0].v.kind != X_TEXT || names_address(p->left))
		return 0;
	p->set = strset_new();
	for (uint32_t i = 0; p->set && i < p->nlits; i++)
		if (strset_add(p->set, p->lits[i].v.s, p->lits[i].v.len) < 0)
			return -1;
	return p->set ? 0 : -1;
}

int literals_compile(struct pred *p, struct arena *arena, const struct check *c,
		     const struct ast_pos *pos, struct check_error *err)
{
	char text[384];

	p->lits = arena_array(arena, struct lit, c->nvalues ? c->nvalues : 1);
	if (!p->lits)
		return -1;
	for (; p->nlits < c->nvalues; p->nlits++) {
		const struct ast_value *v = &c->values[p->nlits];
		struct ast_pos at = *pos;

		p->lits[p->nlits].text = v->s;
		text[0] = '\0';
		if (literal(&p->lits[p->nlits], p, arena, v, text, sizeof(text)) == 0)
			continue;
		if (!text[0]) {
			errno = ENOMEM;
			return -1;
		}
		at.start = c->values_at + v->start;
		at.end = at.start + v->len;
		check_fail(err, &at, "%s", text);
		err->unknown_name = strncmp(text, "unknown event type", 18) == 0;
		return -1;
	}
	if (index_literals(p) < 0) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}
