/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* The plan's maps, and what a running program knows of the event it judges. */
#ifndef BPF_FILTER_STATE_BPF_H
#define BPF_FILTER_STATE_BPF_H

const volatile bool filtering; /* there is a plan */
__u32 filter_generation;       /* 0 or 1 */

struct filter_quick filter_quick[FILTER_GENERATIONS];
struct filter_set filter_shed[FILTER_GENERATIONS]; /* selectors that want nothing for now */
__u32 filter_sheds;				   /* whether there are any */

/* written and read by user sides only */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SELECTORS_SHOWN);
	__type(key, __u32);
	__type(value, struct selector_counts);
} secmon_select SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FILTER_GENERATIONS *RECORD_CLASSES);
	__type(key, __u32);
	__type(value, struct filter_set);
} filter_types SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FILTER_GENERATIONS *FACT_COUNT);
	__type(key, __u32);
	__type(value, struct filter_set);
} filter_facts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FILTER_GENERATIONS);
	__type(key, __u32);
	__type(value, struct filter_defaults);
} filter_defaults SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 16);
	__type(key, struct filter_comm_key);
	__type(value, struct filter_set);
} filter_comms SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 17);
	__type(key, struct filter_path_key);
	__type(value, struct filter_path);
} filter_paths SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 16);
	__type(key, struct filter_name_key);
	__type(value, struct filter_set);
} filter_names SEC(".maps");

/*
 * What one running program knows so far; one for each scratch slot. Keys and
 * sets are here and not on the stack, of which all calls together have 512 bytes.
 */
struct filter_state {
	struct filter_set left;	 /* selectors that still stand */
	struct filter_set paths; /* selectors that the path, as far as it is known, leaves */
	struct filter_set keep;
	struct filter_path_key path; /* its name and those below are compared by words */
	struct filter_comm_key comm;
	struct filter_name_key component;
	__u32 generation;
	__u32 depth;	/* components of the path; 0: not told */
	__u32 nameless; /* the file is in no directory */
	char asked[FILTER_ASKED];
	char name[RECORD_DEPTH_MAX][FILTER_NAME] __attribute__((aligned(8))); /* the last first */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SLOT_COUNT); /* times CPUs, set before load */
	__type(key, __u32);
	__type(value, struct filter_state);
} filter_states SEC(".maps");

static __always_inline struct filter_state *filter_state(__u32 slot)
{
	__u32 key = bpf_get_smp_processor_id() * SLOT_COUNT + slot;

	return bpf_map_lookup_elem(&filter_states, &key);
}

/* filter_defaults_of(s): those of the generation that the event is judged by. */
static __always_inline struct filter_defaults *filter_defaults_of(const struct filter_state *s)
{
	__u32 key = s->generation;

	return bpf_map_lookup_elem(&filter_defaults, &key);
}

static __always_inline void set_and(struct filter_set *a, const struct filter_set *b)
{
	for (int i = 0; i < FILTER_WORDS; i++)
		a->w[i] &= b->w[i];
}

static __always_inline void set_or(struct filter_set *a, const struct filter_set *b)
{
	for (int i = 0; i < FILTER_WORDS; i++)
		a->w[i] |= b->w[i];
}

static __always_inline bool set_empty(const struct filter_set *a)
{
	__u64 any = 0;

	for (int i = 0; i < FILTER_WORDS; i++)
		any |= a->w[i];
	return !any;
}

#endif
