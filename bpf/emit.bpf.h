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

enum { NAP_TURNS = 8 }; /* of so many records one looks how full the ring is */

/* wanted_awake(ring, r): whether the reader is to be woken, now that r is there. */
static __always_inline bool wanted_awake(void *ring, const struct record *r)
{
	__u32 state = *(volatile __u32 *)&reader;

	if (state == READER_ASLEEP)
		return true;
	return state == READER_NAPS && !(r->seq % NAP_TURNS) &&
	       bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) > watermark[r->ring & 1];
}

/*
 * wake(ring): an empty record, taken back, is what wakes alone. The reader is asked
 * only when a record is there for it to see, not before: it looks once more after it
 * has said that it sleeps.
 */
static __always_inline void wake(void *ring)
{
	void *nothing = bpf_ringbuf_reserve(ring, sizeof(__u64), 0);

	if (!nothing)
		return;
	reader = READER_AWAKE;
	bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
}

/* send_by(lane, r): hand r to its ring. False if it was lost, and counted. */
static __always_inline bool send_by(__u32 lane, struct record *r)
{
	__u32 len = r->len, key;
	void *ring;

	r->seq = next_seq(lane, r->ring);
	if (lane == LANE_ALONE)
		r->flags |= RECORD_ALONE;
	if (len > RECORD_MAX) {
		COUNT_LOST(r->type, big);
		return false;
	}
	key = r->ring * nrings + (nrings > 1 ? r->cpu % nrings : 0);
	ring = bpf_map_lookup_elem(&rings, &key);
	if (!ring || bpf_ringbuf_output(ring, r, len, BPF_RB_NO_WAKEUP)) {
		COUNT_LOST(r->type, full);
		return false;
	}
	if (reader && wanted_awake(ring, r))
		wake(ring);
	COUNT_BY(lane, r->type, out);
	return true;
}

static __always_inline bool send(struct record *r)
{
	return send_by(LANE_SHARED, r);
}

#endif
