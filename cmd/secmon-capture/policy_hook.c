// SPDX-License-Identifier: BSD-2-Clause
/* Hooks of a policy: which calls each stands for, and their arguments. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/suggest.h"
#include "policy_priv.h"

/* ---- arguments */

static const struct policy_type types[] = {
	{ "auto", CLASS_NO },
	{ "int", CLASS_INT, true, 32 },
	{ "sint8", CLASS_INT, true, 8 },
	{ "int8", CLASS_INT, true, 8 },
	{ "uint8", CLASS_INT, false, 8 },
	{ "sint16", CLASS_INT, true, 16 },
	{ "int16", CLASS_INT, true, 16 },
	{ "uint16", CLASS_INT, false, 16 },
	{ "int32", CLASS_INT, true, 32 },
	{ "sint32", CLASS_INT, true, 32 },
	{ "uint32", CLASS_INT, false, 32 },
	{ "long", CLASS_INT, true, 64 },
	{ "int64", CLASS_INT, true, 64 },
	{ "sint64", CLASS_INT, true, 64 },
	{ "ulong", CLASS_INT, false, 64 },
	{ "uint64", CLASS_INT, false, 64 },
	{ "size_t", CLASS_INT, false, 64 },
	{ "capability", CLASS_INT, true, 32 },
	{ "kernel_cap_t", CLASS_INT, false, 64 },
	{ "cap_inheritable", CLASS_INT, false, 64 },
	{ "cap_permitted", CLASS_INT, false, 64 },
	{ "cap_effective", CLASS_INT, false, 64 },
	{ "string", CLASS_TEXT },
	{ "filename", CLASS_TEXT },
	{ "data_loc", CLASS_TEXT },
	{ "file", CLASS_FILE },
	{ "path", CLASS_FILE },
	{ "dentry", CLASS_FILE },
	{ "kiocb", CLASS_FILE },
	{ "linux_binprm", CLASS_FILE },
	{ "fd", CLASS_FD },
	{ "sock", CLASS_NET },
	{ "socket", CLASS_NET },
	{ "sockaddr", CLASS_NET },
	{ "syscall64", CLASS_CALL },
	/* these can be declared; there is nothing that they could be compared with */
	{ "skb", CLASS_NO },
	{ "char_buf", CLASS_NO },
	{ "char_iovec", CLASS_NO },
	{ "const_buf", CLASS_NO },
	{ "cred", CLASS_NO },
	{ "nop", CLASS_NO },
	{ "bpf_attr", CLASS_NO },
	{ "perf_event", CLASS_NO },
	{ "bpf_map", CLASS_NO },
	{ "bpf_prog", CLASS_NO },
	{ "user_namespace", CLASS_NO },
	{ "iov_iter", CLASS_NO },
	{ "load_info", CLASS_NO },
	{ "module", CLASS_NO },
	{ "net_device", CLASS_NO },
};

const struct policy_type *policy_type(struct policy_doc *d, const yaml_node_t *n)
{
	struct policy_word words[nitems(types)];
	int i;

	for (i = 0; i < (int)nitems(types); i++)
		words[i] = (struct policy_word){ types[i].name, i };
	i = policy_word(d, n, "type", words, nitems(types));
	return i == -1 ? NULL : &types[i];
}

const struct policy_arg *policy_arg_of(const struct policy_hook *h, unsigned int index)
{
	for (size_t i = 0; i < h->nargs; i++)
		if (h->args[i].index == index)
			return &h->args[i];
	/* of a tracepoint it may also be the place in "args" */
	return h->tracepoint && index < h->nargs ? &h->args[index] : NULL;
}

static void read_arg_index(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct policy_arg *a = arg;
	uint64_t v;

	if (policy_number(d, n, "index", 255, &v) == 0)
		a->index = (unsigned int)v;
}

static void read_arg_type(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	((struct policy_arg *)arg)->type = policy_type(d, n);
}

static void read_flag(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	bool v;

	policy_bool(d, n, "this", &v);
}

static const struct policy_key arg_keys[] = {
	{ "index", read_arg_index },
	{ "type", read_arg_type },
	{ "label" },
	{ "sizeArgIndex" }, /* of buffers, which are not told */
	{ "returnCopy", read_flag },
	{ "maxData", read_flag },
	{ "size" },
	{ "resolve", NULL, "members of the kernel's structures cannot be named" },
	{ "source", NULL, "members of the kernel's structures cannot be named" },
	{ "btfType", NULL, "members of the kernel's structures cannot be named" },
};

