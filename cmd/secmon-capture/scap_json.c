// SPDX-License-Identifier: BSD-2-Clause
/* A reader of JSON that steps over values and looks into those that it wants. */
#include "cmd/secmon-capture/scap_json.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/compat.h"

enum { DEPTH = 16, TEXT = 4096 };

struct json {
	const char *p, *end;
};

static void blanks(struct json *j)
{
	while (j->p < j->end && isspace((unsigned char)*j->p))
		j->p++;
}

static bool take(struct json *j, char c)
{
	blanks(j);
	if (j->p == j->end || *j->p != c)
		return false;
	j->p++;
	return true;
}

/* A string, still with its escapes. */
static bool string(struct json *j, struct scap_slice *s)
{
	if (!take(j, '"'))
		return false;
	s->s = j->p;
	while (j->p < j->end && *j->p != '"')
		j->p += *j->p == '\\' && j->p + 1 < j->end ? 2 : 1;
	if (j->p >= j->end)
		return false;
	s->len = (size_t)(j->p++ - s->s);
	return true;
}

/* Any value, with what it contains. */
static bool skip(struct json *j, int depth)
{
	struct scap_slice s;
	char close;

	blanks(j);
	if (j->p == j->end || !depth)
		return false;
	if (*j->p == '"')
		return string(j, &s);
	if (*j->p != '{' && *j->p != '[') {
		const char *start = j->p;

		while (j->p < j->end && (isalnum((unsigned char)*j->p) || strchr("+-.", *j->p)))
			j->p++;
		return j->p > start;
	}
	close = *j->p++ == '{' ? '}' : ']';
	if (take(j, close))
		return true;
	do {
		if (close == '}' && (!string(j, &s) || !take(j, ':')))
			return false;
		if (!skip(j, depth - 1))
			return false;
	} while (take(j, ','));
	return take(j, close);
}

/* The next member of an object (begun: after its brace). False at its end. */
static bool member(struct json *j, struct scap_slice *key, struct scap_slice *value)
{
	take(j, ',');
	if (!string(j, key) || !take(j, ':'))
		return false;
	blanks(j);
	value->s = j->p;
	if (!skip(j, DEPTH))
		return false;
	value->len = (size_t)(j->p - value->s);
	return true;
}

static bool is(const struct scap_slice *s, const char *word)
{
	return s->len == strlen(word) && !memcmp(s->s, word, s->len);
}

/* The value of a member of an object. */
static bool look(const struct scap_slice *object, const char *name, struct scap_slice *value)
{
	struct json j = { object->s, object->s + object->len };
	struct scap_slice key;

	if (!take(&j, '{'))
		return false;
	while (member(&j, &key, value))
		if (is(&key, name))
			return true;
	return false;
}

