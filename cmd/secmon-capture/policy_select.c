// SPDX-License-Identifier: BSD-2-Clause
/* Selectors of a hook, as selectors of a plan. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy_priv.h"

enum { ALSO_MAX = 4, RATE_MAX_S = 30 * 24 * 3600 };

/* ---- building */

static void no_room(struct draft *s)
{
	policy_complain(s->hook->policy->doc, s->hook->at, "a selector of more than %d conditions",
			POLICY_PREDS_MAX);
}

struct draft_pred *draft_pred(struct draft *s, unsigned int field, bool negated)
{
	if (s->npreds == POLICY_PREDS_MAX) {
		no_room(s);
		s->npreds--;
	}
	s->preds[s->npreds] = (struct draft_pred){ .field = (uint16_t)field,
						   .negated = negated,
						   .first = s->nterms };
	return &s->preds[s->npreds++];
}

void draft_term(struct draft *s, const struct plan_term *t)
{
	if (s->nterms == s->room) {
		size_t room = s->room ? 2 * s->room : 16;
		struct plan_term *terms = reallocarray(s->terms, room, sizeof(*terms));

		if (!terms) {
			s->hook->policy->failed = true;
			return;
		}
		s->terms = terms;
		s->room = room;
	}
	s->terms[s->nterms++] = *t;
	s->preds[s->npreds - 1].nterms++;
}

void draft_text(struct draft *s, enum plan_term_kind kind, const char *text, size_t len)
{
	const struct plan_term t = { .kind = (uint8_t)kind, .len = (uint32_t)len, .text = text };

	draft_term(s, &t);
}

void draft_range(struct draft *s, int64_t lo, int64_t hi)
{
	const struct plan_term t = { .kind = PLAN_RANGE, .lo = lo, .hi = hi };

	draft_term(s, &t);
}

void draft_bits(struct draft *s, uint64_t bits)
{
	const struct plan_term t = { .kind = PLAN_BITS, .lo = (int64_t)bits };

	draft_term(s, &t);
}

/* ---- into the plan */

static int put_pred(struct plan *plan, struct plan_selector *to, const struct draft *s,
		    const struct draft_pred *from, unsigned int field)
{
	struct plan_pred *pred = plan_add_pred(plan, to, field, from->negated);

	for (size_t i = 0; pred && i < from->nterms; i++)
		if (plan_add_term(plan, pred, &s->terms[from->first + i]) == -1)
			return -1;
	return pred ? 0 : -1;
}

/* what the limit is kept apart by: the scope, the call, and the arguments that the hook declares */
static void put_limit(struct plan_selector *to, const struct draft *s)
{
	to->rate_count = 1;
	to->rate_ms = (uint32_t)s->limit_ms;
	if (s->scope) {
		to->by[to->nby++] = s->scope;
		to->by[to->nby++] = F_PROC_PID_TS;
	}
	to->by[to->nby++] = F_EVT_TYPE;
	if (s->call->sys)
		to->by[to->nby++] = F_ARGTEXT(A_SYSCALL_ID);
	for (size_t i = 0; i < s->hook->nargs; i++) {
		const struct call_arg *a = call_arg(s->call, s->hook->args[i].index);
		uint16_t field = !a || a->kind == CALL_NONE ? 0 : a->file ? a->file : a->field;

		if (field && to->nby < PLAN_BY_MAX)
			to->by[to->nby++] = field;
	}
}

/* chosen: which of two fields each predicate that leaves it open is about */
static int put_selector(const struct draft *s, unsigned int chosen, bool otherwise)
{
	struct plan *plan = s->hook->policy->plan;
	struct plan_selector *to = plan_add_selector(plan, s->hook->policy->name);

	if (!to)
		return -1;
	memcpy(to->events, s->events, sizeof(to->events));
	to->policy = true;
	to->quiet = s->quiet;
	to->otherwise = otherwise;
	if (s->limit_ms)
		put_limit(to, s);
	for (size_t i = 0; i < s->npreds; i++) {
		const struct draft_pred *p = &s->preds[i];
		unsigned int field = p->field;

		if (p->also) {
			field = chosen & 1 ? p->also : p->field;
			chosen >>= 1;
		}
		if (put_pred(plan, to, s, p, field) == -1)
			return -1;
	}
	return 0;
}

