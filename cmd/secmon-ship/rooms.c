// SPDX-License-Identifier: BSD-2-Clause
/* Which files a running ship may touch, and how much of the machine it keeps. */
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/secmon-ship/rooms.h"
#include "cmd/secmon-ship/sink.h"
#include "common/log.h"
#include "common/sandbox.h"

enum { PATHS_MAX = 8 * SINKS_MAX + 16 };

/* Segments that cannot be written hold what is in the file: nothing is lost with them. */
static int trim(struct dl_phdr_info *info, size_t size, void *arg)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t from = (info->dlpi_addr + p->p_vaddr + page - 1) & ~(page - 1);
		uintptr_t to = (info->dlpi_addr + p->p_vaddr + p->p_memsz) & ~(page - 1);

		if (p->p_type == PT_LOAD && !(p->p_flags & PF_W) && to > from)
			madvise((void *)from, to - from, MADV_DONTNEED);
	}
	return 0;
}

void rooms_trim(void)
{
	dl_iterate_phdr(trim, NULL);
}

struct paths {
	const char *v[PATHS_MAX + 1];
	size_t n;
};

static void add(struct paths *p, const char *path)
{
	if (path && p->n < PATHS_MAX)
		p->v[p->n++] = path;
}

/* The folder of a file that may be rotated or opened anew. */
static void add_folder(struct paths *p, const char *file, char *buf, size_t len)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		add(p, ".");
	else if ((size_t)(slash - file) + 1 < len)
		add(p, memcpy(buf, file, (size_t)(slash - file) + (slash == file)));
}

static bool is_file(const struct sink_conf *c, const char **path)
{
	const struct format *format;
	const struct sink_kind *kind = sink_kind_of(c->to, path, &format);

	return kind && strcmp(kind->name, "file") == 0;
}

int rooms_lock(const struct options *o)
{
	/* name resolution, certificates, time zones, what libraries load late */
	struct paths reads = { { "/etc", "/usr/share", "/usr/lib", "/lib", "/lib64", "/run/systemd",
				 "/proc/self", "/dev/null", "/dev/log", "/run" },
			       10 };
	static char folders[SINKS_MAX + 1][4096];
	struct paths writes = { { "/dev/null" }, 1 };
	struct sandbox box = { .role = SANDBOX_NETWORK, .user = o->usual.user };
	const char *path;

	for (size_t i = 0; i < o->conf.nsinks; i++) {
		const struct sink_conf *c = o->conf.sinks[i];

		add(&writes, c->spool);
		add(&reads, c->ca_file);
		add(&reads, c->cert);
		add(&reads, c->key);
		if (is_file(c, &path))
			add_folder(&writes, path, folders[i], sizeof(folders[i]));
		for (size_t j = 0; j < c->writable.n; j++)
			add(&writes, c->writable.v[j]);
		box.may_exec |= strstr(c->to, "exec:") != NULL;
	}
	if (box.may_exec) {
		add(&reads, "/usr");
		add(&reads, "/bin");
		add(&reads, "/opt");
	}
	if (o->conf.metrics_file)
		add_folder(&writes, o->conf.metrics_file, folders[SINKS_MAX], sizeof(folders[0]));
	box.read_paths = reads.v;
	box.write_paths = writes.v;
	return sandbox_enter(&box);
}