static void read_arg(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct policy_hook *h = arg;
	struct policy_arg *a = &h->args[h->nargs];

	if (h->nargs == POLICY_ARGS_MAX) {
		policy_complain(d, n, "args: more than %d", POLICY_ARGS_MAX);
		return;
	}
	*a = (struct policy_arg){ .at = n, .type = &types[0] };
	policy_map(d, n, "an argument", arg_keys, nitems(arg_keys), a);
	h->nargs += a->type != NULL;
}

static void read_args(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	policy_each(d, n, "args", read_arg, arg);
}

static void read_return_arg(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct policy_arg a = { .type = &types[0] };

	policy_map(d, n, "returnArg", arg_keys, nitems(arg_keys), &a);
}

static void read_return_action(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_word words[] = {
		{ "", 0 }, { "Post", 0 }, { "TrackSock", 1 }, { "UntrackSock", 1 }
	};

	if (policy_word(d, n, "returnArgAction", words, nitems(words)) == 1)
		policy_complain(d, n,
				"returnArgAction: sockets need not be tracked: an event says "
				"who did it; leave it out");
}

/* a message and tags say what a policy is about; alerts have its name */
#define HOOK_KEYS                                                                                  \
	{ "message" }, { "tags" }, { "args", read_args },                                          \
		{ "data", NULL, "members of the kernel's structures cannot be named" },            \
	{                                                                                          \
		"selectors"                                                                        \
	}

/* a hook without selectors has one that always holds */
static void hook_selectors(struct policy_hook *h)
{
	yaml_node_t *n = policy_get(h->policy->doc, h->at, "selectors");

	if (h->ntargets)
		policy_selectors(h, policy_is_null(n) ? NULL : n);
}

/* one item of kprobes, tracepoints or lsmhooks, which is called what and has these keys */
static void read_hook(struct policy_doc *d, yaml_node_t *n, struct policy *p, const char *what,
		      const struct policy_key *keys, size_t nkeys)
{
	struct policy_hook *h = calloc(1, sizeof(*h));

	if (!h) {
		p->failed = true;
		return;
	}
	h->policy = p;
	h->at = n;
	policy_map(d, n, what, keys, nkeys, h);
	hook_selectors(h);
	free(h);
}

static void add_target(struct policy_hook *h, const struct call *c)
{
	if (!c) {
		policy_complain(h->policy->doc, h->at, "more calls than policies may name");
		return;
	}
	for (size_t i = 0; i < h->ntargets; i++)
		if (h->targets[i] == c)
			return;
	if (h->ntargets < POLICY_TARGETS_MAX)
		h->targets[h->ntargets++] = c;
}

/* ---- kprobes */

static void unknown_call(struct policy_hook *h, const yaml_node_t *n, const char *name,
			 const char *why)
{
	struct suggest s;
	char hint[128];
	size_t count, skip = 0;
	const struct call *own = call_syscalls(&count);

	if (!strncmp(name, "sys_", 4))
		skip = 4;
	suggest_init(&s, name + skip, strlen(name + skip));
	for (size_t i = 0; skip && i < count; i++)
		suggest_try(&s, own[i].name, strlen(own[i].name));
	for (size_t i = 0; !skip && call_function_name(i); i++)
		suggest_try(&s, call_function_name(i), strlen(call_function_name(i)));
	suggest_answer(&s, skip ? "sys_" : "", hint, sizeof(hint));
	policy_complain(h->policy->doc, n, "'%s': %s%s%s", name, why, *hint ? ", " : "", hint);
}

static void add_syscall(struct policy_hook *h, const yaml_node_t *n, const char *name)
{
	const struct call *c = call_syscall(name);

	if (c)
		add_target(h, c);
	else
		unknown_call(h, n, name, "there is no such system call");
}

static void add_function(struct policy_hook *h, const yaml_node_t *n, const char *name)
{
	const struct call *c;
	size_t from = 0;
	bool any = false;

	while ((c = call_function(name, &from))) {
		add_target(h, c);
		any = true;
	}
	if (!any)
		unknown_call(h, n, name, "no event tells of this function");
}

static void add_call(struct policy_hook *h, const yaml_node_t *n, const char *name, bool syscall)
{
	if (syscall || call_is_syscall(name))
		add_syscall(h, n, name);
	else
		add_function(h, n, name);
}

static void add_all_syscalls(struct policy_hook *h)
{
	size_t n;
	const struct call *c = call_syscalls(&n);

	for (size_t i = 0; i < n; i++)
		add_target(h, &c[i]);
	add_target(h, call_others());
}

