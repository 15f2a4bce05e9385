// SPDX-License-Identifier: BSD-2-Clause
/* Writing a plan's tables into the kernel's maps. */
#include "filter.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/record.h"
#include "common/compat.h"

/* The lowest bit of each key of the three hash maps is the generation. */
enum { KEY_MAX = sizeof(struct filter_path_key) };

static_assert(offsetof(struct filter_comm_key, generation) == 0 &&
		      offsetof(struct filter_name_key, where) == 0 &&
		      offsetof(struct filter_path_key, generation) == 0,
	      "generation first");
static_assert(sizeof(struct filter_comm_key) <= KEY_MAX &&
		      sizeof(struct filter_name_key) <= KEY_MAX,
	      "the largest key");
static_assert((int)RECORD_CLASSES == (int)EVENT_ID_END, "one row for each event type");

static int clear(int map, unsigned int generation)
{
	unsigned char key[KEY_MAX], next[KEY_MAX];
	void *from = NULL;

	while (bpf_map_get_next_key(map, from, next) == 0) {
		__u32 g;

		memcpy(&g, next, sizeof(g));
		if ((g & 1) == generation) {
			/* the walk goes on from the last key that stays */
			if (bpf_map_delete_elem(map, next) && errno != ENOENT)
				return -1;
			continue;
		}
		memcpy(key, next, sizeof(key));
		from = key;
	}
	return errno == ENOENT ? 0 : -1;
}

static int put(int map, const void *key, const void *value)
{
	return bpf_map_update_elem(map, key, value, BPF_ANY) ? -1 : 0;
}

static int install_arrays(const struct filter_tables *t, const struct filter_maps *maps,
			  unsigned int generation)
{
	__u32 key = generation;

	if (put(maps->defaults, &key, &t->defaults) == -1)
		return -1;
	for (unsigned int i = 0; i < EVENT_ID_END; i++) {
		key = generation * RECORD_CLASSES + i;
		if (put(maps->types, &key, &t->types[i]) == -1)
			return -1;
	}
	for (unsigned int i = 0; i < FACT_COUNT; i++) {
		key = generation * FACT_COUNT + i;
		if (put(maps->facts, &key, &t->facts[i]) == -1)
			return -1;
	}
	return 0;
}

static int install_hashes(const struct filter_tables *t, const struct filter_maps *maps,
			  unsigned int generation)
{
	for (size_t i = 0; i < t->ncomms; i++) {
		struct filter_comm_key key = { .generation = generation };

		memcpy(key.comm, t->comms[i].comm, sizeof(key.comm));
		if (put(maps->comms, &key, &t->comms[i].set) == -1)
			return -1;
	}
	for (size_t i = 0; i < t->nnames; i++) {
		struct filter_name_key key = { .where = t->names[i].where << 1 | generation };

		memcpy(key.name, t->names[i].name, sizeof(key.name));
		if (put(maps->names, &key, &t->names[i].set) == -1)
			return -1;
	}
	for (size_t i = 0; i < t->npaths; i++) {
		struct filter_path_key key = { .generation = generation,
					       .node = t->paths[i].parent };

		memcpy(key.name, t->paths[i].name, sizeof(key.name));
		if (put(maps->paths, &key, &t->paths[i].step) == -1)
			return -1;
	}
	return 0;
}

int filter_install(const struct filter_tables *t, const struct filter_maps *maps,
		   unsigned int generation)
{
	if (clear(maps->comms, generation) == -1 || clear(maps->names, generation) == -1 ||
	    clear(maps->paths, generation) == -1 || install_arrays(t, maps, generation) == -1)
		return -1;
	return install_hashes(t, maps, generation);
}