/* true if a selector was put */
static bool put_draft(struct draft *s, bool otherwise)
{
	bool first = true, events = false;
	unsigned int also = 0;

	for (size_t i = 0; i < nitems(s->events); i++)
		events |= s->events[i] != 0;
	if (s->never || !events || !s->hook->policy->name)
		return false;
	for (size_t i = 0; i < s->npreds; i++)
		also += s->preds[i].also != 0;
	if (also > ALSO_MAX) {
		no_room(s);
		return false;
	}
	for (unsigned int chosen = 0; chosen < 1U << also; chosen++) {
		if (put_selector(s, chosen, otherwise || !first) == -1)
			s->hook->policy->failed = true;
		first = false;
	}
	return true;
}

/* ---- what holds for a call whatever the selector says */

static void begin_events(struct draft *s)
{
	const struct call *c = s->call;
	size_t n;
	const struct call *own = call_syscalls(&n);

	for (size_t i = 0; i < CALL_EVENTS_MAX && c->events[i]; i++)
		s->events[c->events[i] / 64] |= 1ULL << c->events[i] % 64;
	for (size_t i = 0; c->all && i < n; i++)
		s->events[own[i].events[0] / 64] |= 1ULL << own[i].events[0] % 64;
}

static void begin(struct draft *s)
{
	enum { REMOVEDIR = 0x200, TRUNCATED = 256 }; /* AT_REMOVEDIR; O_TRUNC of flags.def */

	begin_events(s);
	if (s->call->sys && *s->call->sys) {
		draft_pred(s, F_ARGTEXT(A_SYSCALL_ID), false);
		draft_text(s, PLAN_EQUAL, s->call->sys, strlen(s->call->sys));
	}
	switch (s->call->when) {
	case CALL_ANY:
		return;
	case CALL_TCP:
		draft_pred(s, F_FD_L4PROTO, false);
		draft_text(s, PLAN_EQUAL, "tcp", 3);
		return;
	case CALL_DIR:
	case CALL_NODIR:
		draft_pred(s, F_ARG(A_FLAGS), s->call->when == CALL_NODIR);
		draft_bits(s, REMOVEDIR);
		break;
	case CALL_TRUNC:
		draft_pred(s, F_ARG(A_FLAGS), false);
		draft_bits(s, TRUNCATED);
		break;
	}
	draft_pred(s, F_EVT_RAWRES, false);
	draft_range(s, 0, INT64_MAX);
}

/* ---- actions */

static void read_rate(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct {
		const char *unit;
		unsigned int seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 } };
	const char *text = policy_text(d, n, "rateLimit", NULL);
	struct draft *s = arg;
	char *end;
	uint64_t v;

	if (!text)
		return;
	errno = 0;
	v = strtoull(text, &end, 10);
	for (size_t i = 0; i < nitems(units); i++) {
		if (strcasecmp(end, units[i].unit) || end == text || *text < '0' || *text > '9')
			continue;
		if (errno || !v || v > RATE_MAX_S / units[i].seconds)
			break;
		s->limit_ms = v * units[i].seconds * 1000;
		return;
	}
	policy_complain(d, n,
			"rateLimit: '%s': a time like 30, 90s, 5m or 1h is due, of at most 30 days",
			text);
}

static void read_scope(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_word words[] = { { "", F_THREAD_TID },
						    { "thread", F_THREAD_TID },
						    { "process", F_PROC_PID },
						    { "global", 0 } };
	int field = policy_word(d, n, "rateLimitScope", words, nitems(words));

	if (field != -1)
		((struct draft *)arg)->scope = (uint8_t)field;
}

static void refuse_true(struct policy_doc *d, yaml_node_t *n, const char *what)
{
	bool v;

	if (policy_bool(d, n, what, &v) == 0 && v)
		policy_complain(d, n, "%s: not done", what);
}

static void read_kernel_stack(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	refuse_true(d, n, "kernelStackTrace");
}

static void read_user_stack(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	refuse_true(d, n, "userStackTrace");
}

static void read_ima(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	refuse_true(d, n, "imaHash");
}

enum action { POST, NOPOST, ENFORCE, REACH, FOLLOW, TRACK, WRITE };

