/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* The plan in the kernel: is this event wanted, cheapest test first. */
#ifndef BPF_FILTER_BPF_H
#define BPF_FILTER_BPF_H

#include "bpf/filter_state.bpf.h"

/*
 * filter_early(slot, type, facts): whether any selector can still want the event,
 * from its type and facts. What is left is kept for the functions that follow.
 * FILTER_SHED: only some that want nothing for now.
 */
__noinline int filter_early(__u32 slot, __u32 type, __u32 facts)
{
	struct filter_state *s = filter_state(slot);
	struct filter_set *set;
	__u32 key;

	if (!s)
		return 1;
	s->depth = 0;
	s->nameless = 0;
	s->generation = filter_generation & 1;
	key = s->generation * RECORD_CLASSES + (type & (RECORD_CLASSES - 1));
	set = bpf_map_lookup_elem(&filter_types, &key);
	if (!set)
		return 1;
	s->left = *set;
	key = s->generation * FACT_COUNT + (facts & (FACT_COUNT - 1));
	set = bpf_map_lookup_elem(&filter_facts, &key);
	if (!set)
		return 1;
	set_and(&s->left, set);
	if (set_empty(&s->left))
		return 0;
	if (!filter_sheds)
		return 1;
	for (int i = 0; i < FILTER_WORDS; i++)
		s->left.w[i] &= ~filter_shed[s->generation & 1].w[i];
	return set_empty(&s->left) ? FILTER_SHED : 1;
}

/* filter_comm(slot): the same by the caller's comm, if one that is left looks at it. */
__noinline int filter_comm(__u32 slot)
{
	struct filter_state *s = filter_state(slot);
	struct filter_defaults *defaults;
	struct filter_set *set;
	__u64 looks = 0;

	if (!s)
		return 1;
	defaults = filter_defaults_of(s);
	if (!defaults)
		return 1;
	s->paths = defaults->path;
	for (int i = 0; i < FILTER_WORDS; i++)
		looks |= s->left.w[i] & ~defaults->any_comm.w[i];
	if (!looks)
		return 1;
	s->comm.generation = s->generation;
	bpf_get_current_comm(s->comm.comm, sizeof(s->comm.comm));
	set = bpf_map_lookup_elem(&filter_comms, &s->comm);
	set_and(&s->left, set ? set : &defaults->comm);
	return !set_empty(&s->left);
}

/*
 * filter_path_begin(slot): components follow. Of a second file of the same event
 * nothing is known here of which of the two a selector means: any path may do.
 */
static __always_inline void filter_path_begin(__u32 slot)
{
	struct filter_state *s = filter_state(slot);

	if (s && s->depth)
		s->depth = RECORD_DEPTH_MAX + 1;
}

/* filter_component(slot, name): the next component of the path, from the last to the first. */
static __always_inline void filter_component(__u32 slot, const void *name)
{
	struct filter_state *s = filter_state(slot);
	__u32 i;

	if (!s)
		return;
	i = s->depth;
	if (i >= RECORD_DEPTH_MAX)
		return;
	__builtin_memset(s->name[i], 0, FILTER_NAME);
	bpf_probe_read_kernel_str(s->name[i], FILTER_NAME, name);
	s->depth = i + 1;
}

/* filter_no_path(slot, nameless): the name is no path from the root, or in no directory at all. */
static __always_inline void filter_no_path(__u32 slot, bool nameless)
{
	struct filter_state *s = filter_state(slot);

	if (!s)
		return;
	s->nameless = nameless && s->depth <= RECORD_DEPTH_MAX;
	s->depth = 0;
}

/* filter_name(s, where, name): selectors that ask for a component of that name there. */
static __always_inline struct filter_set *filter_name(struct filter_state *s, __u32 where,
						      const char *name)
{
	s->component.where = where << 1 | s->generation;
	__builtin_memcpy(s->component.name, name, FILTER_NAME);
	return bpf_map_lookup_elem(&filter_names, &s->component);
}

/* filter_first(s): the same for the first component of the absolute path asked for. */
static __always_inline struct filter_set *filter_first(struct filter_state *s)
{
	s->component.where = WHERE_ASKED << 1 | s->generation;
	__builtin_memset(s->component.name, 0, FILTER_NAME);
	for (int i = 0; i < FILTER_NAME - 1; i++) {
		char c = s->asked[i + 1];

		if (c == 0 || c == '/')
			break;
		s->component.name[i] = c;
	}
	return bpf_map_lookup_elem(&filter_names, &s->component);
}

/*
 * filter_asked(slot, addr): filter_early() again by the path that the caller gave,
 * which is at addr. Nothing is read if no selector that still stands looks at it.
 */
