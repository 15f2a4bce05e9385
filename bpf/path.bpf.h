/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Paths from the kernel's own objects, text from the caller's memory. */
#ifndef BPF_PATH_H
#define BPF_PATH_H

enum { NAME_LEN_MAX = 256 };

/* Members of a dentry that lie close together: one read for all. */
struct dentry_link {
	struct dentry *parent;
	__u64 hash_len; /* of the name; its length is the upper half */
	const unsigned char *name;
};

static __always_inline void dentry_read(struct dentry *d, struct dentry_link *link)
{
	const __u32 parent = bpf_core_field_offset(struct dentry, d_parent);
	const __u32 name = bpf_core_field_offset(struct dentry, d_name) +
			   bpf_core_field_offset(struct qstr, name);

	if (!has_cast() && name - parent == __builtin_offsetof(struct dentry_link, name)) {
		bpf_probe_read_kernel(link, sizeof(*link), (void *)d + parent);
		return;
	}
	link->parent = READ(d, d_parent);
	link->hash_len = READ(d, d_name.hash_len);
	link->name = READ(d, d_name.name);
}

enum { WORDS = 4 };

/* copy_words(to, from): WORDS words, whatever they are; without a branch, of which the verifier
 * would follow both ways in each turn of a walk. Only if has_cast(). */
static __always_inline void copy_words(void *to, const void *from)
{
	__u64 *out = to;

	out[0] = WORD(from, 0);
	out[1] = WORD(from, 1);
	out[2] = WORD(from, 2);
	out[3] = WORD(from, 3);
}

/*
 * copy_name(to, link): the name and a zero byte; to has room for NAME_LEN_MAX. Bytes
 * copied, or -1. A name that is renamed meanwhile may come with another's length.
 */
static __always_inline long copy_name(char *to, const struct dentry_link *link)
{
	__u32 len = link->hash_len >> 32;

	if (len >= NAME_LEN_MAX)
		len = NAME_LEN_MAX - 1;
	barrier_var(len);
	if (len >= NAME_LEN_MAX)
		return -1;
	if (has_cast() && len <= WORDS * sizeof(__u64))
		copy_words(to, link->name);
	else if (bpf_probe_read_kernel(to, len, link->name))
		return -1;
	to[len] = 0;
	return len + 1;
}

/*
 * put_path(slot, what, dentry, mnt): the components of a path, from the last to
 * the first, up to the root of the mount namespace, as item kind what & 0xff of
 * argument what >> 8. No lock is held: a rename meanwhile may mix two paths.
 * Returns 1 for a name that is in no directory, else 0.
 *
 * A function of its own for the verifier, so all of it by number.
 */
__noinline int put_path(__u32 slot, __u32 what, __u64 dentry, __u64 vfsmount)
{
	struct mount *m = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
	struct dentry *d = (void *)dentry, *parent, *root;
	struct record *r = scratch(slot);
	struct dentry_link link;
	__u32 pos, full = ~0U;
	struct item *it;
	int pseudo = 0;
	long n;

	if (!r)
		return 0;
	it = item_room(r, RECORD_PATH_MAX + NAME_LEN_MAX);
	if (!it)
		return 0;
	if (filtering && (what & 0xff) == ITEM_FILEPATH)
		filter_path_begin(slot);
	/* the position is kept in memory: in a register its range would differ in each turn */
	it->full = 0;
	root = READ(m, mnt.mnt_root);
	for (int i = 0; i < RECORD_DEPTH_MAX; i++) {
		if (d == root) {
			struct mount *up = READ(m, mnt_parent);

			if (up == m) {
				full = 0;
				break;
			}
			d = READ(m, mnt_mountpoint);
			m = up;
			root = READ(m, mnt.mnt_root);
			continue;
		}
		dentry_read(d, &link);
		parent = link.parent;
		pos = *(volatile __u32 *)&it->full;
		if (pos > RECORD_PATH_MAX)
			break;
		n = copy_name((void *)(it + 1) + pos, &link);
		if (n < 0)
			break;
		*(volatile __u32 *)&it->full = pos + n;
		if (filtering && (what & 0xff) == ITEM_FILEPATH)
			filter_component(slot, (void *)(it + 1) + pos);
		if (d == parent) {
			pseudo = 1;
			full = 0;
			break;
		}
		d = parent;
	}
	if (filtering && (pseudo || full) && (what & 0xff) == ITEM_FILEPATH)
		filter_no_path(slot, pseudo);
	pos = *(volatile __u32 *)&it->full;
	item_end(r, it, what, what >> 8, pos, full ? full : pos);
	return pseudo;
}

/* put_user_text(slot, what, addr, max): a text that the caller gave, cut at max bytes (a constant),
 * as item kind what & 0xff of argument what >> 8. The item, or NULL if it cannot be read. */
