// SPDX-License-Identifier: BSD-2-Clause
/*
 * plancheck EVENTS STREAM RULES...
 *
 * Whether the plan of the rules lets every event through that a rule matches:
 * on the events of STREAM (a file; - for none), and on EVENTS events made up
 * here from what the plan names, a little changed. The plan is written and read
 * again first. Prints what it counted; exit status 1 and the event's rule if
 * the plan refuses one.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/secmon-match/ruleplan.h"
#include "cmd/secmon-match/stage.h"
#include "common/log.h"

static struct options o;
static struct rulesrc src;
static struct stage s;
static struct plan *plan;
static unsigned long events, matched, wanted, refused;

static const struct plan *written_and_read(struct plan *p)
{
	char *text = NULL, why[256];
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	if (!fp || plan_print(p, fp) == -1)
		err(1, "print the plan");
	fclose(fp);
	plan_free(p);
	fp = fmemopen(text, len, "r");
	plan = plan_read(fp, "plan", why, sizeof(why));
	if (!plan)
		errx(1, "%s", why);
	fclose(fp);
	free(text);
	return plan;
}

static bool is_life(unsigned int type)
{
	const struct event_type *t = event_by_id(type);

	return t && t->flags & EVENT_LIFE;
}

/* of this rule, whatever capture would tell in any case */
static bool plan_has(const char *rule)
{
	size_t from = 0;
	const struct plan_selector *sel;

	while ((sel = plan_wants(plan, &s.event, NULL, &from)))
		if (!strcmp(sel->name, rule))
			return true;
	return false;
}

static void judge(const struct object *obj)
{
	struct active *a;
	uint32_t at = 0;
	size_t from = 0;

	if (event_index(&s.event, obj) == -1)
		errx(1, "%s", s.event.error);
	xctx_event(&s.x, &s.event);
	engine_event(s.run.engine, &s.x);
	events++;
	wanted += is_life(s.event.type) || plan_wants(plan, &s.event, NULL, &from);
	while ((a = engine_next(s.run.engine, &at))) {
		matched++;
		if (plan_has(a->rule->name))
			continue;
		refused++;
		printf("refused: an event that rule '%s' matches\n", a->rule->name);
	}
}

static void read_stream(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct inq *in = fd == -1 ? NULL : inq_new(fd, path);
	struct object obj;
	int r;

	if (!in)
		err(1, "%s", path);
	do {
		while ((r = inq_next(in, &obj)) == 1)
			if (obj.kind == KIND_EVENT)
				judge(&obj);
		if (r == -1)
			errx(1, "%s: %s", path, inq_error(in));
	} while (inq_read(in) > 0);
	inq_free(in);
	close(fd);
}

/* ---- events made up */

static const struct plan_term *any_term(unsigned int field)
{
	for (int tries = 0; tries < 200; tries++) {
		const struct plan_selector *sel =
			&plan->selectors[(size_t)rand() % plan->nselectors];
		const struct plan_pred *p;

		if (!sel->npreds)
			continue;
		p = &sel->preds[(size_t)rand() % sel->npreds];
		if (p->field == field && p->nterms)
			return &p->terms[(size_t)rand() % p->nterms];
	}
	return NULL;
}

static void put_path(struct wire *w)
{
	static const char *const tails[] = { "", "/x", "x", "/", "/authorized_keys", ".pem" };
	static const char *const heads[] = { "", "/home/u", "/proc/1/root" };
	const struct plan_term *t = any_term(F_FD_NAME);
	char path[8192];
	int n = snprintf(path, sizeof(path), "%s%.*s%s",
			 t && t->kind == PLAN_SUFFIX ? heads[rand() % 3] : "", t ? (int)t->len : 4,
			 t ? t->text : "/etc", tails[rand() % 6]);

	wire_text(w, F_FD_NAME, path, (size_t)n);
	wire_text(w, F_FD_NAMERAW, path, (size_t)n);
	wire_cstr(w, F_FD_TYPECHAR, rand() % 4 ? "f" : "d");
}

static void put_comm(struct wire *w)
{
	static const char *const some[] = { "cat", "sh", "bash", "sshd", "python3", "nginx", "x" };
	const struct plan_term *t = rand() % 2 ? any_term(F_PROC_NAME) : NULL;

	if (t)
		wire_text(w, F_PROC_NAME, t->text, t->len);
	else
		wire_cstr(w, F_PROC_NAME, some[rand() % 7]);
}

