// SPDX-License-Identifier: BSD-2-Clause
/* The "override:" map of an item. */
#include <string.h>

#include "cmd/secmon-match/decode.h"
#include "cmd/secmon-match/override.h"

static struct override_key *find(struct override_key *keys, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(keys[i].key, key))
			return &keys[i];
	return NULL;
}

static int read_pair(struct loader *l, const struct subject *s, const struct ypair *p,
		     struct override_key *keys, size_t n)
{
	const char *key = p->key->kind == YNODE_SCALAR ? p->key->text : "";
	struct override_key *k = find(keys, n, key);
	bool append;

	if (decode_scalar(l, s, key, p->value))
		return -1;
	append = !strcmp(p->value->text, "append");
	if (!append && strcmp(p->value->text, "replace"))
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s, p->value,
				 "Invalid override operation for key '%.100s': '%.100s'. Allowed "
				 "values are: append replace",
				 key, p->value->text);
	if (append && !(k && k->can_append))
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s, p->key,
				 "Key '%.100s' cannot be appended to, use 'replace' instead", key);
	if (!k)
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s, p->key,
				 "Key '%.100s' cannot be replaced", key);
	k->how = append ? OVERRIDE_APPEND : OVERRIDE_REPLACE;
	return 0;
}

/* what is overridden is there, and what is there is overridden */
static int check_keys(struct loader *l, const struct subject *s, const struct ynode *item,
		      const struct override_key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct ynode *v = ynode_get(item, keys[i].key);

		if (v && keys[i].how == OVERRIDE_NONE)
			return load_find(l, LOAD_ERR_YAML_VALIDATE, s, v,
					 "Unexpected key '%s': no corresponding entry under "
					 "'override' is defined.",
					 keys[i].key);
	}
	for (size_t i = 0; i < n; i++)
		if (keys[i].how != OVERRIDE_NONE && !ynode_get(item, keys[i].key))
			return load_find(
				l, LOAD_ERR_YAML_VALIDATE, s, NULL,
				"%s override for '%s' was specified but '%s' is not defined",
				keys[i].how == OVERRIDE_APPEND ? "An append" : "A replace",
				keys[i].key, keys[i].key);
	return 0;
}

int override_read(struct loader *l, const struct subject *s, const struct ynode *item,
		  struct override_key *keys, size_t n, bool *old_append)
{
	const struct ynode *map = ynode_get(item, "override");
	int found = 0;

	*old_append = false;
	if (decode_bool(l, s, item, "append", old_append) == -1)
		return -1;
	if (*old_append)
		load_find(l, LOAD_DEPRECATED_ITEM, s, ynode_get(item, "append"),
			  "'append' key is deprecated. Add an 'append' entry (e.g. 'condition: "
			  "append') under 'override' instead.");
	if (!map || map->kind != YNODE_MAP)
		return 0;
	for (uint32_t i = 0; i < map->n; i++, found++)
		if (read_pair(l, s, &map->pairs[i], keys, n))
			return -1;
	if (found && *old_append)
		return load_find(
			l, LOAD_ERR_YAML_VALIDATE, s, map,
			"Keys 'override' and 'append: true' cannot be used together. Add an "
			"'append' entry (e.g. 'condition: append') under 'override' instead.");
	if (found && check_keys(l, s, item, keys, n))
		return -1;
	return found;
}