static __always_inline struct item *put_user_text(__u32 slot, __u32 what, __u64 addr,
						  const __u32 max)
{
	struct record *r = scratch(slot);
	struct item *it;
	long n;

	if (!r)
		return NULL;
	it = item_room(r, max);
	if (!it)
		return NULL;
	n = bpf_probe_read_user_str(it + 1, max, (void *)addr);
	if (n <= 0)
		return NULL;
	item_end(r, it, what, what >> 8, n - 1, n == max ? ~0U : n - 1);
	return it;
}

/* put_user_path(slot, what, addr): a path that the caller gave. 1 if relative, 0 if not, -1 if
 * unreadable. */
__noinline int put_user_path(__u32 slot, __u32 what, __u64 addr)
{
	struct item *it = put_user_text(slot, what, addr, RECORD_PATH_MAX);

	return it ? *(char *)(it + 1) != '/' : -1;
}

/* put_user_str(slot, what, addr): a text that the caller gave, at most RECORD_STR_MAX bytes. */
__noinline int put_user_str(__u32 slot, __u32 what, __u64 addr)
{
	return put_user_text(slot, what, addr, RECORD_STR_MAX) ? 0 : -1;
}

static __always_inline int put_bytes(__u32 slot, __u32 what, __u64 addr, __u32 len, const bool user)
{
	struct record *r = scratch(slot);
	struct item *it;

	if (!r)
		return -1;
	it = item_room(r, RECORD_STR_MAX);
	if (!it)
		return -1;
	if (len == 0 || len > RECORD_STR_MAX)
		return -1;
	barrier_var(len);
	if (user ? bpf_probe_read_user(it + 1, len & (RECORD_STR_MAX * 2 - 1), (void *)addr)
		 : bpf_probe_read_kernel(it + 1, len & (RECORD_STR_MAX * 2 - 1), (void *)addr))
		return -1;
	item_end(r, it, what, what >> 8, len, len);
	return 0;
}

/* put_user_bytes(slot, what, addr, len): len bytes of the caller's; none if there are more than
 * RECORD_STR_MAX. */
__noinline int put_user_bytes(__u32 slot, __u32 what, __u64 addr, __u32 len)
{
	return put_bytes(slot, what, addr, len, true);
}

/* put_kernel_bytes(slot, what, addr, len): the same from the kernel's own memory. */
__noinline int put_kernel_bytes(__u32 slot, __u32 what, __u64 addr, __u32 len)
{
	return addr ? put_bytes(slot, what, addr, len, false) : -1;
}

/*
 * put_user_args(slot, start, end): zero-terminated texts one after
 * another. Of more than RECORD_ARGS_MAX bytes the first half and the last half.
 */
__noinline int put_user_args(__u32 slot, __u64 start, __u64 end)
{
	struct record *r = scratch(slot);
	__u64 total = end - start;
	struct item *it;
	__u32 len;

	if (!r || start >= end)
		return -1;
	it = item_room(r, RECORD_ARGS_MAX);
	if (!it)
		return -1;
	len = total <= RECORD_ARGS_MAX ? total : RECORD_ARGS_MAX / 2;
	barrier_var(len);
	if (len > RECORD_ARGS_MAX || bpf_probe_read_user(it + 1, len, (void *)start))
		return -1;
	item_end(r, it, ITEM_ARGS, 0, len, total > ~0U ? ~0U : total);
	if (total <= RECORD_ARGS_MAX)
		return 0;
	it = item_room(r, RECORD_ARGS_MAX / 2);
	if (!it ||
	    bpf_probe_read_user(it + 1, RECORD_ARGS_MAX / 2, (void *)(end - RECORD_ARGS_MAX / 2)))
		return -1;
	item_end(r, it, ITEM_ARGS_TAIL, 0, RECORD_ARGS_MAX / 2, RECORD_ARGS_MAX / 2);
	return 0;
}

/* put_user_env(slot, start, end): the same of the environment; what is too much is cut off. */
__noinline int put_user_env(__u32 slot, __u64 start, __u64 end)
{
	struct record *r = scratch(slot);
	__u64 total = end - start;
	struct item *it;
	__u32 len;

	if (!r || start >= end)
		return -1;
	it = item_room(r, RECORD_ENV_MAX);
	if (!it)
		return -1;
	len = total <= RECORD_ENV_MAX ? total : RECORD_ENV_MAX;
	barrier_var(len);
	if (len > RECORD_ENV_MAX || bpf_probe_read_user(it + 1, len, (void *)start))
		return -1;
	item_end(r, it, ITEM_ENV, 0, len, total > ~0U ? ~0U : total);
	return 0;
}

#endif
