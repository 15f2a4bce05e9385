/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Records: begun, filled, sent. The only way out, and it counts. */
#ifndef BPF_EMIT_H
#define BPF_EMIT_H

#define COUNT(type, what)                                                                          \
	do {                                                                                       \
		__u32 key_ = (type);                                                               \
		struct counts *c_ = bpf_map_lookup_elem(&counters, &key_);                         \
                                                                                                   \
		if (c_)                                                                            \
			__sync_fetch_and_add(&c_->what, 1);                                        \
	} while (0)

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

static __always_inline __u64 next_seq(__u32 ring)
{
	__u64 *seq = bpf_map_lookup_elem(&sequence, &ring);

	if (!seq)
		return 0;
	__sync_fetch_and_add(seq, 1);
	return *seq;
}

/*
 * send(r): hand r to its ring. False if it was lost, and counted. The reader is
 * woken only if it sleeps: while it works it looks by itself. The flag is taken
 * before the record is visible: a reader that has seen the record and gone to
 * sleep again must not find its flag gone.
 */
static __always_inline bool send(struct record *r)
{
	__u64 flags = BPF_RB_NO_WAKEUP;
	__u32 len = r->len;
	long err;

	r->seq = next_seq(r->ring);
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
	COUNT(r->type, out);
	return true;
}

#endif
