// SPDX-License-Identifier: BSD-2-Clause
/* The configuration file: YAML, with the place of every mistake. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "cmd/secmon-ship/conf.h"
#include "cmd/secmon-ship/sink.h"
#include "common/parse.h"

struct reader {
	struct conf *conf;
	const char *path;
	yaml_document_t doc;
	char *err;
	size_t errlen;
};

static int fail_at(struct reader *r, const yaml_mark_t *at, const char *what)
{
	snprintf(r->err, r->errlen, "%s:%zu:%zu: %s", r->path, at->line + 1, at->column + 1, what);
	errno = EINVAL;
	return -1;
}

static int fail(struct reader *r, const yaml_node_t *n, const char *what)
{
	return fail_at(r, &n->start_mark, what);
}

static const char *text_of(const yaml_node_t *n)
{
	return n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

/* ---- a sink */

static int set_one(struct reader *r, struct sink_conf *s, const char *name, const yaml_node_t *n)
{
	const char *value = text_of(n);
	char why[512];

	if (!value)
		return fail(r, n, "a single value was due");
	if (strlen(value) != n->data.scalar.length)
		return fail(r, n, "a NUL in a value");
	if (conf_set(s, name, value, why, sizeof(why)) == -1)
		return fail(r, n, why);
	return 0;
}

static int set_all(struct reader *r, struct sink_conf *s, const char *name, const yaml_node_t *n)
{
	if (n->type != YAML_SEQUENCE_NODE)
		return set_one(r, s, name, n);
	if (!conf_is_list(name))
		return fail(r, n, "one value was due, not a list");
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top;
	     i++)
		if (set_one(r, s, name, yaml_document_get_node(&r->doc, *i)) == -1)
			return -1;
	return 0;
}

static yaml_node_t *value_of(struct reader *r, const yaml_node_t *map, const char *key)
{
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
	     p++) {
		const char *name = text_of(yaml_document_get_node(&r->doc, p->key));

		if (name && strcmp(name, key) == 0)
			return yaml_document_get_node(&r->doc, p->value);
	}
	return NULL;
}

static int new_sink(struct reader *r, const yaml_node_t *n, const yaml_node_t *to,
		    struct sink_conf **s)
{
	const struct format *format;
	const char *target;

	if (!to || !text_of(to))
		return fail(r, n, "a sink needs to: SINK");
	if (!sink_kind_of(text_of(to), &target, &format))
		return fail(r, to, "no such sink; see secmon-ship --help");
	*s = conf_sink(r->conf, text_of(to));
	if (!*s)
		return fail(r, n, errno == E2BIG ? "too many sinks" : "no memory");
	if (asprintf(&(*s)->where, "%s:%zu", r->path, n->start_mark.line + 1) == -1)
		(*s)->where = NULL;
	return 0;
}

static int read_sink(struct reader *r, const yaml_node_t *n)
{
	struct sink_conf *s;

	if (n->type != YAML_MAPPING_NODE)
		return fail(r, n, "a sink is written as NAME: VALUE lines");
	if (new_sink(r, n, value_of(r, n, "to"), &s) == -1)
		return -1;
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top;
	     p++) {
		const yaml_node_t *key = yaml_document_get_node(&r->doc, p->key);
		const char *name = text_of(key);
		char why[512];

		if (!name)
			return fail(r, key, "the name of an option was due");
		if (strcmp(name, "to") == 0)
			continue;
		if (!conf_is_option(name)) {
			snprintf(why, sizeof(why), "sink option '%s' is not known", name);
			return fail(r, key, why);
		}
		if (set_all(r, s, name, yaml_document_get_node(&r->doc, p->value)) == -1)
			return -1;
	}
	return 0;
}

/* ---- the file */

static int read_sinks(struct reader *r, const yaml_node_t *n)
{
	if (n->type != YAML_SEQUENCE_NODE)
		return fail(r, n, "sinks: is a list");
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top;
	     i++)
		if (read_sink(r, yaml_document_get_node(&r->doc, *i)) == -1)
			return -1;
	return 0;
}

static int read_text(struct reader *r, const yaml_node_t *n, char **to)
{
	const char *value = text_of(n);

	if (!value || !*value)
		return fail(r, n, "a text was due");
	free(*to);
	*to = strdup(value);
	return *to ? 0 : fail(r, n, "no memory");
}

static int read_time(struct reader *r, const yaml_node_t *n, uint64_t *ms)
{
	const char *value = text_of(n);

	if (!value || parse_duration(value, 0, 86400000, ms) == -1)
		return fail(r, n, "a time was due (250ms, 5s, 2m ...)");
	return 0;
}

static int read_top(struct reader *r, const yaml_node_t *key, const yaml_node_t *n)
{
	const char *name = text_of(key) ? text_of(key) : "";
	char why[256];

	if (strcmp(name, "sinks") == 0)
		return read_sinks(r, n);
	if (strcmp(name, "metrics") == 0)
		return read_text(r, n, &r->conf->metrics);
	if (strcmp(name, "metrics-file") == 0)
		return read_text(r, n, &r->conf->metrics_file);
	if (strcmp(name, "grace") == 0)
		return read_time(r, n, &r->conf->grace_ms);
	if (strcmp(name, "heartbeat") == 0)
		return read_time(r, n, &r->conf->heartbeat_ms);
	if (strcmp(name, "loss-pause") == 0)
		return read_time(r, n, &r->conf->loss_ms);
	snprintf(why, sizeof(why),
		 "'%s' is not known; sinks, metrics, metrics-file, grace, "
		 "heartbeat, loss-pause are",
		 name);
	return fail(r, key, why);
}

static int read_document(struct reader *r)
{
	yaml_node_t *root = yaml_document_get_root_node(&r->doc);

	if (!root)
		return 0; /* an empty file */
	if (root->type != YAML_MAPPING_NODE)
		return fail(r, root, "NAME: VALUE lines were due");
	for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top;
	     p++)
		if (read_top(r, yaml_document_get_node(&r->doc, p->key),
			     yaml_document_get_node(&r->doc, p->value)) == -1)
			return -1;
	return 0;
}

int conf_read(struct conf *c, const char *path, char *err, size_t errlen)
{
	struct reader r = { .conf = c, .path = path, .err = err, .errlen = errlen };
	yaml_parser_t parser;
	FILE *fp = fopen(path, "re");
	int result;

	if (!fp) {
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
		return -1;
	}
	if (!yaml_parser_initialize(&parser)) {
		fclose(fp);
		errno = ENOMEM;
		return -1;
	}
	yaml_parser_set_input_file(&parser, fp);
	if (yaml_parser_load(&parser, &r.doc)) {
		result = read_document(&r);
		yaml_document_delete(&r.doc);
	} else {
		result = fail_at(&r, &parser.problem_mark,
				 parser.problem ? parser.problem : "this is no YAML");
	}
	yaml_parser_delete(&parser);
	fclose(fp);
	return result;
}
