// SPDX-License-Identifier: BSD-2-Clause
/* Items of a rules file: rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cmd/secmon-match/decode.h"
#include "cmd/secmon-match/define.h"
#include "cmd/secmon-match/exception.h"
#include "cmd/secmon-match/limit.h"
#include "cmd/secmon-match/override.h"
#include "common/compat.h"
#include "common/parse.h"

static const char *const priorities[] = { "Emergency", "Alert",	 "Critical",	  "Error",
					  "Warning",   "Notice", "Informational", "Debug" };
static_assert(nitems(priorities) == PRIORITY_END, "one name for each");

const char *priority_name(enum priority p)
{
	return priorities[p];
}

int priority_parse(const char *s)
{
	if (!strcasecmp(s, "info"))
		return PRIORITY_INFORMATIONAL;
	for (int i = 0; i < PRIORITY_END; i++)
		if (!strcasecmp(s, priorities[i]))
			return i;
	return -1;
}

static int read_priority(struct loader *l, const struct subject *s, const struct ynode *item,
			 enum priority *out)
{
	const struct ynode *v;
	int p;

	if (decode_need_text(l, s, item, "priority", &v))
		return -1;
	p = priority_parse(v->text);
	if (p >= 0) {
		*out = p;
		return 0;
	}
	return load_find_hint(l, LOAD_ERR_YAML_VALIDATE, s, v,
			      "one of EMERGENCY ALERT CRITICAL ERROR WARNING NOTICE INFO DEBUG",
			      "Invalid priority");
}

/* our own key: "rate-limit: N/DURATION", at most N alerts in that time */
static int read_rate(struct loader *l, const struct subject *s, const struct ynode *item,
		     struct ruledef *r)
{
	const struct ynode *v;
	int rc = decode_text(l, s, item, "rate-limit", &v);
	struct limit limit;

	if (rc != 1)
		return rc;
	r->rate_count = r->rate_ms = 0;
	if (limit_parse(&limit, v->text))
		return load_find_hint(l, LOAD_ERR_YAML_VALIDATE, s, v,
				      "write NUMBER/DURATION, for instance 10/1m",
				      "Invalid rate limit");
	r->rate_count = limit.count;
	r->rate_ms = limit.per_ns / NS_PER_MS;
	return 1;
}

/* the keys that may also be given by an override: whatever is there is set */
static int read_optional(struct loader *l, const struct subject *s, const struct ynode *item,
			 struct ruledef *r)
{
	const struct ynode *examples = ynode_get(item, "examples");

	if (decode_bool(l, s, item, "enabled", &r->enabled) == -1 ||
	    decode_bool(l, s, item, "warn_evttypes", &r->warn_evttypes) == -1 ||
	    decode_bool(l, s, item, "skip-if-unknown-filter", &r->skip_unknown) == -1 ||
	    decode_bool(l, s, item, "capture", &r->capture) == -1 ||
	    decode_uint(l, s, item, "capture_duration", &r->capture_duration) == -1 ||
	    read_rate(l, s, item, r) == -1)
		return -1;
	if (examples)
		r->examples = examples;
	if (examples && examples->kind != YNODE_MAP)
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s, examples,
				 "examples must be a map of match and pass");
	return 0;
}

static int set_text(struct loader *l, struct nodes *v, const struct ynode *node)
{
	memset(v, 0, sizeof(*v));
	return nodes_add(l->arena, v, node) ? load_no_memory(l) : 0;
}

static int read_text(struct loader *l, const struct subject *s, const struct ynode *item,
		     const char *key, struct nodes *v)
{
	const struct ynode *node;

	return decode_need_text(l, s, item, key, &node) || set_text(l, v, node) ? -1 : 0;
}

/* Falco knows the sources of its plugins; without any there is one */
static void check_source(struct loader *l, const struct subject *s, struct ruledef *r,
			 const struct ynode *node)
{
	r->unknown_source = strcmp(r->source, "syscall");
	if (r->unknown_source)
		load_find(l, LOAD_UNKNOWN_SOURCE, s, node, "Unknown source %.100s, skipping",
			  r->source);
}

static void set_exceptions(struct ruledef *r, const struct exceptions *ex)
{
	r->exceptions = ex->v;
	r->nexceptions = ex->n;
	r->exceptions_room = ex->room;
}

