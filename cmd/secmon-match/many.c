// SPDX-License-Identifier: BSD-2-Clause
/*
 * Many texts looked for in one pass. All of them in one trie, whose steps are a
 * table: state and byte give the next state. To find them anywhere the trie
 * is made an automaton (Aho and Corasick), which never looks at a byte twice.
 */
#include "cmd/secmon-match/many.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-match/strset.h"
#include "common/compat.h"

/*
 * Bytes that no text has are all the same, class 0; each other has a class of its own.
 * Pairs of classes stand in a map of bits, so there are few enough, or they share.
 */
enum { BYTES_MAX = 16 * 1024, PAIR_CLASSES = 64 };

struct text {
	const char *s;
	size_t len;
};

struct state {
	uint32_t text; /* that ends here, + 1 */
	uint32_t fail; /* the longest end of this state that is a state too */
	uint32_t hit;  /* this one or the nearest such end at which a text ends; 0: none */
};

struct many {
	enum many_where where;
	struct strset *numbers;
	struct text *texts;
	size_t ntexts, room, bytes;
	uint16_t class[256];
	uint32_t nclasses;
	uint32_t *next; /* of state * nclasses + class; 0: the root, or none */
	struct state *states;
	uint32_t nstates;
	uint64_t pairs[PAIR_CLASSES]; /* classes with which a text begins */
};

struct many *many_new(enum many_where where)
{
	struct many *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->where = where;
	m->numbers = strset_new();
	if (m->numbers)
		return m;
	free(m);
	return NULL;
}

void many_free(struct many *m)
{
	if (!m)
		return;
	strset_free(m->numbers);
	free(m->texts);
	free(m->next);
	free(m->states);
	free(m);
}

size_t many_count(const struct many *m)
{
	return m->ntexts;
}

long many_add(struct many *m, const char *s, size_t len)
{
	long n = strset_find(m->numbers, s, len, strset_hash(s, len));
	struct text *grown;

	if (n >= 0)
		return n;
	if (len > BYTES_MAX - m->bytes) {
		errno = E2BIG;
		return -1;
	}
	if (m->ntexts == m->room) {
		grown = reallocarray(m->texts, m->room * 2 + 8, sizeof(*grown));
		if (!grown)
			return -1;
		m->texts = grown;
		m->room = m->room * 2 + 8;
	}
	n = strset_add(m->numbers, s, len);
	if (n < 0)
		return -1;
	m->texts[m->ntexts++] = (struct text){ s, len };
	m->bytes += len;
	return n;
}

static void classify(struct many *m)
{
	m->nclasses = 1;
	for (size_t i = 0; i < m->ntexts; i++)
		for (size_t k = 0; k < m->texts[i].len; k++) {
			uint8_t c = (uint8_t)m->texts[i].s[k];

			if (!m->class[c])
				m->class[c] = (uint16_t)m->nclasses++;
		}
	for (int c = 'A'; m->where == MANY_IPART && c <= 'Z'; c++)
		m->class[c] = m->class[tolower(c)];
}

static uint16_t class_at(const struct many *m, const struct text *t, size_t at)
{
	return m->class[(uint8_t)t->s[m->where == MANY_SUFFIX ? t->len - 1 - at : at]];
}

static void plant(struct many *m)
{
	m->nstates = 1;
	for (size_t i = 0; i < m->ntexts; i++) {
		const struct text *t = &m->texts[i];
		uint32_t s = 0;

		for (size_t k = 0; k < t->len; k++) {
			uint32_t *to = &m->next[s * m->nclasses + class_at(m, t, k)];

			if (!*to)
				*to = m->nstates++;
			s = *to;
		}
		m->states[s].text = (uint32_t)i + 1;
		m->states[s].hit = s;
	}
}

/*
 * From the root outwards: a step that the trie lacks is the one that the longest end
 * of the state has. The order of planting is not that of depth, so there is a queue.
 */
