// SPDX-License-Identifier: BSD-2-Clause
/*
 * A main for fuzz targets without libFuzzer: feeds every file it is given, and
 * every file below the directories it is given, to LLVMFuzzerTestOneInput()
 * once, and says so in TAP. What a target cannot stand ends it, as in fuzzing.
 */
#include <err.h>
#include <fts.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* feed(path): the file in a block of exactly its size, so that ASan sees one byte too far. */
static void feed(const char *path, off_t size)
{
	FILE *fp = fopen(path, "rb");
	uint8_t *data = malloc(size ? size : 1);

	if (!fp || !data)
		err(1, "%s", path);
	if (fread(data, 1, size, fp) != (size_t)size)
		err(1, "%s", path);
	fclose(fp);
	if (!size) {
		free(data);
		LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
		return;
	}
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

int main(int argc, char **argv)
{
	unsigned int n = 0;
	FTSENT *e;
	FTS *fts;

	if (argc < 2)
		errx(2, "usage: %s FILE|DIR...", argv[0]);
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	fts = fts_open(argv + 1, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	if (!fts)
		err(1, "fts_open");
	while ((e = fts_read(fts))) {
		if (e->fts_info == FTS_NS || e->fts_info == FTS_ERR || e->fts_info == FTS_DNR)
			errx(1, "%s: %s", e->fts_path, strerror(e->fts_errno));
		if (e->fts_info != FTS_F)
			continue;
		fprintf(stderr, "# %s\n", e->fts_path);
		feed(e->fts_path, e->fts_statp->st_size);
		n++;
	}
	fts_close(fts);
	if (!n)
		errx(1, "no file to feed");
	printf("1..1\nok 1 - %u inputs\n", n);
	return 0;
}
