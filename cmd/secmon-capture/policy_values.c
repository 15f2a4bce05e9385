// SPDX-License-Identifier: BSD-2-Clause
/* Texts, sockets and system calls that matchArgs compares arguments with. */
#include <arpa/inet.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "policy_match.h"

/* ---- texts */

static void put_text(struct match *m, struct policy_doc *d, yaml_node_t *n)
{
	static const enum plan_term_kind kinds[] = {
		[OP_IS] = PLAN_EQUAL,	 [OP_MAP] = PLAN_EQUAL,	     [OP_BEGIN] = PLAN_PREFIX,
		[OP_ENDS] = PLAN_SUFFIX, [OP_HOLDS] = PLAN_CONTAINS,
	};
	size_t len;
	const char *s = policy_text(d, n, "values", &len);

	while (s && len && !s[len - 1]) /* as some write it for Tetragon */
		len--;
	if (!s)
		return;
	if (memchr(s, 0, len))
		policy_complain(d, n, "a zero byte inside of a text");
	else if (!len && (m->op & ~OP_NOT) != OP_IS)
		policy_complain(d, n, "%s: an empty text", m->op_text);
	else
		draft_text(m->s, kinds[m->op & ~OP_NOT], s, len);
}

static void put_filetype(struct match *m, struct policy_doc *d, yaml_node_t *n)
{
	static const char *const names[] = { "sock", "lnk", "reg", "blk", "dir", "chr", "fifo" };
	static const struct policy_word words[] = {
		{ "sock", 0 },	  { "socket", 0 }, { "lnk", 1 },   { "link", 1 }, { "reg", 2 },
		{ "regular", 2 }, { "blk", 3 },	   { "block", 3 }, { "dir", 4 },  { "chr", 5 },
		{ "char", 5 },	  { "fifo", 6 },   { "pipe", 6 },
	};
	int type = policy_word(d, n, m->op_text, words, nitems(words));

	if (type != -1)
		draft_text(m->s, PLAN_EQUAL, names[type], strlen(names[type]));
}

void match_text(struct match *m, unsigned int field, bool file)
{
	switch (m->op & ~OP_NOT) {
	case OP_IS:
	case OP_BEGIN:
	case OP_ENDS:
	case OP_HOLDS:
	case OP_MAP:
		draft_pred(m->s, field, match_is_not(m));
		match_values(m, put_text);
		return;
	case OP_FILETYPE:
		if (file && field == F_FD_NAME) {
			draft_pred(m->s, F_FD_FILETYPE, match_is_not(m));
			match_values(m, put_filetype);
			return;
		}
	}
	match_no_operator(m, file && field == F_FD_NAME ? "a file" : "a text");
}

/* ---- sockets */

static void put_address(struct match *m, struct policy_doc *d, yaml_node_t *n)
{
	const char *s = policy_text(d, n, "values", NULL), *slash = s ? strchr(s, '/') : NULL;
	struct plan_term t = { .kind = PLAN_NET };
	char buf[INET6_ADDRSTRLEN + 8] = "";
	int64_t bits;
	bool v6;

	if (!s)
		return;
	if (strlen(s) < sizeof(buf))
		memcpy(buf, s, slash ? (size_t)(slash - s) : strlen(s));
	v6 = strchr(buf, ':') != NULL;
	t.addr_len = v6 ? 16 : 4;
	bits = t.addr_len * 8;
	if (slash && match_number(d, n, slash + 1, '\0', &(const char *){ NULL }, &bits) == -1)
		return;
	if (inet_pton(v6 ? AF_INET6 : AF_INET, buf, t.addr) != 1 || bits < 0 ||
	    bits > t.addr_len * 8) {
		policy_complain(d, n, "'%s' is no address and no network", s);
		return;
	}
	t.bits = (uint8_t)bits;
	draft_term(m->s, &t);
}

static void put_port(struct match *m, struct policy_doc *d, yaml_node_t *n)
{
	const char *s = policy_text(d, n, "values", NULL), *next;
	int64_t lo, hi;

	if (!s || match_number(d, n, s, strchr(s, ':') ? ':' : '\0', &next, &lo) == -1)
		return;
	hi = lo;
	if (*next && match_number(d, n, next + 1, '\0', &next, &hi) == -1)
		return;
	if (lo < 0 || hi > 65535 || lo > hi)
		policy_complain(d, n, "'%s' is no port and no range of ports", s);
	else
		draft_range(m->s, lo, hi);
}

static void put_word(struct match *m, struct policy_doc *d, yaml_node_t *n,
		     const struct policy_word *words, size_t nwords, const char *const *names)
{
	int i = policy_word(d, n, m->op_text, words, nwords);

	if (i != -1)
		draft_text(m->s, PLAN_EQUAL, names[i], strlen(names[i]));
}