__noinline int filter_asked(__u32 slot, __u64 addr)
{
	struct filter_state *s = filter_state(slot);
	struct filter_defaults *defaults;
	struct filter_set *set;
	__u64 looks = 0, named = 0;
	bool dots = false;
	long n;

	if (!s)
		return 1;
	defaults = filter_defaults_of(s);
	if (!defaults)
		return 1;
	for (int i = 0; i < FILTER_WORDS; i++)
		looks |= s->left.w[i] & ~defaults->raw.w[i];
	if (!looks)
		return 1;
	n = bpf_probe_read_user_str(s->asked, FILTER_ASKED, (void *)addr);
	if (n <= 1 || n == FILTER_ASKED)
		return 1;
	for (int i = 0; i < FILTER_ASKED - 1; i++) {
		char c = s->asked[i];

		if (c == 0)
			break;
		if (c == '/' && s->asked[i + 1] == '/')
			return 1;
		if (c == '.' && s->asked[i + 1] == '.')
			dots = true;
	}
	s->keep = defaults->raw;
	if (dots)
		set_or(&s->keep, &defaults->dots);
	for (int i = 0; i < FILTER_WORDS; i++)
		named |= s->left.w[i] & defaults->named.w[i] & ~s->keep.w[i];
	if (s->asked[0] == '/' && named) {
		set = filter_first(s);
		if (set)
			set_or(&s->keep, set);
	}
	set_and(&s->left, &s->keep);
	return !set_empty(&s->left);
}

/* Components that selectors ask for wherever they stand, but for the last one. */
static __always_inline void filter_anywhere(struct filter_state *s)
{
	for (__u32 i = 1; i < FILTER_ANYWHERE; i++) {
		struct filter_set *set;

		if (i >= s->depth)
			return;
		set = filter_name(s, WHERE_ANY, s->name[i]);
		if (set)
			set_or(&s->paths, set);
	}
}

/* Names at this place that begin as somebody asks. */
static __always_inline void filter_parts(struct filter_state *s, const struct filter_defaults *d,
					 __u32 at)
{
	__u64 *to = (__u64 *)s->path.name;
	const __u64 *name;

	at &= RECORD_DEPTH_MAX - 1;
	name = (const __u64 *)s->name[at];
	s->path.node |= FILTER_PARTIAL;
	for (int i = 0; i < FILTER_PARTIALS; i++) {
		struct filter_path *step;

		if (!d->partial[i].len)
			break;
		for (int w = 0; w < FILTER_NAME / 8; w++)
			to[w] = name[w] & d->partial[i].mask[w];
		step = bpf_map_lookup_elem(&filter_paths, &s->path);
		if (step)
			set_or(&s->paths, &step->here);
	}
	s->path.node &= ~FILTER_PARTIAL;
}

/* From the root down, as long as the path is one that somebody asked for. */
static __always_inline void filter_walk(struct filter_state *s, const struct filter_defaults *d)
{
	s->path.generation = s->generation;
	s->path.node = 0;
	for (__u32 i = 0; i < FILTER_DEPTH; i++) {
		struct filter_path *step;
		__u32 at = s->depth - 1 - i;

		if (at >= RECORD_DEPTH_MAX)
			return;
		if (d->partial[0].len)
			filter_parts(s, d, at);
		__builtin_memcpy(s->path.name, s->name[at], FILTER_NAME);
		step = bpf_map_lookup_elem(&filter_paths, &s->path);
		if (!step)
			return;
		if (at == 0) {
			set_or(&s->paths, &step->here);
			return;
		}
		set_or(&s->paths, &step->below);
		s->path.node = step->node;
	}
}

/* filter_late(slot): filter_early() again once the path of the file is known, if it is. */
__noinline int filter_late(__u32 slot)
{
	struct filter_state *s = filter_state(slot);
	struct filter_defaults *defaults;
	struct filter_set *set;
	__u64 anywhere = 0;

	if (!s || (s->depth == 0 && !s->nameless) || s->depth > RECORD_DEPTH_MAX)
		return 1;
	defaults = filter_defaults_of(s);
	if (!defaults)
		return 1;
	if (s->nameless) {
		set_and(&s->left, &defaults->nameless);
		return !set_empty(&s->left);
	}
	set = filter_name(s, WHERE_LAST, s->name[0]);
	if (set)
		set_or(&s->paths, set);
	filter_walk(s, defaults);
	for (int i = 0; i < FILTER_WORDS; i++)
		anywhere |= s->left.w[i] & defaults->directory.w[i] & ~s->paths.w[i];
	if (anywhere && s->depth > FILTER_ANYWHERE)
		return 1;
	if (anywhere)
		filter_anywhere(s);
	set_and(&s->left, &s->paths);
	return !set_empty(&s->left);
}

#endif
