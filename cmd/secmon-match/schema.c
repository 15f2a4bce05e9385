// SPDX-License-Identifier: BSD-2-Clause
/* The shape of a rules file as a table. */
#include "cmd/secmon-match/schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/compat.h"

enum want {
	STRING,
	BOOL,
	NUMBER,
	STRINGS,
	PRIORITY,
	CHANGE,
	ANYTHING,
	ITEM,
	ITEMS,
	EXCEPTION,
	EXCEPTIONS,
	OVERRIDE,
	PLUGIN,
	PLUGINS
};

struct property {
	uint8_t of, want; /* enum want: an object's kind, and what stands under the name */
	bool required;
	const char *name;
};

static const struct property properties[] = {
	{ ITEM, STRING, false, "rule" },
	{ ITEM, STRING, false, "macro" },
	{ ITEM, STRING, false, "list" },
	{ ITEM, STRING, false, "condition" },
	{ ITEM, STRING, false, "output" },
	{ ITEM, STRING, false, "desc" },
	{ ITEM, STRING, false, "source" },
	{ ITEM, STRING, false, "required_engine_version" },
	{ ITEM, PRIORITY, false, "priority" },
	{ ITEM, BOOL, false, "append" },
	{ ITEM, BOOL, false, "enabled" },
	{ ITEM, BOOL, false, "capture" },
	{ ITEM, BOOL, false, "warn_evttypes" },
	{ ITEM, BOOL, false, "skip-if-unknown-filter" },
	{ ITEM, NUMBER, false, "capture_duration" },
	{ ITEM, STRINGS, false, "items" },
	{ ITEM, STRINGS, false, "tags" },
	{ ITEM, EXCEPTIONS, false, "exceptions" },
	{ ITEM, OVERRIDE, false, "override" },
	{ ITEM, PLUGINS, false, "required_plugin_versions" },
	{ EXCEPTION, STRING, true, "name" },
	{ EXCEPTION, ANYTHING, false, "fields" },
	{ EXCEPTION, ANYTHING, false, "comps" },
	{ EXCEPTION, ANYTHING, false, "values" },
	{ OVERRIDE, CHANGE, false, "items" },
	{ OVERRIDE, CHANGE, false, "condition" },
	{ OVERRIDE, CHANGE, false, "output" },
	{ OVERRIDE, CHANGE, false, "desc" },
	{ OVERRIDE, CHANGE, false, "tags" },
	{ OVERRIDE, CHANGE, false, "exceptions" },
	{ OVERRIDE, CHANGE, false, "priority" },
	{ OVERRIDE, CHANGE, false, "enabled" },
	{ OVERRIDE, CHANGE, false, "warn_evttypes" },
	{ OVERRIDE, CHANGE, false, "skip-if-unknown-filter" },
	{ OVERRIDE, CHANGE, false, "capture" },
	{ OVERRIDE, CHANGE, false, "capture_duration" },
	{ PLUGIN, STRING, true, "name" },
	{ PLUGIN, STRING, true, "version" },
	{ PLUGIN, PLUGINS, false, "alternatives" },
};

struct schema {
	char path[256];
	void (*warn)(void *arg, const char *text);
	void *arg;
};

static bool wrong(struct schema *s, const char *fmt, ...) printf_like(2, 3);
static bool wrong(struct schema *s, const char *fmt, ...)
{
	char text[600];
	va_list ap;
	int n = snprintf(text, sizeof(text), "failed for <root>%s: ", s->path);

	va_start(ap, fmt);
	vsnprintf(text + n, sizeof(text) - n, fmt, ap);
	va_end(ap);
	s->warn(s->arg, text);
	return false;
}

static bool bad_type(struct schema *s)
{
	return wrong(s, "Value type not permitted by 'type' constraint.");
}

static bool one_of(struct schema *s, const struct ynode *v, const char *const *words, size_t n)
{
	if (v->kind != YNODE_SCALAR)
		bad_type(s);
	for (size_t i = 0; i < n && v->kind == YNODE_SCALAR; i++)
		if (strcmp(v->text, words[i]) == 0)
			return true;
	return wrong(s, "Failed to match against any enum values.");
}