static int rule_define(struct loader *l, const struct ynode *item, const struct ynode *name,
		       const struct subject *s)
{
	struct ruledef r = {
		.name = name->text,
		.len = name->len,
		.item = item,
		.source = "syscall",
		.enabled = true,
		.warn_evttypes = true,
	};
	struct exceptions ex = { 0 };
	const struct ruledef *prev;
	const struct ynode *source;
	int rc = 0;

	/* what is right of a wrong rule is kept: its condition may have mistakes of its own */
	rc |= read_text(l, s, item, "condition", &r.cond);
	rc |= read_text(l, s, item, "output", &r.output);
	rc |= read_text(l, s, item, "desc", &r.desc);
	rc |= read_priority(l, s, item, &r.priority);
	rc |= decode_text(l, s, item, "source", &source) == -1 ? -1 : 0;
	rc |= read_optional(l, s, item, &r);
	rc |= decode_items(l, s, item, "tags", &r.tags) == -1 ? -1 : 0;
	if (source)
		r.source = source->text;
	prev = define_find_rule(l, r.name, r.len);
	/* another source than before is refused below, known or not */
	if (!prev || !strcmp(prev->source, r.source))
		check_source(l, s, &r, source);
	if (exceptions_read(l, s, item, false, &ex) == -1 ||
	    (!r.unknown_source && exceptions_check(l, &ex)))
		rc = -1;
	else
		set_exceptions(&r, &ex);
	return define_rule(l, s, &r) || rc ? -1 : 0;
}

static int rule_enable(struct loader *l, const struct ynode *item, const struct ynode *name,
		       const struct subject *s)
{
	struct ruledef *r;
	bool enabled;

	switch (decode_bool(l, s, item, "enabled", &enabled)) {
	case -1:
		return -1;
	case 0:
		return load_find_hint(l, LOAD_ERR_YAML_VALIDATE, s, NULL,
				      "a rule needs condition, output, desc and priority",
				      "Item has no mapping for key 'enabled'");
	}
	load_find(l, LOAD_DEPRECATED_ITEM, s, ynode_get(item, "enabled"),
		  "The standalone 'enabled' key usage is deprecated. The correct approach requires "
		  "also a 'replace' entry under the 'override' key (i.e. 'enabled: replace').");
	r = define_find_rule(l, name->text, name->len);
	if (!r && define_is_broken(l, "rule", name->text, name->len))
		return -1;
	if (!r)
		return load_find(l, LOAD_ERR_VALIDATE, s, name,
				 "Rule has 'enabled' key but no rule by that name already exists");
	define_touch(l);
	r->enabled = enabled;
	/* whatever else the item holds is nobody's concern */
	return 1;
}

static struct ruledef *find_base(struct loader *l, const struct subject *s,
				 const struct ynode *name, const char *missing)
{
	struct ruledef *r = define_find_rule(l, name->text, name->len);

	if (!r && !define_is_broken(l, "rule", name->text, name->len))
		load_find(l, LOAD_ERR_VALIDATE, s, name, "%s", missing);
	return r;
}

#define NO_RULE_TO_APPEND                                                                          \
	"Rule uses 'append' or 'override.<key>: append' but no rule by that name already exists"

static int check_other_source(struct loader *l, const struct subject *s, const struct ynode *item,
			      const struct ruledef *r)
{
	const struct ynode *source = ynode_get(item, "source");

	if (!source || source->kind == YNODE_NULL || (source->kind == YNODE_SCALAR && !source->len))
		return 0;
	if (decode_scalar(l, s, "source", source))
		return -1;
	return strcmp(source->text, r->source)
		       ? load_find(l, LOAD_ERR_VALIDATE, s, source,
				   "Rule has been re-defined with a different source")
		       : 0;
}

/* "append: true": condition and exceptions, nothing else */
static int rule_append(struct loader *l, const struct ynode *item, const struct ynode *name,
		       const struct subject *s)
{
	struct exceptions ex = { 0 };
	const struct ynode *cond;
	struct ruledef *r;
	int has_cond = decode_text(l, s, item, "condition", &cond), has_ex;

	has_ex = has_cond == -1 ? -1 : exceptions_read(l, s, item, true, &ex);
	if (has_ex == -1)
		return -1;
	r = find_base(l, s, name, NO_RULE_TO_APPEND);
	if (!r)
		return -1;
	if (!has_cond && !ex.n)
		return load_find(l, LOAD_ERR_VALIDATE, s, NULL,
				 "Appended rule must have exceptions or condition property");
	if (check_other_source(l, s, item, r))
		return -1;
	r->visibility = define_touch(l);
	if (has_cond && nodes_add(l->arena, &r->cond, cond))
		return load_no_memory(l);
	return exceptions_append(l, r, &ex);
}

/* The keys of a rule that "override:" may name. */
enum {
	KEY_CONDITION,
	KEY_OUTPUT,
	KEY_DESC,
	KEY_TAGS,
	KEY_EXCEPTIONS,
	KEY_PRIORITY,
	KEY_ENABLED,
	KEY_WARN,
	KEY_SKIP,
	KEY_CAPTURE,
	KEY_DURATION,
	KEY_EXAMPLES,
	KEY_RATE,
	KEY_END
};