static void put_protocol(struct match *m, struct policy_doc *d, yaml_node_t *n)
{
	static const char *const names[] = { "tcp", "udp", "icmp", "raw" };
	static const struct policy_word words[] = {
		{ "IPPROTO_TCP", 0 },	 { "6", 0 },  { "IPPROTO_UDP", 1 }, { "17", 1 },
		{ "IPPROTO_ICMP", 2 },	 { "1", 2 },  { "IPPROTO_RAW", 3 }, { "255", 3 },
		{ "IPPROTO_ICMPV6", 2 }, { "58", 2 },
	};

	put_word(m, d, n, words, nitems(words), names);
}

static void put_family(struct match *m, struct policy_doc *d, yaml_node_t *n)
{
	static const char *const names[] = { "4", "6", "u" };
	static const struct policy_word words[] = {
		{ "AF_INET", 0 }, { "inet", 0 }, { "2", 0 },	   { "AF_INET6", 1 },
		{ "inet6", 1 },	  { "10", 1 },	 { "AF_UNIX", 2 }, { "AF_LOCAL", 2 },
		{ "AF_FILE", 2 }, { "1", 2 },
	};

	put_word(m, d, n, words, nitems(words), names);
}

void match_socket(struct match *m)
{
	bool peer = m->arg->kind == CALL_ADDR, sock = m->arg->kind == CALL_SOCK;
	int op = m->op & ~OP_NOT;
	bool destination = op == OP_DADDR || op == OP_DPORT || op == OP_DPRIV;

	if (destination && !sock) {
		match_no_operator(
			m, "an address, which has no destination: SAddr and SPort are its own");
		return;
	}
	if (op >= OP_SADDR && op <= OP_DPRIV) { /* whichever it says, of what has addresses only */
		draft_pred(m->s, F_FD_TYPECHAR, false);
		draft_text(m->s, PLAN_EQUAL, "4", 1);
		draft_text(m->s, PLAN_EQUAL, "6", 1);
	}
	switch (op) {
	case OP_SADDR:
	case OP_DADDR:
		draft_pred(m->s, destination || peer ? F_FD_RIP : F_FD_LIP, match_is_not(m));
		match_values(m, put_address);
		return;
	case OP_SPORT:
	case OP_DPORT:
		draft_pred(m->s, destination || peer ? F_FD_RPORT : F_FD_LPORT, match_is_not(m));
		match_values(m, put_port);
		return;
	case OP_SPRIV:
	case OP_DPRIV:
		draft_pred(m->s, destination || peer ? F_FD_RPORT : F_FD_LPORT, match_is_not(m));
		draft_range(m->s, 0, 1023);
		return;
	case OP_PROTOCOL:
		draft_pred(m->s, F_FD_L4PROTO, false);
		match_values(m, put_protocol);
		return;
	case OP_FAMILY:
		draft_pred(m->s, F_FD_TYPECHAR, false);
		match_values(m, put_family);
		return;
	case OP_STATE:
		match_no_operator(m, "sockets: their state is not told");
		return;
	default:
		match_no_operator(m, "a socket");
	}
}

/* ---- which system call */

static void put_call(struct match *m, struct policy_doc *d, yaml_node_t *n)
{
	const char *s = policy_text(d, n, "values", NULL);
	char *end, *found = NULL;
	const struct call *c;
	unsigned long nr;

	if (!s)
		return;
	nr = strtoul(s, &end, 0);
	if (end != s && !*end && nr < 4096)
		found = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)nr);
	c = call_syscall(found ? found : s);
	free(found);
	if (!c) {
		policy_complain(d, n, "'%s': there is no such system call", s);
		return;
	}
	if (!c->sys)
		m->calls.events[c->events[0] / 64] |= 1ULL << c->events[0] % 64;
	else if (m->s->call->sys && !*m->s->call->sys)
		draft_text(m->s, PLAN_EQUAL, c->sys, strlen(c->sys));
	m->calls.this |= !strcmp(c->name, m->s->call->name);
}

void match_call(struct match *m)
{
	struct draft *s = m->s;
	int op = m->op & ~OP_NOT;
	const struct draft_pred *p;

	if (op != OP_IS && op != OP_MAP) {
		match_no_operator(m, "the number of a system call");
		return;
	}
	p = draft_pred(s, F_ARGTEXT(A_SYSCALL_ID), match_is_not(m));
	match_values(m, put_call);
	if (s->call->sys && !*s->call->sys) {
		s->never |= !match_is_not(m) && !p->nterms;
		return;
	}
	s->npreds--;
	for (size_t i = 0; s->call->all && i < nitems(s->events); i++)
		s->events[i] &= match_is_not(m) ? ~m->calls.events[i] : m->calls.events[i];
	if (!s->call->all && m->calls.this == match_is_not(m))
		s->never = true;
}