static bool is_number(const struct ynode *v)
{
	return v->len &&
	       strspn(v->text + (*v->text == '-'), "0123456789") == v->len - (*v->text == '-');
}

static bool fits(struct schema *s, const struct ynode *v, enum want want);

static bool sequence(struct schema *s, const struct ynode *v, enum want of)
{
	size_t end = strlen(s->path);
	bool all = true;

	if (v->kind != YNODE_SEQ)
		return bad_type(s);
	for (uint32_t i = 0; i < v->n; i++) {
		bool one;

		snprintf(s->path + end, sizeof(s->path) - end, "[%u]", i);
		one = fits(s, v->items[i], of);
		s->path[end] = '\0';
		if (!one)
			all = wrong(s, "Failed to validate item #%u in array.", i);
	}
	return all;
}

static const struct property *property(enum want of, const char *name)
{
	for (size_t i = 0; i < nitems(properties); i++)
		if (properties[i].of == of && strcmp(properties[i].name, name) == 0)
			return &properties[i];
	return NULL;
}

static bool object(struct schema *s, const struct ynode *v, enum want of)
{
	size_t end = strlen(s->path);

	if (v->kind != YNODE_MAP)
		return bad_type(s);
	for (uint32_t i = 0; i < v->n; i++) {
		const char *name = v->pairs[i].key->text ? v->pairs[i].key->text : "";
		const struct property *p = property(of, name);

		if (!p)
			return wrong(
				s,
				"Object contains a property that could not be validated using "
				"'properties' or 'additionalProperties' constraints: '%.100s'.",
				name);
		snprintf(s->path + end, sizeof(s->path) - end, "[%s]", name);
		if (!fits(s, v->pairs[i].value, p->want)) {
			s->path[end] = '\0';
			return wrong(s,
				     "Failed to validate against schema associated with property "
				     "name '%s'.",
				     name);
		}
		s->path[end] = '\0';
	}
	for (size_t i = 0; i < nitems(properties); i++)
		if (properties[i].of == of && properties[i].required &&
		    !ynode_get(v, properties[i].name))
			return wrong(s, "Missing required property '%s'.", properties[i].name);
	if (of == OVERRIDE && !v->n)
		return wrong(s, "Object should have no fewer than 1 properties.");
	return true;
}

static bool fits(struct schema *s, const struct ynode *v, enum want want)
{
	static const char *const changes[] = { "append", "replace" };
	static const char *const bools[] = { "true", "false" };
	static const char *const priorities[] = { "EMERGENCY", "ALERT",		"CRITICAL",
						  "ERROR",     "WARNING",	"NOTICE",
						  "INFO",      "INFORMATIONAL", "DEBUG" };

	switch (want) {
	case STRING:
		return v->kind == YNODE_SCALAR || bad_type(s);
	case BOOL:
		return (v->kind == YNODE_SCALAR &&
			(strcmp(v->text, bools[0]) == 0 || strcmp(v->text, bools[1]) == 0)) ||
		       bad_type(s);
	case NUMBER:
		return (v->kind == YNODE_SCALAR && is_number(v)) || bad_type(s);
	case PRIORITY:
		return one_of(s, v, priorities, nitems(priorities));
	case CHANGE:
		return one_of(s, v, changes, nitems(changes));
	case STRINGS:
		return sequence(s, v, STRING);
	case ITEMS:
		return sequence(s, v, ITEM);
	case EXCEPTIONS:
		return sequence(s, v, EXCEPTION);
	case PLUGINS:
		return sequence(s, v, PLUGIN);
	case ANYTHING:
		return true;
	default:
		return object(s, v, want);
	}
}

bool schema_check(const struct ynode *doc, void (*warn)(void *arg, const char *text), void *arg)
{
	struct schema s = { .path = "", .warn = warn, .arg = arg };

	return fits(&s, doc, ITEMS);
}
