/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* The plan's paths, asked coarsely and before anything is written down. */
#ifndef BPF_QUICK_H
#define BPF_QUICK_H

/* quick_watched(file): whether it is a watched file, or may be one: its path says nothing then. */
static __always_inline bool quick_watched(struct file *file)
{
	__u64 inode;

	if (!identity || !watching)
		return false;
	inode = (__u64)READ(file, f_inode);
	return watch_is_stale() || bpf_map_lookup_elem(&watched, &inode);
}

/* quick_name(link, name): the bucket of a component; name becomes its first bytes. */
static __always_inline __u32 quick_name(const struct dentry_link *link, __u64 name[2])
{
	if (has_cast()) {
		name[0] = WORD(link->name, 0);
		name[1] = WORD(link->name, 1);
	} else {
		bpf_probe_read_kernel(name, 2 * sizeof(*name), link->name);
	}
	return quick_bucket(name[0], name[1], link->hash_len >> 32) & (QUICK_BUCKETS - 1);
}

/* quick_parts(q, name, len): which selectors a name may leave by how it begins. */
static __always_inline __u64 quick_parts(const struct filter_quick *q, const __u64 name[2],
					 __u32 len)
{
	__u64 hits = 0;

	for (int i = 0; i < FILTER_PARTIALS; i++) {
		__u32 part = q->partial[i];

		if (!part)
			break;
		if (len > part)
			hits |= q->dir[quick_bucket(name[0], name[1], part) & (QUICK_BUCKETS - 1)];
	}
	return hits;
}

/*
 * quick_path(q, path, standing): which of the selectors standing (their words
 * laid over each other) the path may leave. All, if it is none from the root, or longer
 * than is looked at. For the bound of the walk see put_path().
 */
static __always_inline __u64 quick_path(const struct filter_quick *q, struct path *path,
					__u64 standing)
{
	struct mount *m = (void *)path->mnt - bpf_core_field_offset(struct mount, mnt);
	struct dentry *d = path->dentry, *root = READ(m, mnt.mnt_root);
	__u64 hits = q->path, last = 1;
	struct dentry_link link;
	__u64 name[2] = {};

	for (int i = 0; i < QUICK_DEPTH; i++) {
		__u32 bucket;

		if (!(standing & ~hits))
			return standing;
		if (d == root) {
			struct mount *up = READ(m, mnt_parent);

			if (up == m)
				return standing & hits;
			d = READ(m, mnt_mountpoint);
			m = up;
			root = READ(m, mnt.mnt_root);
			continue;
		}
		dentry_read(d, &link);
		if (link.parent == d)
			return standing & q->nameless;
		bucket = quick_name(&link, name);
		hits |= last ? q->last[bucket] : q->dir[bucket];
		if (q->partial[0])
			hits |= quick_parts(q, name, link.hash_len >> 32);
		last = 0;
		d = link.parent;
	}
	return standing;
}

/* filter_file(slot, fd): filter_early() again by the path of a descriptor's file. */
__noinline int filter_file(__u32 slot, __u32 fd)
{
	struct filter_state *s = filter_state(slot);
	struct file *file = current_file(fd);
	const struct filter_quick *q;
	__u64 standing = 0, left;
	struct path path;

	if (!s || !file)
		return 1;
	q = &filter_quick[s->generation & 1];
	for (int i = 0; i < FILTER_WORDS; i++)
		standing |= s->left.w[i];
	if (!(standing & ~q->path))
		return 1;
	path.dentry = READ(file, f_path.dentry);
	path.mnt = READ(file, f_path.mnt);
	left = quick_path(q, &path, standing);
	if (left == standing || quick_watched(file))
		return 1;
	for (int i = 0; i < FILTER_WORDS; i++)
		s->left.w[i] &= left;
	return left != 0;
}

/* file_of(desc, regs, abi, ret): the descriptor that the event is about, or -1. */
static __always_inline __s32 file_of(const struct sysdesc *desc, struct pt_regs *regs, __u32 abi,
				     __s64 ret)
{
	if (desc->file == SYSDESC_NO_FILE)
		return -1;
	return desc->file == SYSDESC_RESULT ? ret : regs_arg(regs, abi, desc->file);
}

/*
 * quick(slot, desc, regs, abi, ret, facts): whether anyone wants it, before a record is
 * begun: 1, 0 or FILTER_SHED.
 */
static __always_inline int quick(__u32 slot, const struct sysdesc *desc, struct pt_regs *regs,
				 __u32 abi, __s64 ret, __u32 facts)
{
	int early = filter_early(slot, desc->type, facts);
	__s32 fd;

	if (early != 1)
		return early;
	fd = file_of(desc, regs, abi, ret);
	if (fd >= 0 && !filter_file(slot, fd))
		return 0;
	if (!filter_comm(slot))
		return 0;
	if (desc->flags & (SYSDESC_FLAGS_1 | SYSDESC_FLAGS_2))
		return filter_asked(slot,
				    regs_arg(regs, abi, desc->flags & SYSDESC_FLAGS_1 ? 0 : 1));
	return 1;
}

#endif