static void link_ends(struct many *m, uint32_t *queue)
{
	uint32_t head = 0, tail = 1;

	queue[0] = 0;
	for (; head < tail; head++) {
		uint32_t s = queue[head];
		const uint32_t *ends = &m->next[m->states[s].fail * m->nclasses];

		for (uint32_t c = 1; c < m->nclasses; c++) {
			uint32_t *to = &m->next[s * m->nclasses + c];

			if (!*to) {
				*to = s ? ends[c] : 0;
				continue;
			}
			m->states[*to].fail = s ? ends[c] : 0;
			if (!m->states[*to].hit)
				m->states[*to].hit = m->states[m->states[*to].fail].hit;
			queue[tail++] = *to;
		}
	}
}

static void mark_pair(struct many *m, uint16_t first, uint16_t second)
{
	m->pairs[first % PAIR_CLASSES] |= 1ULL << (second % PAIR_CLASSES);
}

static void mark_pairs(struct many *m)
{
	for (size_t i = 0; i < m->ntexts; i++) {
		const struct text *t = &m->texts[i];

		if (t->len > 1)
			mark_pair(m, class_at(m, t, 0), class_at(m, t, 1));
		else
			m->pairs[class_at(m, t, 0) % PAIR_CLASSES] = UINT64_MAX;
	}
}

int many_build(struct many *m)
{
	uint32_t *queue;

	classify(m);
	m->next = calloc((m->bytes + 1) * m->nclasses, sizeof(*m->next));
	m->states = calloc(m->bytes + 1, sizeof(*m->states));
	if (!m->next || !m->states)
		return -1;
	plant(m);
	if (m->where != MANY_PART && m->where != MANY_IPART)
		return 0;
	queue = calloc(m->nstates, sizeof(*queue));
	if (!queue)
		return -1;
	link_ends(m, queue);
	free(queue);
	mark_pairs(m);
	return 0;
}

static bool walk(const struct many *m, const uint8_t *s, size_t len, uint64_t *found)
{
	bool any = false, back = m->where == MANY_SUFFIX;
	uint32_t at = 0, n;

	for (size_t i = 0; i < len; i++) {
		at = m->next[at * m->nclasses + m->class[s[back ? len - 1 - i : i]]];
		if (!at)
			break;
		n = m->states[at].text;
		if (n) {
			found[(n - 1) / 64] |= 1ULL << ((n - 1) % 64);
			any = true;
		}
	}
	return any;
}

/* The first place from i on at which a text may begin. */
static size_t skip(const struct many *m, const uint8_t *s, size_t i, size_t len)
{
	unsigned int first = m->class[s[i]] % PAIR_CLASSES, second;

	for (; i + 1 < len; i++, first = second) {
		second = m->class[s[i + 1]] % PAIR_CLASSES;
		if (m->pairs[first] >> second & 1)
			return i;
	}
	return m->pairs[first] & 1 ? i : len; /* a text of one byte */
}

static void tell(const struct many *m, uint32_t at, uint64_t *found)
{
	for (uint32_t s = m->states[at].hit; s; s = m->states[m->states[s].fail].hit) {
		uint32_t n = m->states[s].text - 1;

		found[n / 64] |= 1ULL << (n % 64);
	}
}

static bool search(const struct many *m, const uint8_t *s, size_t len, uint64_t *found)
{
	bool any = false;
	uint32_t at = 0;

	for (size_t i = 0; i < len; i++) {
		if (!at)
			i = skip(m, s, i, len);
		if (i == len)
			break;
		at = m->next[at * m->nclasses + m->class[s[i]]];
		if (unlikely(m->states[at].hit)) {
			tell(m, at, found);
			any = true;
		}
	}
	return any;
}

bool many_find(const struct many *m, const char *s, size_t len, uint64_t *found)
{
	const uint8_t *b = (const uint8_t *)s;

	return m->where == MANY_PREFIX || m->where == MANY_SUFFIX ? walk(m, b, len, found)
								  : search(m, b, len, found);
}
