/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Records: begun, filled, sent. The only way out, and it counts. */
#ifndef BPF_EMIT_H
#define BPF_EMIT_H

/* counts(lane, type): the counters of a class on this CPU. */
static __always_inline struct counts *counts(__u32 lane, __u32 type)
{
	__u32 key = lane * RECORD_CLASSES + type;

	return bpf_map_lookup_elem(&counters, &key);
}

#define COUNT_BY(lane, type, what)                                                                 \
	do {                                                                                       \
		struct counts *c_ = counts(lane, type);                                            \
                                                                                                   \
		if (c_ && (lane) == LANE_ALONE)                                                    \
			c_->what++;                                                                \
		else if (c_)                                                                       \
			__sync_fetch_and_add(&c_->what, 1);                                        \
	} while (0)

#define COUNT(type, what) COUNT_BY(LANE_SHARED, type, what)

#define COUNT_LOST(type, what)                                                                     \
	do {                                                                                       \
		COUNT(type, what);                                                                 \
		__sync_fetch_and_add(&dropped, 1);                                                 \
	} while (0)

/*
 * item_room(r, max): a place for an item of at most max bytes at the end of r,
 * or NULL. max must be a constant; the bound of the offset is for the verifier.
 */
static __always_inline struct item *item_room(struct record *r, const __u32 max)
{
	__u32 off = r->len;

	barrier_var(off);
	if (off > RECORD_MAX - sizeof(struct item) - max)
		return NULL;
	return (void *)r + off;
}

/* item_end(r, it, kind, arg, len, full): the item with its first len bytes is part of r now. */
static __always_inline void item_end(struct record *r, struct item *it, __u8 kind, __u8 arg,
				     __u32 len, __u32 full)
{
	it->kind = kind;
	it->arg = arg;
	it->len = len;
	it->full = full;
	r->len += sizeof(*it) + ((len + 7) & ~7U);
}

static __always_inline __u64 next_seq(__u32 lane, __u32 ring)
{
	__u32 key = lane * RING_COUNT + ring;
	__u64 *seq = bpf_map_lookup_elem(&sequence, &key);

	if (!seq)
		return 0;
	if (lane == LANE_ALONE)
		++*seq;
	else
		__sync_fetch_and_add(seq, 1);
	return *seq;
}

/*
 * send_by(lane, r): hand r to its ring. False if it was lost, and counted. The reader is
 * woken only if it sleeps: while it works it looks by itself. The flag is taken
 * before the record is visible: a reader that has seen the record and gone to
 * sleep again must not find its flag gone.
 */
static __always_inline bool send_by(__u32 lane, struct record *r)
{
	__u64 flags = BPF_RB_NO_WAKEUP;
	__u32 len = r->len;
	long err;

	r->seq = next_seq(lane, r->ring);
	if (lane == LANE_ALONE)
		r->flags |= RECORD_ALONE;
	if (len > RECORD_MAX) {
		COUNT_LOST(r->type, big);
		return false;
	}
	if (asleep) {
		asleep = 0;
		flags = BPF_RB_FORCE_WAKEUP;
	}
	if (r->ring == RING_LIFE)
		err = bpf_ringbuf_output(&life, r, len, flags);
	else
		err = bpf_ringbuf_output(&bulk, r, len, flags);
	if (err) {
		if (flags == BPF_RB_FORCE_WAKEUP)
			asleep = 1;
		COUNT_LOST(r->type, full);
		return false;
	}
	COUNT_BY(lane, r->type, out);
	return true;
}

static __always_inline bool send(struct record *r)
{
	return send_by(LANE_SHARED, r);
}

#endif
