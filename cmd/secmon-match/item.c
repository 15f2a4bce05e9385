// SPDX-License-Identifier: BSD-2-Clause
/* Items of a rules file: versions, lists, macros. Rules are in item_rule.c. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/secmon-match/decode.h"
#include "cmd/secmon-match/define.h"
#include "cmd/secmon-match/override.h"
#include "cmd/secmon-match/parse.h"
#include "common/compat.h"

/* "x.y.z", whatever follows */
static int version(const char *s, uint32_t v[3])
{
	return sscanf(s, "%u.%u.%u", &v[0], &v[1], &v[2]) == 3 && *s >= '0' && *s <= '9' ? 0 : -1;
}

static bool version_serves(const char *have, const uint32_t need[3])
{
	uint32_t v[3];

	if (version(have, v) || v[0] != need[0])
		return false;
	return v[1] > need[1] || (v[1] == need[1] && v[2] >= need[2]);
}

static int item_engine(struct loader *l, const struct ynode *item, struct subject *s)
{
	const struct ynode *v;
	uint32_t need[3], n, best[3];

	if (decode_need_text(l, s, item, "required_engine_version", &v))
		return -1;
	if (!decode_number(v->text, &n)) {
		need[0] = need[2] = 0;
		need[1] = n;
	} else if (version(v->text, need)) {
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s, v,
				 "Unable to parse engine version '%.64s' as a semver string. "
				 "Expected \"x.y.z\" semver format.",
				 v->text);
	}
	if (!version_serves(ENGINE_VERSION, need))
		return load_find(l, LOAD_ERR_VALIDATE, s, v,
				 "Rules require engine version %u.%u.%u, but engine version "
				 "is " ENGINE_VERSION,
				 need[0], need[1], need[2]);
	if (!l->engine_version || version(l->engine_version, best) || best[1] < need[1]) {
		char text[40];

		snprintf(text, sizeof(text), "%u.%u.%u", need[0], need[1], need[2]);
		l->engine_version = arena_str(l->arena, text);
		if (!l->engine_version)
			return load_no_memory(l);
	}
	return 0;
}

static bool plugin_met(const struct loader *l, const struct plugin_need *need)
{
	/* what Falco's plugin of that name does is built in */
	static const struct plugin own[] = { { "container", "0.7.1" }, { NULL, NULL } };
	const struct plugin *p = l->checker && l->checker->plugins ? l->checker->plugins : own;

	for (; p->name; p++)
		if (!strcmp(p->name, need->name))
			return version_serves(p->version, need->v);
	return false;
}

static int read_plugin(struct loader *l, const struct ynode *map, struct subject *s,
		       struct plugin_need *p)
{
	const struct ynode *name, *v;

	s->node = map;
	if (map->kind != YNODE_MAP)
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s, map,
				 "Item has no mapping for key 'name'");
	if (decode_need_text(l, s, map, "name", &name))
		return -1;
	s->name = name->text;
	if (decode_need_text(l, s, map, "version", &v))
		return -1;
	*p = (struct plugin_need){ .name = name->text, .version = v->text };
	if (version(v->text, p->v))
		return load_find(l, LOAD_ERR_VALIDATE, s, v,
				 "Invalid required version '%.64s' for plugin '%.64s'", v->text,
				 p->name);
	return 0;
}

static int note_plugin(struct loader *l, const struct plugin_need *p, bool met)
{
	struct plugin_need *copy = arena_new(l->arena, struct plugin_need), **v;
	char text[256];

	v = arena_grow(l->arena, l->plugins, l->nplugins, &l->plugins_room, sizeof(*v));
	if (!v || !copy)
		return load_no_memory(l);
	*copy = *p;
	l->plugins = v;
	l->plugins[l->nplugins++] = copy;
	if (met || l->unmet_plugin)
		return 0;
	snprintf(text, sizeof(text), "the rules require the plugin '%.80s' %.40s", p->name,
		 p->version);
	l->unmet_plugin = arena_str(l->arena, text);
	return l->unmet_plugin ? 0 : load_no_memory(l);
}

static int one_plugin(struct loader *l, const struct ynode *map, struct subject *s)
{
	const struct ynode *alts;
	struct plugin_need first, alt;
	struct names seen = { 0 };
	int rc = -1;
	bool met;

	if (read_plugin(l, map, s, &first))
		return -1;
	met = plugin_met(l, &first);
	alts = ynode_get(map, "alternatives");
	if (names_put(&seen, first.name, strlen(first.name), &first))
		return load_no_memory(l);
	if (alts && alts->kind != YNODE_NULL && alts->kind != YNODE_SEQ) {
		load_find(l, LOAD_ERR_YAML_VALIDATE, s, alts,
			  "Value of alternatives must be a sequence");
		goto out;
	}
	for (uint32_t i = 0; alts && i < alts->n; i++) {
		if (read_plugin(l, alts->items[i], s, &alt))
			goto out;
		if (names_get(&seen, alt.name, strlen(alt.name))) {
			load_find(l, LOAD_ERR_VALIDATE, s, alts->items[i],
				  "Defined multiple alternative version requirements for plugin "
				  "'%.64s'",
				  alt.name);
			goto out;
		}
		if (names_put(&seen, alt.name, strlen(alt.name), &alt)) {
			load_no_memory(l);
			goto out;
		}
		met |= plugin_met(l, &alt);
	}
	rc = note_plugin(l, &first, met);
out:
	names_clear(&seen);
	return rc;
}

