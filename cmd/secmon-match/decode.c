// SPDX-License-Identifier: BSD-2-Clause
/* Values of the keys of an item. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/decode.h"
#include "common/compat.h"
#include "common/suggest.h"

int decode_missing(struct loader *l, const struct subject *s, const char *key)
{
	return load_find(l, LOAD_ERR_YAML_VALIDATE, s, NULL, "Item has no mapping for key '%s'",
			 key);
}

int decode_scalar(struct loader *l, const struct subject *s, const char *key, const struct ynode *v)
{
	if (v->kind == YNODE_NULL)
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s, NULL,
				 "Mapping for key '%s' is empty", key);
	if (v->kind != YNODE_SCALAR)
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s, v, "Value is not a scalar value");
	if (!v->len)
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s, v, "Value must be non-empty");
	return 0;
}

int decode_text(struct loader *l, const struct subject *s, const struct ynode *map, const char *key,
		const struct ynode **out)
{
	const struct ynode *v = ynode_get(map, key);

	*out = NULL;
	if (!v)
		return 0;
	if (decode_scalar(l, s, key, v))
		return -1;
	*out = v;
	return 1;
}

int decode_need_text(struct loader *l, const struct subject *s, const struct ynode *map,
		     const char *key, const struct ynode **out)
{
	int rc = decode_text(l, s, map, key, out);

	if (!rc)
		return decode_missing(l, s, key);
	return rc == 1 ? 0 : -1;
}

/* yes, Yes, YES and nothing between */
static bool is_word(const char *s, const char *word)
{
	size_t n = strlen(word);
	bool lower = true, upper = true, capital = true;

	if (strlen(s) != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		lower &= s[i] == word[i];
		upper &= s[i] == word[i] - 32;
		capital &= s[i] == (i ? word[i] : word[i] - 32);
	}
	return lower || upper || capital;
}

static int bool_of(const char *s)
{
	static const char *const words[] = { "no", "yes", "off", "on", "false", "true", "n", "y" };

	for (size_t i = 0; i < nitems(words); i++)
		if (is_word(s, words[i]))
			return i % 2;
	return -1;
}

static int undecodable(struct loader *l, const struct subject *s, const struct ynode *v,
		       const char *want)
{
	return load_find_hint(l, LOAD_ERR_YAML_VALIDATE, s, v, want,
			      "Can't decode YAML scalar value");
}

int decode_bool(struct loader *l, const struct subject *s, const struct ynode *map, const char *key,
		bool *out)
{
	const struct ynode *v;
	int rc = decode_text(l, s, map, key, &v), b;

	if (rc != 1)
		return rc;
	b = bool_of(v->text);
	if (b < 0)
		return undecodable(l, s, v, "this key is true or false");
	*out = b;
	return 1;
}

int decode_number(const char *text, uint32_t *out)
{
	unsigned long long n;
	char *end;

	if ((*text < '0' || *text > '9') && *text != '+')
		return -1;
	errno = 0;
	n = strtoull(text, &end, 0);
	if (errno || *end || end == text || n > UINT32_MAX)
		return -1;
	*out = n;
	return 0;
}

int decode_uint(struct loader *l, const struct subject *s, const struct ynode *map, const char *key,
		uint32_t *out)
{
	const struct ynode *v;
	int rc = decode_text(l, s, map, key, &v);

	if (rc != 1)
		return rc;
	if (decode_number(v->text, out))
		return undecodable(l, s, v, "this key is a whole number, not negative");
	return 1;
}

int decode_items(struct loader *l, const struct subject *s, const struct ynode *map,
		 const char *key, struct nodes *out)
{
	const struct ynode *seq = ynode_get(map, key);

	memset(out, 0, sizeof(*out));
	if (!seq)
		return 0;
	if (seq->kind != YNODE_SEQ)
		return load_find(l, LOAD_ERR_YAML_VALIDATE, s, seq, "Value is not a sequence");
	for (uint32_t i = 0; i < seq->n; i++)
		if (seq->items[i]->kind != YNODE_SCALAR)
			return load_find(l, LOAD_ERR_YAML_VALIDATE, s, seq->items[i],
					 "sequence value is not scalar");
	/* shared with the file; nodes_add moves it away before it grows */
	out->v = seq->items;
	out->n = out->room = seq->n;
	return 1;
}

void decode_keys(struct loader *l, const struct subject *s, const struct ynode *map,
		 const char *const *known)
{
	for (uint32_t i = 0; i < map->n; i++) {
		const struct ynode *k = map->pairs[i].key;
		const char *text = k->kind == YNODE_SCALAR ? k->text : "";
		size_t len = k->kind == YNODE_SCALAR ? k->len : 0;
		struct suggest near;
		char hint[64] = "";
		size_t j = 0;

		suggest_init(&near, text, len);
		while (known[j] && strcmp(known[j], text))
			suggest_try(&near, known[j], strlen(known[j])), j++;
		if (known[j])
			continue;
		suggest_answer(&near, "", hint, sizeof(hint));
		load_find_hint(l, LOAD_UNKNOWN_KEY, s, k, hint,
			       "Unknown key '%.100s'. The key will be ignored.", text);
	}
}