static void add_list(struct policy_hook *h, const yaml_node_t *n, const char *name)
{
	struct policy_doc *d = h->policy->doc;
	yaml_node_t *list = policy_list(h->policy, n, name), *type, *values;
	const char *kind = NULL;

	if (!list)
		return;
	type = policy_get(d, list, "type");
	values = policy_get(d, list, "values");
	if (type)
		kind = policy_text(d, type, "type", NULL);
	if (kind && !strcmp(kind, "generated_syscalls")) {
		add_all_syscalls(h);
		return;
	}
	for (size_t i = 0; i < policy_items(values); i++) {
		const yaml_node_t *v = policy_item(d, values, i);
		const char *call = policy_text(d, v, "values", NULL);

		if (call)
			add_call(h, v, call, kind && !strcmp(kind, "syscalls"));
	}
	if (!policy_items(values))
		policy_complain(d, n, "the list '%s' is empty", name);
}

static void read_call(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct policy_hook *h = arg;
	const char *name = policy_text(d, n, "call", NULL);

	if (!name)
		return;
	if (!strncmp(name, "list:", 5))
		add_list(h, n, name + 5);
	else if (h->syscall_said && !h->syscall && call_is_syscall(name))
		policy_complain(d, n, "'%s' is a system call, and 'syscall: false' says it is none",
				name);
	else
		add_call(h, n, name, h->syscall);
}

static void read_syscall(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct policy_hook *h = arg;

	h->syscall_said = policy_bool(d, n, "syscall", &h->syscall) == 0;
}

static void read_kprobe(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_key keys[] = {
		{ "syscall", read_syscall },
		{ "call", read_call, NULL, true },
		{ "return", read_flag },
		{ "returnArg", read_return_arg },
		{ "returnArgAction", read_return_action },
		{ "ignore", NULL, "not done" },
		HOOK_KEYS,
	};

	read_hook(d, n, arg, "a kprobe", keys, nitems(keys));
}

/* ---- lsmhooks */

static void read_lsm(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct policy_hook *h = arg;
	const char *name = policy_text(d, n, "hook", NULL);
	char function[128];

	if (!name)
		return;
	if (!strcmp(name, "bprm_check_security"))
		name = "bprm_check";
	snprintf(function, sizeof(function), "security_%s", name);
	add_function(h, n, function);
}

static void read_lsmhook(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_key keys[] = {
		{ "hook", read_lsm, NULL, true },
		HOOK_KEYS,
	};

	read_hook(d, n, arg, "an lsmhook", keys, nitems(keys));
}

/* ---- tracepoints */

static void syscall_tracepoint(struct policy_hook *h, const yaml_node_t *n, const char *event)
{
	bool enter = !strncmp(event, "sys_enter_", 10);
	const char *name = event + (enter ? 10 : 9);

	if (!enter && strncmp(event, "sys_exit_", 9)) {
		policy_complain(h->policy->doc, n,
				"event: '%s': sys_enter_NAME and sys_exit_NAME are there", event);
		return;
	}
	if (call_syscall(name))
		add_target(h, call_traced(call_syscall(name), enter));
	else
		unknown_call(h, n, name, "there is no such system call");
}

static void read_event(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct policy_hook *h = arg;
	yaml_node_t *subsystem = policy_get(d, h->at, "subsystem");
	const char *s = subsystem ? policy_text(d, subsystem, "subsystem", NULL) : NULL;
	const char *e = policy_text(d, n, "event", NULL);

	h->tracepoint = true;
	if (!s || !e)
		return;
	if (!strcmp(s, "syscalls"))
		syscall_tracepoint(h, n, e);
	else if (call_tracepoint(s, e, 0))
		for (size_t i = 0; call_tracepoint(s, e, i); i++)
			add_target(h, call_tracepoint(s, e, i));
	else
		policy_complain(d, n,
				"'%s/%s': no event tells of this tracepoint; "
				"secmon-policy(5) lists those that are known",
				s, e);
}

static void read_tracepoint(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_key keys[] = {
		{ "subsystem", NULL, NULL, true },
		{ "event", read_event, NULL, true },
		{ "raw", read_flag },
		HOOK_KEYS,
	};

	read_hook(d, n, arg, "a tracepoint", keys, nitems(keys));
}

void policy_hooks(struct policy *p, yaml_node_t *spec)
{
	static const struct {
		const char *key;
		void (*read)(struct policy_doc *d, yaml_node_t *item, void *arg);
	} kinds[] = {
		{ "kprobes", read_kprobe },
		{ "tracepoints", read_tracepoint },
		{ "lsmhooks", read_lsmhook },
	};
	size_t hooks = 0;

	for (size_t i = 0; i < nitems(kinds); i++) {
		yaml_node_t *n = policy_get(p->doc, spec, kinds[i].key);

		if (!n)
			continue;
		policy_each(p->doc, n, kinds[i].key, kinds[i].read, p);
		hooks += policy_items(n);
	}
	if (!hooks && !p->doc->complaints)
		policy_complain(p->doc, spec, "spec: there are no hooks in it");
}