static size_t put_utf8(char *b, unsigned long c)
{
	if (c < 0x80) {
		b[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		b[0] = (char)(0xc0 | c >> 6);
		b[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	b[0] = (char)(0xe0 | c >> 12);
	b[1] = (char)(0x80 | (c >> 6 & 0x3f));
	b[2] = (char)(0x80 | (c & 0x3f));
	return 3;
}

/* The text of a string value into b of TEXT bytes; of other values as they are. */
static size_t text(const struct scap_slice *v, char *b)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *p = v->s, *end = p + v->len, *c;
	size_t n = 0;

	if (v->len < 2 || *p != '"') {
		n = v->len < TEXT ? v->len : TEXT;
		memcpy(b, v->s, n);
		return n;
	}
	for (p++, end--; p < end && n < TEXT - 4; p++) {
		if (*p != '\\' || p + 1 >= end) {
			b[n++] = *p;
		} else if (*++p == 'u' && end - p > 4) {
			char hex[5] = { p[1], p[2], p[3], p[4] };

			n += put_utf8(b + n, strtoul(hex, NULL, 16));
			p += 4;
		} else {
			c = strchr(from, *p);
			b[n++] = c ? to[c - from] : *p;
		}
	}
	return n;
}

bool json_container(const char *s, size_t len, struct json_container *c)
{
	struct scap_slice all = { s, len }, id;

	if (!look(&all, "container", &c->body) || !look(&c->body, "id", &id) || id.len < 3)
		return false;
	c->id = (struct scap_slice){ id.s + 1, id.len - 2 };
	return id.s[0] == '"';
}

static void put(const struct scap_slice *object, const char *name, unsigned int field,
		struct wire *w)
{
	struct scap_slice v;
	char b[TEXT];

	if (look(object, name, &v) && v.len && *v.s == '"')
		wire_text(w, field, b, text(&v, b));
}

static void put_bool(const struct scap_slice *object, const char *name, unsigned int field,
		     struct wire *w)
{
	struct scap_slice v;

	if (look(object, name, &v) && (is(&v, "true") || is(&v, "false")))
		wire_bool(w, field, *v.s == 't');
}

/* The next item of an array (begun: after its bracket). False at its end. */
static bool item(struct json *j, struct scap_slice *v)
{
	take(j, ',');
	blanks(j);
	v->s = j->p;
	if (j->p == j->end || *j->p == ']' || !skip(j, DEPTH))
		return false;
	v->len = (size_t)(j->p - v->s);
	return true;
}

static void put_mounts(const struct scap_slice *object, struct wire *w)
{
	static const char *const parts[] = { "Source", "Destination", "Mode", "RW", "Propagation" };
	struct scap_slice mounts, m, v;
	char b[5 * (TEXT + 1)];
	struct json j;
	size_t n = 0;

	if (!look(object, "Mounts", &mounts))
		return;
	j = (struct json){ mounts.s, mounts.s + mounts.len };
	if (!take(&j, '['))
		return;
	for (struct json k = j; item(&k, &m);)
		n++;
	wire_array(w, F_CONTAINER_MOUNTS, n);
	while (item(&j, &m)) {
		size_t len = 0;

		for (size_t i = 0; i < nitems(parts); i++) {
			if (i)
				b[len++] = ':';
			if (look(&m, parts[i], &v))
				len += text(&v, b + len);
		}
		wire_item_text(w, b, len);
	}
}

struct label {
	struct scap_slice key, value;
};

static int by_key(const void *a, const void *b)
{
	const struct label *l = a, *r = b;
	size_t n = l->key.len < r->key.len ? l->key.len : r->key.len;
	int d = memcmp(l->key.s, r->key.s, n);

	return d ? d : (l->key.len > r->key.len) - (l->key.len < r->key.len);
}

static bool begins(const struct scap_slice *s, const char *word)
{
	return s->len >= strlen(word) && !memcmp(s->s, word, strlen(word));
}

/* "key:value, key:value", by key; what Kubernetes needs for itself is left out. */
static void put_labels(const struct scap_slice *labels, unsigned int field, struct wire *w)
{
	struct label l[256];
	struct json j = { labels->s, labels->s + labels->len };
	char b[16384], t[TEXT];
	size_t n = 0, len = 0;

	if (!take(&j, '{'))
		return;
	while (n < nitems(l) && member(&j, &l[n].key, &l[n].value))
		n += !begins(&l[n].key, "annotation.") && !begins(&l[n].key, "io.kubernetes.");
	qsort(l, n, sizeof(*l), by_key);
	for (size_t i = 0; i < n; i++) {
		size_t v = text(&l[i].value, t);

		if (len + l[i].key.len + v + 3 > sizeof(b))
			break;
		len += (size_t)sprintf(b + len, "%s%.*s:", i ? ", " : "", (int)l[i].key.len,
				       l[i].key.s);
		memcpy(b + len, t, v);
		len += v;
	}
	if (len)
		wire_text(w, field, b, len);
}

void json_container_write(const struct json_container *c, struct wire *w)
{
	static const struct {
		const char *name;
		uint16_t field;
	} texts[] = {
		{ "full_id", F_CONTAINER_FULL_ID }, { "name", F_CONTAINER_NAME },
		{ "image", F_CONTAINER_IMAGE }, { "imageid", F_CONTAINER_IMAGE_ID },
		{ "imagerepo", F_CONTAINER_IMAGE_REPOSITORY },
		{ "imagetag", F_CONTAINER_IMAGE_TAG },
		{ "imagedigest", F_CONTAINER_IMAGE_DIGEST }, { "type", F_CONTAINER_TYPE },
		{ "ip", F_CONTAINER_IP }, { "cni_json", F_CONTAINER_CNI_JSON },
		{ "pod_sandbox_id", F_K8S_POD_FULL_SANDBOX_ID },
	}, pod[] = {
		{ "io.kubernetes.pod.name", F_K8S_POD_NAME },
		{ "io.kubernetes.pod.namespace", F_K8S_NS_NAME },
		{ "io.kubernetes.pod.uid", F_K8S_POD_UID },
		{ "io.kubernetes.pod.uid", F_K8S_POD_ID },
	};
	struct scap_slice labels;

	for (size_t i = 0; i < nitems(texts); i++)
		put(&c->body, texts[i].name, texts[i].field, w);
	put_bool(&c->body, "privileged", F_CONTAINER_PRIVILEGED, w);
	put_bool(&c->body, "host_pid", F_CONTAINER_HOST_PID, w);
	put_bool(&c->body, "host_network", F_CONTAINER_HOST_NETWORK, w);
	put_bool(&c->body, "host_ipc", F_CONTAINER_HOST_IPC, w);
	put_mounts(&c->body, w);
	if (look(&c->body, "labels", &labels)) {
		put_labels(&labels, F_CONTAINER_LABELS, w);
		for (size_t i = 0; i < nitems(pod); i++)
			put(&labels, pod[i].name, pod[i].field, w);
	}
	if (look(&c->body, "pod_sandbox_labels", &labels))
		put_labels(&labels, F_K8S_POD_LABELS, w);
}
