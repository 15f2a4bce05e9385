// SPDX-License-Identifier: BSD-2-Clause
/* The cost of a rule, predicted. */
#include "cmd/secmon-match/planexplain.h"

#include "common/compat.h"

/*
 * What it costs to look at an event type at all, before any predicate. LIFE is
 * told whatever the rules say, because later stages live on it.
 */
enum cost { COST_LIFE, COST_RARE, COST_OFTEN, COST_HOT };

static const char *const costs[] = { "life", "rare", "often", "hot" };

static enum cost cost_of(const struct event_type *e)
{
	if (e->flags & EVENT_LIFE)
		return COST_LIFE;
	switch (e->category) {
	case CATEGORY_IO_READ:
	case CATEGORY_IO_WRITE:
	case CATEGORY_IO_OTHER:
	case CATEGORY_WAIT:
	case CATEGORY_SLEEP:
	case CATEGORY_SCHEDULER:
	case CATEGORY_MEMORY:
		return COST_HOT;
	case CATEGORY_FILE:
	case CATEGORY_NET:
	case CATEGORY_IPC:
		return COST_OFTEN;
	default:
		return e->flags & EVENT_SYSCALL ? COST_RARE : COST_OFTEN;
	}
}

/* What secmon-capture has a hook for, if the kernel lets it, that costs other calls nothing. */
static const uint16_t hooked[] = { EV_OPEN,   EV_OPENAT, EV_OPENAT2, EV_CREAT,	EV_CONNECT, EV_BIND,
				   EV_LISTEN, EV_ACCEPT, EV_ACCEPT4, EV_EXECVE, EV_EXECVEAT };

static bool has_hook(const struct event_type *e)
{
	if (e->flags & EVENT_LIFE || !(e->flags & EVENT_SYSCALL))
		return true;
	for (size_t i = 0; i < nitems(hooked); i++)
		if (hooked[i] == e->id)
			return true;
	return false;
}

static bool in(const struct cube *c, unsigned int event)
{
	return c->events.bits[event / 64] >> event % 64 & 1;
}

/* the fields that any cube asks for, each once */
static void tell_pushed(FILE *fp, const struct cubes *cubes)
{
	uint64_t told[FIELD_END / 64] = { 0 };
	bool any = false;
	char name[64];

	for (unsigned int i = 0; i < cubes->n; i++) {
		for (unsigned int k = 0; k < cubes->c[i].npreds; k++) {
			unsigned int field = cubes->c[i].preds[k]->field;

			if (told[field / 64] >> field % 64 & 1)
				continue;
			told[field / 64] |= 1ULL << field % 64;
			fprintf(fp, "%s%s", any ? ", " : "  pushed: ",
				field_wire_name(field, name, sizeof(name)));
			any = true;
		}
	}
	if (any)
		fprintf(fp, " in %u selector%s\n", cubes->n, cubes->n == 1 ? "" : "s");
	else
		fputs("  pushed: event types only\n", fp);
}

struct prediction {
	enum cost worst;
	const struct event_type *every; /* one that needs the hook of every system call */
	const struct event_type *wide;	/* a frequent one that nothing narrows */
	unsigned int nevery, nwide;
};

static void predict(const struct cubes *cubes, struct prediction *p)
{
	size_t n;
	const struct event_type *types = event_table(&n);

	*p = (struct prediction){ .worst = COST_LIFE };
	for (size_t i = 0; i < n; i++) {
		bool asked = false, wide = false;

		for (unsigned int j = 0; j < cubes->n; j++) {
			asked |= in(&cubes->c[j], types[i].id);
			wide |= in(&cubes->c[j], types[i].id) && cubes->c[j].npreds == 0;
		}
		if (!asked)
			continue;
		if (cost_of(&types[i]) > p->worst)
			p->worst = cost_of(&types[i]);
		if (!has_hook(&types[i]) && p->nevery++ == 0)
			p->every = &types[i];
		if (wide && cost_of(&types[i]) >= COST_OFTEN && p->nwide++ == 0)
			p->wide = &types[i];
	}
}

static void tell_types(FILE *fp, const struct event_type *one, unsigned int n)
{
	fputs(one->name, fp);
	if (n > 1)
		fprintf(fp, " and %u other event type%s", n - 1, n == 2 ? "" : "s");
}

void planexplain(FILE *fp, const char *rule, const struct cubes *cubes)
{
	struct prediction p;

	if (!cubes->n) {
		fputs("  never true: nothing is asked for\n", fp);
		return;
	}
	tell_pushed(fp, cubes);
	predict(cubes, &p);
	fprintf(fp, "  hook: %s\n",
		p.every ? "the end of every system call (tp_btf/sys_exit)"
		: p.worst == COST_LIFE
			? "the life of processes, which is told in any case"
			: "hooks of these calls alone (fexit), where the kernel has them");
	fprintf(fp, "  cost: %s\n", costs[p.worst]);
	if (p.every) {
		fprintf(fp,
			"  warning: rule '%s' needs a hook at the end of every system call, for ",
			rule);
		tell_types(fp, p.every, p.nevery);
		fputc('\n', fp);
	}
	if (p.wide) {
		fprintf(fp,
			"  warning: rule '%s' lets each event of a frequent type leave the "
			"kernel: ",
			rule);
		tell_types(fp, p.wide, p.nwide);
		fprintf(fp, "%s\n",
			p.worst == COST_HOT ? "; some happen at every read or write" : "");
	}
}
