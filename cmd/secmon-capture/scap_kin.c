// SPDX-License-Identifier: BSD-2-Clause
/* What is told of a thread's ancestors, and of the leaders of its session and groups. */
#include "cmd/secmon-capture/scap_kin.h"

#include "cmd/secmon-capture/scap_threads.h"
#include "common/compat.h"

/* The main threads of the ancestors, the parent first. A ring of parents ends it. */
static size_t lineage(const struct scap_world *w, struct scap_thread *t,
		      struct scap_thread *up[LINEAGE_MAX])
{
	struct scap_thread *p = thread_main(t), *slow = p;
	size_t n = 0;

	while (n < LINEAGE_MAX && p && (p = thread_parent(w, p)) && p->tid != -1 &&
	       !p->placeholder) {
		up[n++] = p;
		if (n % 2 == 0)
			slow = thread_parent(w, slow);
		if (p == slow)
			break;
	}
	return n;
}

static void put_cmdline(struct wire *w, const struct scap_thread *t)
{
	char b[8192];
	size_t n = text_len(t->comm), len = text_len(t->args);

	memcpy(b, text_s(t->comm), n < 256 ? n : 256);
	n = n < 256 ? n : 256;
	if (len > sizeof(b) - 300)
		len = sizeof(b) - 300;
	if (len > 1 || (len && *t->args->s)) {
		b[n++] = ' ';
		for (size_t i = 0; i < len; i++)
			b[n + i] = t->args->s[i] ? t->args->s[i] : ' ';
		n += len - (t->args->s[len - 1] == '\0');
	}
	wire_item_text(w, b, n);
}

/* A block of texts as one, with blanks between. */
static void put_joined(struct wire *w, const struct scap_text *t)
{
	char b[16384];
	size_t len = text_len(t) < sizeof(b) ? text_len(t) : sizeof(b);

	if (len && !t->s[len - 1])
		len--;
	for (size_t i = 0; i < len; i++)
		b[i] = t->s[i] ? t->s[i] : ' ';
	wire_item_text(w, b, len);
}

static void put_list(struct wire *w, unsigned int field, struct scap_thread *const *up, size_t n)
{
	wire_array(w, field, n);
	for (size_t i = 0; i < n; i++) {
		const struct scap_thread *p = up[i];

		switch (field) {
		case F_PROC_ANAME:
			wire_item_text(w, text_s(p->comm), text_len(p->comm));
			break;
		case F_PROC_AEXE:
			wire_item_text(w, text_s(p->exe), text_len(p->exe));
			break;
		case F_PROC_AEXEPATH:
			wire_item_text(w, text_s(p->exepath), text_len(p->exepath));
			break;
		case F_PROC_ACMDLINE:
			put_cmdline(w, p);
			break;
		case F_PROC_AARGS:
			put_joined(w, p->args);
			break;
		case F_PROC_AENV:
			put_joined(w, p->env);
			break;
		default:
			wire_item_int(w, p->pid);
		}
	}
}

static bool is_shell(const struct scap_thread *t)
{
	size_t n = text_len(t->comm);

	return n >= 2 && !memcmp(t->comm->s + n - 2, "sh", 2);
}

void kin_ancestors(struct scap_blobs *b, struct wire *w, struct scap_thread *t)
{
	struct scap_thread *up[LINEAGE_MAX], *m = thread_main(t);
	size_t n = lineage(b->w, t, up);
	const struct scap_thread *shell = m && is_shell(m) ? m : NULL;

	for (size_t i = 0; i < n; i++)
		if (is_shell(up[i]))
			shell = up[i];
	if (shell)
		wire_int(w, F_PROC_LOGINSHELLID, shell->pid);
	if (!n)
		return;
	if (blob_needs(b, F_PROC_ANAME))
		put_list(w, F_PROC_ANAME, up, n);
	if (blob_needs(b, F_PROC_AEXE))
		put_list(w, F_PROC_AEXE, up, n);
	if (blob_needs(b, F_PROC_AEXEPATH))
		put_list(w, F_PROC_AEXEPATH, up, n);
	if (blob_needs(b, F_PROC_ACMDLINE))
		put_list(w, F_PROC_ACMDLINE, up, n);
	if (blob_needs(b, F_PROC_APID))
		put_list(w, F_PROC_APID, up, n);
	if (blob_needs(b, F_PROC_AARGS))
		put_list(w, F_PROC_AARGS, up, n);
	if (b->env)
		put_list(w, F_PROC_AENV, up, n);
	wire_int(w, F_PROC_PVPID, up[0]->vpid);
	if (up[0]->clone_ts)
		wire_uint(w, F_PROC_PPID_TS, up[0]->clone_ts);
}

static int64_t session(const struct scap_thread *t)
{
	return t->sid;
}

static int64_t vgroup(const struct scap_thread *t)
{
	return t->vpgid;
}

static int64_t host_group(const struct scap_thread *t)
{
	return t->pgid;
}

/*
 * The leader of a session or group: the thread of that id, or where ids are those
 * of a namespace or it is not known, the farthest ancestor in an unbroken row that
 * has the same.
 */
static struct scap_thread *leader(struct scap_world *w, struct scap_thread *t,
				  int64_t (*id)(const struct scap_thread *))
{
	struct scap_thread *up[LINEAGE_MAX], *l = NULL, *found;
	size_t n;

	if (id(t) == -1)
		return NULL;
	if ((id == host_group || !thread_in_pidns(t)) && (found = thread_find(w, id(t))))
		return found;
	n = lineage(w, t, up);
	for (size_t i = 0; i < n && id(up[i]) == id(t); i++)
		l = up[i];
	return l;
}

static void put_leader(struct wire *w, struct scap_thread *t, struct scap_thread *l,
		       unsigned int name, unsigned int exe, unsigned int exepath)
{
	if (l && l != t)
		l->leader_of_some = true;
	wire_text(w, name, text_s(l ? l->comm : NULL), text_len(l ? l->comm : NULL));
	wire_text(w, exe, text_s(l ? l->exe : NULL), text_len(l ? l->exe : NULL));
	wire_text(w, exepath, text_s(l ? l->exepath : NULL), text_len(l ? l->exepath : NULL));
}

void kin_leaders(struct scap_blobs *b, struct wire *w, struct scap_thread *t)
{
	put_leader(w, t, leader(b->w, t, session), F_PROC_SNAME, F_PROC_SID_EXE,
		   F_PROC_SID_EXEPATH);
	put_leader(w, t, leader(b->w, t, vgroup), F_PROC_VPGID_NAME, F_PROC_VPGID_EXE,
		   F_PROC_VPGID_EXEPATH);
	put_leader(w, t, leader(b->w, t, host_group), F_PROC_PGID_NAME, F_PROC_PGID_EXE,
		   F_PROC_PGID_EXEPATH);
}