static void read_action_name(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_word words[] = {
		{ "Post", POST },
		{ "NoPost", NOPOST },
		{ "Sigkill", ENFORCE },
		{ "Signal", ENFORCE },
		{ "Override", ENFORCE },
		{ "NotifyEnforcer", ENFORCE },
		{ "NotifyKiller", ENFORCE },
		{ "CleanupEnforcerNotification", ENFORCE },
		{ "GetUrl", REACH },
		{ "DnsLookup", REACH },
		{ "FollowFD", FOLLOW },
		{ "UnfollowFD", FOLLOW },
		{ "CopyFD", FOLLOW },
		{ "TrackSock", TRACK },
		{ "UntrackSock", TRACK },
		{ "Set", WRITE },
	};
	static const char *const why[] = {
		[ENFORCE] = "secmon watches, it does not enforce",
		[REACH] = "give the alerts to a sink of secmon-ship",
		[FOLLOW] = "descriptors need not be followed: an argument of type fd is the file; "
			   "leave it out",
		[TRACK] = "sockets need not be tracked: an event says who did it; leave it out",
		[WRITE] = "secmon watches, it does not change programs",
	};
	int action = policy_word(d, n, "action", words, nitems(words));

	if (action == NOPOST)
		((struct draft *)arg)->quiet = true;
	if (action > NOPOST)
		policy_complain(d, n, "action %s: %s", (const char *)n->data.scalar.value,
				why[action]);
}

static void read_action(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	/* what the refused actions take is told, and not complained of twice */
	static const struct policy_key keys[] = {
		{ "action", read_action_name, NULL, true },
		{ "rateLimit", read_rate },
		{ "rateLimitScope", read_scope },
		{ "kernelStackTrace", read_kernel_stack },
		{ "userStackTrace", read_user_stack },
		{ "imaHash", read_ima },
		{ "argError" },
		{ "argSig" },
		{ "argFd" },
		{ "argName" },
		{ "argUrl" },
		{ "argFqdn" },
		{ "argSock" },
		{ "argIndex" },
		{ "argValue" },
		{ "argRegs" },
	};

	policy_map(d, n, "an action", keys, nitems(keys), arg);
}

/* ---- selectors */

#define EACH(name, item)                                                                           \
	static void each_##item(struct policy_doc *d, yaml_node_t *n, void *arg)                   \
	{                                                                                          \
		policy_each(d, n, name, policy_match_##item, arg);                                 \
	}

EACH("matchArgs", arg)
EACH("matchReturnArgs", return )
EACH("matchBinaries", binary)
EACH("matchParentBinaries", parent)
EACH("matchPIDs", pid)
EACH("matchNamespaces", namespace)
EACH("matchCapabilities", capability)

static void each_action(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	policy_each(d, n, "matchActions", read_action, arg);
}

static const struct policy_key selector_keys[] = {
	{ "matchArgs", each_arg },
	{ "matchReturnArgs", each_return },
	{ "matchBinaries", each_binary },
	{ "matchParentBinaries", each_parent },
	{ "matchPIDs", each_pid },
	{ "matchNamespaces", each_namespace },
	{ "matchCapabilities", each_capability },
	{ "matchActions", each_action },
	{ "matchReturnActions", NULL, "not done" },
	{ "matchData", NULL, "members of the kernel's structures cannot be named" },
	{ "matchNamespaceChanges", NULL, "not done; setns and unshare have events" },
	{ "matchCapabilityChanges", NULL, "not done; capset has an event" },
	{ "matchCurrentCred", NULL, "not done; a rule on user.* may do" },
	{ "matchWorkloads", NULL, "not done; use a rule on k8s.* and container.*" },
	{ "macros", NULL, "macros of selectors are not done; write them out" },
};

/* whether a selector was put into the plan, behind which others of the hook stand */
static bool one_selector(struct policy_hook *h, const struct call *c, yaml_node_t *n,
			 bool otherwise)
{
	struct draft *s = calloc(1, sizeof(*s));
	bool put;

	if (!s) {
		h->policy->failed = true;
		return false;
	}
	s->hook = h;
	s->call = c;
	s->scope = F_THREAD_TID;
	begin(s);
	if (n)
		policy_map(h->policy->doc, n, "a selector", selector_keys, nitems(selector_keys),
			   s);
	put = put_draft(s, otherwise);
	free(s->terms);
	free(s);
	return put;
}

static void call_selectors(struct policy_hook *h, const struct call *c, yaml_node_t *n)
{
	bool put = false;

	if (!n || !policy_items(n))
		one_selector(h, c, NULL, false);
	for (size_t i = 0; i < policy_items(n); i++)
		put |= one_selector(h, c, policy_item(h->policy->doc, n, i), put);
}

void policy_selectors(struct policy_hook *h, yaml_node_t *n)
{
	struct policy_doc *d = h->policy->doc;

	if (n && n->type != YAML_SEQUENCE_NODE) {
		policy_complain(d, n, "selectors: a list is due here");
		return;
	}
	/* what is wrong with the selectors is wrong for every call: it is said once */
	for (size_t i = 0; i < h->ntargets; i++) {
		unsigned int before = d->complaints;

		call_selectors(h, h->targets[i], n);
		if (d->complaints != before || h->policy->failed)
			break;
	}
}