static int item_plugins(struct loader *l, const struct ynode *item, struct subject *s)
{
	const struct ynode *seq = ynode_get(item, "required_plugin_versions");
	int rc = 0;

	if (seq->kind != YNODE_SEQ)
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s, seq->kind == YNODE_NULL ? NULL : seq,
				 "Value of required_plugin_versions must be a sequence");
	for (uint32_t i = 0; i < seq->n; i++) {
		struct subject entry = { .item = s->item, .name = "" };

		if (one_plugin(l, seq->items[i], &entry))
			rc = -1;
	}
	return rc;
}

static int item_list(struct loader *l, const struct ynode *item, struct subject *s)
{
	struct override_key keys[] = { { "items", true } };
	const struct ynode *name;
	struct nodes items;
	bool append;
	int n;

	if (decode_need_text(l, s, item, "list", &name))
		return -1;
	s->name = name->text;
	if (!parse_is_bare(name->text, name->len))
		load_find(l, LOAD_INVALID_LIST_NAME, s, name,
			  "List has an invalid name. List names should match a regular expression: "
			  "([^()\"'[:space:]=,]+)");
	n = override_read(l, s, item, keys, nitems(keys), &append);
	if (n == -1)
		return -1;
	switch (decode_items(l, s, item, "items", &items)) {
	case -1:
		return -1;
	case 0:
		return decode_missing(l, s, "items");
	}
	if (append || keys[0].how == OVERRIDE_APPEND)
		return define_list_append(l, s, item, name, &items);
	return define_list(l, s, item, name, &items);
}

static int item_macro(struct loader *l, const struct ynode *item, struct subject *s)
{
	struct override_key keys[] = { { "condition", true } };
	const struct ynode *name, *cond;
	bool append;
	int n;

	if (decode_need_text(l, s, item, "macro", &name))
		return -1;
	s->name = name->text;
	if (!parse_is_identifier(name->text, name->len))
		load_find(l, LOAD_INVALID_MACRO_NAME, s, name,
			  "Macro has an invalid name. Macro names should match a regular "
			  "expression: ([a-zA-Z]+[a-zA-Z0-9_]*)");
	n = override_read(l, s, item, keys, nitems(keys), &append);
	if (n == -1 || decode_need_text(l, s, item, "condition", &cond))
		return -1;
	if (append || keys[0].how == OVERRIDE_APPEND)
		return define_macro_append(l, s, item, name, cond);
	return define_macro(l, s, item, name, cond);
}

static const char *const engine_keys[] = { "required_engine_version", NULL };
static const char *const plugin_keys[] = { "required_plugin_versions", NULL };
static const char *const list_keys[] = { "list", "items", "append", "override", NULL };
static const char *const macro_keys[] = { "macro", "condition", "append", "override", NULL };
static const char *const rule_keys[] = { "rule",
					 "condition",
					 "output",
					 "desc",
					 "priority",
					 "source",
					 "enabled",
					 "warn_evttypes",
					 "skip-if-unknown-filter",
					 "tags",
					 "exceptions",
					 "capture",
					 "capture_duration",
					 "append",
					 "override",
					 "examples",
					 "rate-limit",
					 NULL };

/* In the order in which they are looked for: an item may hold the keys of two kinds. */
static const struct {
	const char *const *keys; /* the first says the kind */
	int (*read)(struct loader *l, const struct ynode *item, struct subject *s);
} kinds[] = {
	{ engine_keys, item_engine }, { plugin_keys, item_plugins }, { list_keys, item_list },
	{ macro_keys, item_macro },   { rule_keys, item_rule },
};

int item_read(struct loader *l, const struct ynode *item)
{
	struct subject s = { .item = "rules content item", .name = "", .node = item };

	if (item->kind == YNODE_NULL)
		return 0;
	if (item->kind != YNODE_MAP)
		return load_find_hint(l, LOAD_ERR_YAML_VALIDATE, &s, item,
				      "write \"- rule: NAME\", \"- macro: NAME\" or \"- list: "
				      "NAME\"",
				      "Unexpected element type. Each element should be a yaml "
				      "associative array.");
	for (size_t i = 0; i < nitems(kinds); i++) {
		if (!ynode_get(item, kinds[i].keys[0]))
			continue;
		s.item = kinds[i].keys[0];
		switch (kinds[i].read(l, item, &s)) {
		case -1:
			define_broken(l, &s);
			return -1;
		case 0:
			decode_keys(l, &s, item, kinds[i].keys);
		}
		return 0;
	}
	load_find(l, LOAD_UNKNOWN_ITEM, &s, item, "Unknown top level item");
	return 0;
}
