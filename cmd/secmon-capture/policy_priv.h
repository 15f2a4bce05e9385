/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the parts of the reader of policies. */
#ifndef SECMON_CAPTURE_POLICY_PRIV_H
#define SECMON_CAPTURE_POLICY_PRIV_H

#include "common/events.h"
#include "common/plan.h"
#include "policy_calls.h"
#include "policy_node.h"

enum {
	POLICY_ARGS_MAX = 16,	  /* arguments that a hook declares */
	POLICY_TARGETS_MAX = 600, /* calls that one hook stands for: all system calls are fewer */
	POLICY_PREDS_MAX = 48	  /* predicates of one selector */
};

/* A policy: one document of a file. */
struct policy {
	struct policy_doc *doc;
	struct plan *plan;
	const char *name;
	yaml_node_t *lists; /* spec.lists, or NULL */
	bool failed;	    /* to add to the plan; errno says why */
};

/* What the type of an argument lets compare it with. */
enum policy_class { CLASS_INT, CLASS_TEXT, CLASS_FILE, CLASS_FD, CLASS_NET, CLASS_CALL, CLASS_NO };

struct policy_type {
	const char *name;
	uint8_t class; /* enum policy_class */
	bool is_signed;
	uint8_t bits; /* of an integer */
};

/* An argument that a hook declares. */
struct policy_arg {
	yaml_node_t *at;
	unsigned int index;
	const struct policy_type *type;
};

/* One item of kprobes, tracepoints or lsmhooks. */
struct policy_hook {
	struct policy *policy;
	yaml_node_t *at;
	bool tracepoint;
	bool syscall; /* kprobes: "syscall" says so */
	bool syscall_said;
	struct policy_arg args[POLICY_ARGS_MAX];
	size_t nargs;
	const struct call *targets[POLICY_TARGETS_MAX];
	size_t ntargets;
};

/* A predicate that will be one of a selector of the plan. */
struct draft_pred {
	uint16_t field;
	uint16_t also; /* of this field instead: either will do; 0: none */
	bool negated;
	size_t first, nterms; /* in draft.terms */
};

/* A selector of a policy, for one call, on its way into the plan. */
struct draft {
	struct policy_hook *hook;
	const struct call *call;
	uint64_t events[EVENT_ID_END / 64];
	bool never; /* it cannot hold for this call */
	struct draft_pred preds[POLICY_PREDS_MAX];
	size_t npreds;
	struct plan_term *terms;
	size_t nterms, room;
	uint64_t limit_ms;
	uint8_t scope; /* field that the limit is kept apart by; 0: none */
	bool quiet;
};

/*
 * draft_pred(s, field, negated): begin a predicate; the terms that are added next belong to
 * it. It is valid until the next one. If there are too many, that is complained of, and the
 * last one is begun anew.
 */
struct draft_pred *draft_pred(struct draft *s, unsigned int field, bool negated);

/*
 * draft_text(s, kind, text, len), ...: one more term of the last predicate: a text, which
 * stays the document's; a number from lo to hi; a number with one of the bits. Without
 * memory the policy has failed.
 */
void draft_text(struct draft *s, enum plan_term_kind kind, const char *text, size_t len);
void draft_range(struct draft *s, int64_t lo, int64_t hi);
void draft_bits(struct draft *s, uint64_t bits);
void draft_term(struct draft *s, const struct plan_term *t);

/* policy_hooks(p, spec): read the hooks of a policy into the plan. */
void policy_hooks(struct policy *p, yaml_node_t *spec);

/*
 * policy_list(p, n, name): the item NAME of spec.lists, which "list:NAME" at n asks for, or
 * NULL, complained of.
 */
yaml_node_t *policy_list(struct policy *p, const yaml_node_t *n, const char *name);

/* policy_selectors(h, n): the selectors of a hook (n may be NULL), for each of its calls. */
void policy_selectors(struct policy_hook *h, yaml_node_t *n);

/*
 * policy_match_arg(d, n, s), policy_match_return(): one item of matchArgs and of
 * matchReturnArgs as predicates of s, a struct draft.
 */
void policy_match_arg(struct policy_doc *d, yaml_node_t *n, void *s);
void policy_match_return(struct policy_doc *d, yaml_node_t *n, void *s);

/* the same of the filters on who calls */
void policy_match_binary(struct policy_doc *d, yaml_node_t *n, void *s);
void policy_match_parent(struct policy_doc *d, yaml_node_t *n, void *s);
void policy_match_pid(struct policy_doc *d, yaml_node_t *n, void *s);
void policy_match_namespace(struct policy_doc *d, yaml_node_t *n, void *s);
void policy_match_capability(struct policy_doc *d, yaml_node_t *n, void *s);

/* policy_learn_host(): look at the host's namespaces, once, while /proc can be read. */
void policy_learn_host(void);

/* policy_type(d, n): the type that n names, or NULL, complained of. */
const struct policy_type *policy_type(struct policy_doc *d, const yaml_node_t *n);

/* policy_arg_of(h, index): the argument that a hook declares with that index; NULL: none. */
const struct policy_arg *policy_arg_of(const struct policy_hook *h, unsigned int index);

#endif