static int override_text(struct loader *l, const struct subject *s, const struct ynode *item,
			 const struct override_key *k, struct nodes *v)
{
	const struct ynode *node;

	if (k->how == OVERRIDE_NONE)
		return 0;
	if (decode_need_text(l, s, item, k->key, &node))
		return -1;
	if (k->how == OVERRIDE_REPLACE)
		return set_text(l, v, node);
	return nodes_add(l->arena, v, node) ? load_no_memory(l) : 0;
}

static int override_tags(struct loader *l, const struct subject *s, const struct ynode *item,
			 const struct override_key *k, struct ruledef *r)
{
	struct nodes tags;

	if (k->how == OVERRIDE_NONE)
		return 0;
	if (decode_items(l, s, item, "tags", &tags) == -1)
		return -1;
	if (k->how == OVERRIDE_REPLACE) {
		r->tags = tags;
		return 0;
	}
	for (uint32_t i = 0; i < tags.n; i++)
		if (nodes_add(l->arena, &r->tags, tags.v[i]))
			return load_no_memory(l);
	return 0;
}

static int override_exceptions(struct loader *l, const struct subject *s, const struct ynode *item,
			       const struct override_key *k, struct ruledef *r)
{
	struct exceptions ex = { 0 };

	if (k->how == OVERRIDE_NONE)
		return 0;
	if (exceptions_read(l, s, item, k->how == OVERRIDE_APPEND, &ex) == -1)
		return -1;
	if (k->how == OVERRIDE_APPEND)
		return exceptions_append(l, r, &ex);
	if (!r->unknown_source && exceptions_check(l, &ex))
		return -1;
	set_exceptions(r, &ex);
	return 0;
}

/* on a copy: an override with a mistake in it changes nothing */
static int rule_override(struct loader *l, const struct ynode *item, const struct ynode *name,
			 const struct subject *s, const struct override_key *k)
{
	bool appends = false;
	struct ruledef *r, copy;

	for (int i = 0; i < KEY_END; i++)
		appends |= k[i].how == OVERRIDE_APPEND;
	r = find_base(l, s, name,
		      appends ? NO_RULE_TO_APPEND
			      : "An 'override.<key>: replace' to a rule was "
				"requested but no rule by that name already exists");
	if (!r || check_other_source(l, s, item, r))
		return -1;
	copy = *r;
	if (override_text(l, s, item, &k[KEY_CONDITION], &copy.cond) ||
	    override_text(l, s, item, &k[KEY_OUTPUT], &copy.output) ||
	    override_text(l, s, item, &k[KEY_DESC], &copy.desc) ||
	    override_tags(l, s, item, &k[KEY_TAGS], &copy) ||
	    override_exceptions(l, s, item, &k[KEY_EXCEPTIONS], &copy) ||
	    (k[KEY_PRIORITY].how && read_priority(l, s, item, &copy.priority)) ||
	    read_optional(l, s, item, &copy))
		return -1;
	*r = copy;
	r->visibility = define_touch(l);
	return 0;
}

int item_rule(struct loader *l, const struct ynode *item, struct subject *s)
{
	struct override_key keys[KEY_END] = {
		[KEY_CONDITION] = { "condition", true },
		[KEY_OUTPUT] = { "output", true },
		[KEY_DESC] = { "desc", true },
		[KEY_TAGS] = { "tags", true },
		[KEY_EXCEPTIONS] = { "exceptions", true },
		[KEY_PRIORITY] = { "priority", false },
		[KEY_ENABLED] = { "enabled", false },
		[KEY_WARN] = { "warn_evttypes", false },
		[KEY_SKIP] = { "skip-if-unknown-filter", false },
		[KEY_CAPTURE] = { "capture", false },
		[KEY_DURATION] = { "capture_duration", false },
		[KEY_EXAMPLES] = { "examples", false },
		[KEY_RATE] = { "rate-limit", false },
	};
	const struct ynode *name;
	bool append;
	int n;

	if (decode_need_text(l, s, item, "rule", &name))
		return -1;
	s->name = name->text;
	n = override_read(l, s, item, keys, KEY_END, &append);
	if (n == -1)
		return -1;
	if (n)
		return rule_override(l, item, name, s, keys);
	if (append)
		return rule_append(l, item, name, s);
	if (!ynode_get(item, "condition") && !ynode_get(item, "output") &&
	    !ynode_get(item, "desc") && !ynode_get(item, "priority"))
		return rule_enable(l, item, name, s);
	return rule_define(l, item, name, s);
}
