// SPDX-License-Identifier: BSD-2-Clause
/* Filters on who calls: its program, process, namespaces and capabilities. */
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>

#include "common/caps.h"
#include "policy_priv.h"

/* One item of such a filter while it is read. */
struct who_filter {
	struct draft *s;
	int op; /* enum plan_term_kind, or that | NOT; -1: none */
	bool follow, nspid, nscap;
	int what; /* namespace, or set of capabilities */
	yaml_node_t *values;
};

enum { NOT = 64 };

static void read_in(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_word words[] = { { "In", PLAN_EQUAL },
						    { "NotIn", PLAN_EQUAL | NOT } };

	((struct who_filter *)arg)->op = policy_word(d, n, "operator", words, nitems(words));
}

static void read_follow(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	policy_bool(d, n, "this", &((struct who_filter *)arg)->follow);
}

static void read_values(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	if (policy_items(n))
		((struct who_filter *)arg)->values = n;
	else
		policy_complain(d, n, "values: a list of some is due here");
}

static bool complete(const struct who_filter *f)
{
	return f->op != -1 && f->values;
}

/* the predicate, and with follow the same of what the process descends from */
static void about(struct who_filter *f, unsigned int field, unsigned int ancestors,
		  void (*put)(struct who_filter *f, struct policy_doc *d, yaml_node_t *n))
{
	struct policy_doc *d = f->s->hook->policy->doc;
	struct draft_pred *p = draft_pred(f->s, field, f->op & NOT);

	for (size_t i = 0; i < policy_items(f->values); i++)
		put(f, d, policy_item(d, f->values, i));
	if (!f->follow)
		return;
	if (!(f->op & NOT)) {
		p->also = (uint16_t)ancestors;
		return;
	}
	f->follow = false;
	about(f, ancestors, 0, put);
}

/* ---- programs */

static void read_binary_operator(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_word words[] = {
		{ "In", PLAN_EQUAL },	    { "NotIn", PLAN_EQUAL | NOT },
		{ "Prefix", PLAN_PREFIX },  { "NotPrefix", PLAN_PREFIX | NOT },
		{ "Postfix", PLAN_SUFFIX }, { "NotPostfix", PLAN_SUFFIX | NOT },
	};

	((struct who_filter *)arg)->op = policy_word(d, n, "operator", words, nitems(words));
}

static void put_path(struct who_filter *f, struct policy_doc *d, yaml_node_t *n)
{
	const char *s = policy_text(d, n, "values", NULL);

	if (s && !*s)
		policy_complain(d, n, "values: an empty path");
	else if (s)
		draft_text(f->s, (enum plan_term_kind)(f->op & ~NOT), s, strlen(s));
}

/* false: it was complained of */
static bool read_binaries(struct policy_doc *d, yaml_node_t *n, const char *what,
			  struct who_filter *f)
{
	static const struct policy_key keys[] = {
		{ "operator", read_binary_operator, NULL, true },
		{ "followChildren", read_follow },
		{ "values", read_values, NULL, true },
	};

	policy_map(d, n, what, keys, nitems(keys), f);
	if (!complete(f))
		return false;
	if (f->follow && (f->op & ~NOT) != PLAN_EQUAL)
		policy_complain(d, n, "followChildren goes with In and NotIn only");
	return true;
}

/* who executes something is what it was before */
static bool executes(const struct draft *s)
{
	return s->events[EV_EXECVE / 64] >> EV_EXECVE % 64 & 1;
}

void policy_match_binary(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct who_filter f = { .s = arg, .op = -1 };

	if (read_binaries(d, n, "matchBinaries", &f))
		about(&f, executes(arg) ? F_PROC_EXEPATH_BEFORE : F_PROC_EXEPATH, F_PROC_AEXEPATH,
		      put_path);
}

void policy_match_parent(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct who_filter f = { .s = arg, .op = -1 };

	/* "any process whose direct or transitive parent": the parent is among the ancestors */
	if (read_binaries(d, n, "matchParentBinaries", &f))
		about(&f, f.follow ? F_PROC_AEXEPATH : F_PROC_PEXEPATH, F_PROC_AEXEPATH, put_path);
}

/* ---- processes */

static void read_nspid(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	policy_bool(d, n, "isNamespacePID", &((struct who_filter *)arg)->nspid);
}

static void put_pid(struct who_filter *f, struct policy_doc *d, yaml_node_t *n)
{
	uint64_t v;

	if (policy_number(d, n, "values", UINT32_MAX, &v) == 0)
		draft_range(f->s, (int64_t)v, (int64_t)v);
}

void policy_match_pid(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_key keys[] = {
		{ "operator", read_in, NULL, true },
		{ "isNamespacePID", read_nspid },
		{ "followForks", read_follow },
		{ "values", read_values, NULL, true },
	};
	struct who_filter f = { .s = arg, .op = -1 };

	policy_map(d, n, "matchPIDs", keys, nitems(keys), &f);
	if (!complete(&f))
		return;
	if (f.nspid)
		about(&f, F_PROC_VPID, F_PROC_AVPID, put_pid);
	else
		about(&f, F_PROC_PID, F_PROC_APID, put_pid);
}

