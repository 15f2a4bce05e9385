// SPDX-License-Identifier: BSD-2-Clause
/* Which paths a call is about, and where they lead. */
#include "cmd/secmon-capture/scap_emit.h"
#include "cmd/secmon-capture/scap_path.h"
#include "common/compat.h"

enum { AT_CWD = -100, NO = -1, OF_FD = -2 };

/*
 * Parameters with paths, and with the directories that they start from; OF_FD:
 * the path is that of the event's descriptor. source and target are in the order
 * in which rules name them: of links, the new name is the source.
 */
static const struct paths {
	uint16_t code;
	int8_t name, name_dir;
	int8_t source, source_dir, target, target_dir;
	bool abspath; /* also evt.abspath */
	bool links;   /* ... whose source is our target */
} table[] = {
	{ SCAP_MKDIR_2_X, 1, NO, NO, NO, NO, NO },
	{ SCAP_RMDIR_2_X, 1, NO, NO, NO, NO, NO },
	{ SCAP_UNLINK_2_X, 1, NO, NO, NO, NO, NO },
	{ SCAP_MKDIRAT_X, 2, 1, NO, NO, NO, NO, true },
	{ SCAP_UNLINKAT_2_X, 2, 1, NO, NO, NO, NO, true },
	{ SCAP_CHMOD_X, 1, NO, NO, NO, NO, NO },
	{ SCAP_FCHMODAT_X, 2, 1, NO, NO, NO, NO, true },
	{ SCAP_FCHMOD_X, OF_FD, NO, NO, NO, NO, NO },
	{ SCAP_CHOWN_X, 1, NO, NO, NO, NO, NO },
	{ SCAP_LCHOWN_X, 1, NO, NO, NO, NO, NO },
	{ SCAP_FCHOWN_X, OF_FD, NO, NO, NO, NO, NO },
	{ SCAP_FCHOWNAT_X, 2, 1, NO, NO, NO, NO, true },
	{ SCAP_QUOTACTL_X, 1, NO, NO, NO, NO, NO },
	{ SCAP_UMOUNT_1_X, 1, NO, NO, NO, NO, NO },
	{ SCAP_UMOUNT2_X, 1, NO, NO, NO, NO, NO },
	{ SCAP_RENAME_X, NO, NO, 1, NO, 2, NO },
	{ SCAP_RENAMEAT_X, NO, NO, 2, 1, 4, 3, true },
	{ SCAP_RENAMEAT2_X, NO, NO, 2, 1, 4, 3, true },
	{ SCAP_LINK_2_X, NO, NO, 2, NO, 1, NO, false, true },
	{ SCAP_LINKAT_2_X, NO, NO, 4, 3, 2, 1, true, true },
	{ SCAP_SYMLINK_X, NO, NO, 2, NO, 1, NO, false, true },
	{ SCAP_SYMLINKAT_X, NO, NO, 3, 2, 1, NO, false, true },
	{ SCAP_MOUNT_X, NO, NO, 1, NO, 2, NO },
};

/* Parameter i as a path, absolute. The length in b. */
static size_t absolute(struct scap_actor *a, int i, int dir, const char *sep, char *b)
{
	const char *s = "<NA>";
	size_t len = 4;

	ev_text(a->e, (unsigned int)i, &s, &len);
	return actor_path(a, dir == NO ? AT_CWD : ev_i64(a->e, (unsigned int)dir), s, len, sep, b);
}

static void put_path(struct scap_actor *a, struct wire *w, int i, int dir, unsigned int field,
		     unsigned int raw)
{
	char b[PATH_TEXT_MAX];
	const char *s = "<NA>";
	size_t len = 4;

	if (i == OF_FD) {
		if (!a->fd)
			return;
		wire_text(w, field, text_s(a->fd->name), text_len(a->fd->name));
		wire_text(w, raw, text_s(a->fd->name), text_len(a->fd->name));
		return;
	}
	ev_text(a->e, (unsigned int)i, &s, &len);
	wire_text(w, field, b, absolute(a, i, dir, "", b));
	wire_text(w, raw, s, len);
}

static void put_abspath(struct scap_actor *a, struct wire *w, int i, int dir, unsigned int field)
{
	char b[PATH_TEXT_MAX];

	wire_text(w, field, b, absolute(a, i, dir, "/", b));
}

static void put_table(struct scap_actor *a, struct wire *w, const struct paths *p)
{
	bool ok = a->has_res && a->res == 0;

	if (ok && p->name != NO)
		put_path(a, w, p->name, p->name_dir, F_FS_PATH_NAME, F_FS_PATH_NAMERAW);
	if (ok && p->source != NO) {
		put_path(a, w, p->source, p->source_dir, F_FS_PATH_SOURCE, F_FS_PATH_SOURCERAW);
		put_path(a, w, p->target, p->target_dir, F_FS_PATH_TARGET, F_FS_PATH_TARGETRAW);
	}
	if (!p->abspath)
		return;
	if (p->name != NO) {
		put_abspath(a, w, p->name, p->name_dir, F_EVT_ABSPATH_SRC);
	} else if (p->links) {
		put_abspath(a, w, p->target, p->target_dir, F_EVT_ABSPATH_SRC);
		put_abspath(a, w, p->source, p->source_dir, F_EVT_ABSPATH_DST);
	} else {
		put_abspath(a, w, p->source, p->source_dir, F_EVT_ABSPATH_SRC);
		put_abspath(a, w, p->target, p->target_dir, F_EVT_ABSPATH_DST);
	}
}

void emit_paths(struct scap_actor *a, struct wire *w)
{
	unsigned int code = a->e->code;

	for (size_t i = 0; i < nitems(table); i++)
		if (table[i].code == code)
			put_table(a, w, &table[i]);
	if (code == SCAP_OPENAT_2_X || code == SCAP_OPENAT2_X)
		put_abspath(a, w, 2, 1, F_EVT_ABSPATH_SRC);
	else if (code == SCAP_SYMLINKAT_X)
		put_abspath(a, w, 3, 2, F_EVT_ABSPATH_SRC);
	else if (code == SCAP_OPEN_BY_HANDLE_AT_X && !a->failed && a->fd)
		wire_text(w, F_EVT_ABSPATH_SRC, text_s(a->fd->name), text_len(a->fd->name));
}
