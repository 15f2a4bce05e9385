/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * Watched files: the paths that a plan names, known by their inodes, so that no
 * other name of such a file hides it.
 *
 * The user side holds every watched inode by an inotify mark, so its address says
 * which it is. A change of what a path means is in the user side's inotify queue
 * before the call that made it returns: until that is read, and what it is about is
 * learnt again, no file can be told to be unwatched here, and the user side decides.
 */
#ifndef BPF_IDENTITY_H
#define BPF_IDENTITY_H

const volatile bool identity; /* files may be watched */
__u32 watching;		      /* ... and some are */
__u32 watch_stale;	      /* what the user side has read is not in the map yet */
__u64 watch_group;	      /* its queue: struct fsnotify_group */
struct item_watch watch_seen; /* what secmon_watch saw last */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* WATCH_MAX, set before load */
	__type(key, __u64);	/* address of the inode */
	__type(value, struct item_watch);
} watched SEC(".maps");

/* Whether a path may mean another file by now. Before the map is asked: see watch.c. */
static __always_inline bool watch_is_stale(void)
{
	struct fsnotify_group *group = (void *)watch_group;

	if (group && READ(group, q_len))
		return true;
	barrier();
	return watch_stale;
}

static __always_inline void watch_read(struct item_watch *w, struct inode *inode)
{
	w->inode = (__u64)inode;
	w->ino = READ(inode, i_ino);
	w->dev = READ(inode, i_sb, s_dev);
	w->generation = READ(inode, i_generation);
	w->id = 0;
	w->unused = 0;
}

static __always_inline bool watch_same(const struct item_watch *a, const struct item_watch *b)
{
	return a->ino == b->ino && a->dev == b->dev && a->generation == b->generation;
}

/*
 * identify(slot, arg, inode): if that is a watched file, or may be one, it is said in
 * the record, for the file of argument arg.
 */
__noinline int identify(__u32 slot, __u32 arg, __u64 inode)
{
	struct record *r = scratch(slot);
	struct item_watch *known, *w;
	bool stale = watch_is_stale();
	struct item *it;

	known = bpf_map_lookup_elem(&watched, &inode);
	if (!r || (!known && !stale))
		return 0;
	it = item_room(r, sizeof(*w));
	if (!it)
		return 0;
	w = (void *)(it + 1);
	watch_read(w, (void *)inode);
	if (!stale) {
		if (!known || !watch_same(w, known))
			return 0;
		w->id = known->id;
	}
	item_end(r, it, ITEM_WATCH, arg, sizeof(*w), sizeof(*w));
	r->flags |= RECORD_WATCHED;
	return 0;
}

/*
 * Run by the user side, in its own process: what inode its descriptor ctx[0] is. With
 * ctx[1] that is an inotify descriptor, whose queue is to be looked at.
 */
SEC("raw_tp")
int secmon_watch(__u64 *ctx)
{
	struct file *file = current_file(ctx[0]);

	if (!file)
		return -1;
	if (ctx[1])
		watch_group = (__u64)READ(file, private_data);
	else
		watch_read(&watch_seen, READ(file, f_inode));
	return 0;
}

#endif