/* ---- namespaces */

enum { NS_USER };

static const struct {
	const char *word, *file;
	uint16_t field;
} namespaces[] = {
	[NS_USER] = { "User", "user", F_PROC_USERNS },
	{ "Uts", "uts", F_PROC_UTSNS },
	{ "Ipc", "ipc", F_PROC_IPCNS },
	{ "Mnt", "mnt", F_PROC_MNTNS },
	{ "Pid", "pid", F_PROC_PIDNS },
	{ "PidForChildren", "pid_for_children", F_PROC_PIDNS_CHILDREN },
	{ "Net", "net", F_PROC_NETNS },
	{ "Time", "time", F_PROC_TIMENS },
	{ "TimeForChildren", "time_for_children", F_PROC_TIMENS_CHILDREN },
	{ "Cgroup", "cgroup", F_PROC_CGROUPNS },
};

static int64_t host_inode[nitems(namespaces)]; /* 0: unknown */

/* The host's is that of the first process; if we may not know that, our own. */
void policy_learn_host(void)
{
	static bool learnt;
	char path[64];
	struct stat st;

	for (size_t i = 0; !learnt && i < nitems(namespaces); i++) {
		snprintf(path, sizeof(path), "/proc/1/ns/%s", namespaces[i].file);
		if (stat(path, &st) == -1)
			snprintf(path, sizeof(path), "/proc/self/ns/%s", namespaces[i].file);
		host_inode[i] = stat(path, &st) == 0 ? (int64_t)st.st_ino : 0;
	}
	learnt = true;
}

static void put_host(struct who_filter *f, struct policy_doc *d, yaml_node_t *n)
{
	policy_learn_host();
	if (host_inode[f->what])
		draft_range(f->s, host_inode[f->what], host_inode[f->what]);
	else
		policy_complain(d, n, "host_ns: this kernel has no such namespace");
}

static void put_namespace(struct who_filter *f, struct policy_doc *d, yaml_node_t *n)
{
	const char *s = policy_text(d, n, "values", NULL);
	uint64_t v;

	if (s && !strcasecmp(s, "host_ns"))
		put_host(f, d, n);
	else if (s && policy_number(d, n, "values", UINT32_MAX, &v) == 0)
		draft_range(f->s, (int64_t)v, (int64_t)v);
}

static void read_namespace(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	struct policy_word words[nitems(namespaces)];

	for (int i = 0; i < (int)nitems(words); i++)
		words[i] = (struct policy_word){ namespaces[i].word, i };
	((struct who_filter *)arg)->what = policy_word(d, n, "namespace", words, nitems(words));
}

void policy_match_namespace(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_key keys[] = {
		{ "namespace", read_namespace, NULL, true },
		{ "operator", read_in, NULL, true },
		{ "values", read_values, NULL, true },
	};
	struct who_filter f = { .s = arg, .op = -1, .what = -1 };

	policy_map(d, n, "matchNamespaces", keys, nitems(keys), &f);
	if (complete(&f) && f.what != -1)
		about(&f, namespaces[f.what].field, 0, put_namespace);
}

/* ---- capabilities */

static void put_capability(struct who_filter *f, struct policy_doc *d, yaml_node_t *n)
{
	struct policy_word words[CAP_LAST_CAP + 1];
	char names[CAP_LAST_CAP + 1][CAPS_TEXT_MAX];
	int i;

	for (i = 0; i < (int)nitems(words); i++) {
		names[i][caps_text(1ULL << i, names[i])] = '\0';
		words[i] = (struct policy_word){ names[i], i };
	}
	i = policy_word(d, n, "values", words, nitems(words));
	if (i != -1)
		draft_bits(f->s, 1ULL << i);
}

static void read_nscap(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	policy_bool(d, n, "isNamespaceCapability", &((struct who_filter *)arg)->nscap);
}

static void read_set(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_word words[] = {
		{ "Effective", F_THREAD_CAP_EFFECTIVE },
		{ "Permitted", F_THREAD_CAP_PERMITTED },
		{ "Inheritable", F_THREAD_CAP_INHERITABLE },
	};

	((struct who_filter *)arg)->what = policy_word(d, n, "type", words, nitems(words));
}

void policy_match_capability(struct policy_doc *d, yaml_node_t *n, void *arg)
{
	static const struct policy_key keys[] = {
		{ "type", read_set },
		{ "operator", read_in, NULL, true },
		{ "isNamespaceCapability", read_nscap },
		{ "values", read_values, NULL, true },
	};
	struct who_filter f = { .s = arg, .op = -1, .what = F_THREAD_CAP_EFFECTIVE };

	policy_map(d, n, "matchCapabilities", keys, nitems(keys), &f);
	if (!complete(&f) || f.what == -1)
		return;
	about(&f, (unsigned int)f.what, 0, put_capability);
	if (!f.nscap)
		return;
	/* outside of the host's user namespace only */
	f.what = NS_USER;
	draft_pred(f.s, F_PROC_USERNS, true);
	put_host(&f, d, n);
}