static void put_socket(struct wire *w)
{
	const uint8_t addr[4] = { rand() % 2 ? 10 : 169, rand() % 2 ? 0 : 254, 169, 254 };

	wire_bin(w, F_FD_SIP, addr, 4);
	wire_bin(w, F_FD_CIP, addr, 4);
	wire_uint(w, F_FD_SPORT, (uint64_t)rand() % 65536);
	wire_uint(w, F_FD_CPORT, (uint64_t)rand() % 65536);
	wire_cstr(w, F_FD_TYPECHAR, "4");
	wire_cstr(w, F_FD_L4PROTO, rand() % 2 ? "tcp" : "udp");
	wire_bool(w, F_FD_CONNECTED, rand() % 2);
	wire_bool(w, F_FD_NAME_CHANGED, rand() % 2);
}

static void put_some(struct wire *w)
{
	static const char *const containers[] = { "host", "0123456789ab" };
	const char *id = containers[rand() % 2];

	if (rand() % 8)
		wire_int(w, F_EVT_RAWRES, rand() % 3 ? rand() % 10 : -(rand() % 40) - 1);
	if (rand() % 8)
		wire_uint(w, F_ARG(A_FLAGS), (uint64_t)rand() % 32);
	if (rand() % 3)
		wire_int(w, F_FD_NUM, rand() % 6);
	wire_uint(w, F_USER_UID, rand() % 2 ? 0 : 1000);
	wire_cstr(w, F_USER_NAME, rand() % 2 ? "root" : "www-data");
	wire_cstr(w, F_CONTAINER_ID, id);
	wire_cstr(w, F_PROC_EXEPATH, rand() % 2 ? "/usr/bin/x" : "/dev/shm/x");
	wire_uint(w, F_PROC_TTY, (uint64_t)rand() % 2);
	wire_array(w, F_PROC_ANAME, 1);
	wire_item_text(w, "bash", 4);
	put_comm(w);
	if (rand() % 3)
		put_path(w);
	else if (rand() % 2)
		put_socket(w);
}

static void make_up(unsigned long n)
{
	struct outq *q = outq_new(-1, "made up", OUTQ_MIN);
	size_t ntypes;
	const struct event_type *types = event_table(&ntypes);
	struct object obj;
	struct wire w;

	if (!q || !plan->nselectors)
		errx(1, "nothing to make events of");
	srand(1);
	while (n) {
		unsigned int type = types[(size_t)rand() % ntypes].id;
		const uint8_t *at;

		if (!plan_wants_type(plan, type) && rand() % 50)
			continue;
		n--;
		wire_event(&w, q, KIND_EVENT, type);
		at = w.start;
		wire_uint(&w, F_EVT_NUM, events + 1);
		wire_uint(&w, F_EVT_RAWTIME, 1700000000ULL * 1000000000ULL + events);
		put_some(&w);
		if (wire_end(&w) == -1 || object_from(&obj, at, (size_t)(w.pos - w.start)) == -1)
			errx(1, "an event that is none");
		judge(&obj);
		outq_flush(q);
	}
	outq_free(q);
}

int main(int argc, char **argv)
{
	struct report report;
	const char *which = "";

	if (argc < 4)
		errx(2, "usage: plancheck EVENTS STREAM RULES...");
	log_init("plancheck");
	for (int i = 3; i < argc && o.nrules < RULES_MAX; i++)
		o.rules[o.nrules++] = argv[i];
	o.selection.min_priority = PRIORITY_DEBUG;
	s.o = &o;
	s.src = &src;
	report_init(&report);
	if (rulesrc_open(&src, &o, &which) < 0 || rulesrc_load(&src, &s.run, &report) < 0)
		errx(1, "rules %s", which);
	if (stage_init(&s) < 0)
		err(1, "stage");
	if (!written_and_read(ruleplan(s.run.rs, NULL)))
		return 1;
	if (strcmp(argv[2], "-"))
		read_stream(argv[2]);
	make_up(strtoul(argv[1], NULL, 10));
	printf("%lu events, %lu matches, %lu wanted by the plan, %lu refused\n", events, matched,
	       wanted, refused);
	plan_free(plan);
	running_free(&s.run);
	report_free(&report);
	return refused != 0;
}
