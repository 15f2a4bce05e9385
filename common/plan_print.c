// SPDX-License-Identifier: BSD-2-Clause
/* A plan written as text, secmon-plan(5). */
#include "common/plan.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "common/compat.h"

enum { LINE_WIDTH = 100 };

static void put_quoted(FILE *fp, const char *s, size_t len)
{
	fputc('"', fp);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\')
			fprintf(fp, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(fp, "\\x%02x", c);
		else
			fputc(c, fp);
	}
	fputc('"', fp);
}

static void put_term(FILE *fp, const struct plan_term *t)
{
	static const char mark[] = {
		[PLAN_PREFIX] = '^', [PLAN_SUFFIX] = '$', [PLAN_CONTAINS] = '~'
	};
	char addr[INET6_ADDRSTRLEN];

	fputc(' ', fp);
	switch (t->kind) {
	case PLAN_RANGE:
		if (t->lo == t->hi) {
			fprintf(fp, "%" PRId64, t->lo);
			break;
		}
		if (t->lo != INT64_MIN)
			fprintf(fp, "%" PRId64, t->lo);
		fputs("..", fp);
		if (t->hi != INT64_MAX)
			fprintf(fp, "%" PRId64, t->hi);
		break;
	case PLAN_BITS:
		fprintf(fp, "&%" PRId64, t->lo);
		break;
	case PLAN_NET:
		inet_ntop(t->addr_len == 4 ? AF_INET : AF_INET6, t->addr, addr, sizeof(addr));
		fprintf(fp, "%s/%u", addr, t->bits);
		break;
	default:
		if (t->kind != PLAN_EQUAL)
			fputc(mark[t->kind], fp);
		put_quoted(fp, t->text, t->len);
	}
}

static void put_marks(FILE *fp, const struct plan_selector *s)
{
	char name[64];

	if (s->rate_count) {
		fprintf(fp, "\tlimit %u/%ums", s->rate_count, s->rate_ms);
		for (unsigned int i = 0; i < s->nby; i++)
			fprintf(fp, "%s %s", i ? "" : " by",
				field_wire_name(s->by[i], name, sizeof(name)));
		fputc('\n', fp);
	}
	if (s->sample > 1)
		fprintf(fp, "\tsample %u\n", s->sample);
	if (plan_priority_name(s->priority))
		fprintf(fp, "\tpriority %s\n", plan_priority_name(s->priority));
	fputs(s->policy ? "\tpolicy\n" : "", fp);
	fputs(s->otherwise ? "\totherwise\n" : "", fp);
	fputs(s->quiet ? "\tquiet\n" : "", fp);
}

static void put_selector(FILE *fp, const struct plan_selector *s)
{
	char name[64];

	fputs("select ", fp);
	put_quoted(fp, s->name, strlen(s->name));
	for (unsigned int id = 0; id < EVENT_ID_END; id++)
		if (plan_has_event(s, id) && event_by_id(id))
			fprintf(fp, " %s", event_by_id(id)->name);
	fputc('\n', fp);
	for (size_t i = 0; i < s->npreds; i++) {
		const struct plan_pred *pred = &s->preds[i];

		fprintf(fp, "\t%s%s is", pred->negated ? "not " : "",
			field_wire_name(pred->field, name, sizeof(name)));
		for (size_t j = 0; j < pred->nterms; j++)
			put_term(fp, &pred->terms[j]);
		fputc('\n', fp);
	}
	put_marks(fp, s);
}

static bool needs_all(const struct plan *p)
{
	for (size_t i = 0; i < nitems(p->need); i++)
		if (~p->need[i])
			return false;
	return true;
}

/* in lines of a width that people read */
static void put_need(FILE *fp, const struct plan *p)
{
	size_t column = 0;
	char buf[64];

	if (needs_all(p)) {
		fputs("need *\n", fp);
		return;
	}

	for (unsigned int id = 0; id < FIELD_END; id++) {
		const char *name = field_wire_name(id, buf, sizeof(buf));

		if (!name || !plan_needs(p, id))
			continue;
		if (column && column + strlen(name) >= LINE_WIDTH) {
			fputc('\n', fp);
			column = 0;
		}
		column += (size_t)fprintf(fp, column ? " %s" : "need %s", name);
	}
	if (column)
		fputc('\n', fp);
}

int plan_print(const struct plan *p, FILE *fp)
{
	fprintf(fp, "plan %d\n", PLAN_VERSION);
	put_need(fp, p);
	for (size_t i = 0; i < p->nselectors; i++)
		put_selector(fp, &p->selectors[i]);
	return ferror(fp) || fflush(fp) == EOF ? -1 : 0;
}
