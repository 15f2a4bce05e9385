// SPDX-License-Identifier: BSD-2-Clause
/* Joining paths as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "cmd/secmon-capture/scap_path.h"

static void joins(const char *dir, const char *path, const char *want)
{
	char b[PATH_TEXT_MAX];
	size_t n = scap_path_join(b, dir, strlen(dir), path, strlen(path));

	assert_int_equal(n, strlen(want));
	assert_memory_equal(b, want, n);
}

static void an_absolute_path_stands_alone(void **state)
{
	joins("/root/", "/etc/passwd", "/etc/passwd");
	joins("nonsense", "//etc///passwd/", "/etc/passwd");
	joins("/x/", "/", "/");
}

static void dots_are_resolved_as_text(void **state)
{
	joins("/root/", "./a/./b", "/root/a/b");
	joins("/root/x/", "../y", "/root/y");
	joins("/", "../../etc", "/etc");
	joins("/a/", "b/../../../c", "/c");
	joins("a/", "../../b", "b");
	joins("/a/", "...", "/a/...");
}

static void what_is_too_long_is_called_so(void **state)
{
	char path[1100];

	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	joins("/root/", path, "/DIR_TOO_LONG/FILENAME_TOO_LONG");
}

static void repeated_slashes_are_one(void **state)
{
	char b[PATH_TEXT_MAX];
	size_t n = scap_path_squeeze(b, "//tmp///x/..", 12);

	assert_int_equal(n, 9);
	assert_memory_equal(b, "/tmp/x/..", 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_absolute_path_stands_alone),
		cmocka_unit_test(dots_are_resolved_as_text),
		cmocka_unit_test(what_is_too_long_is_called_so),
		cmocka_unit_test(repeated_slashes_are_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
