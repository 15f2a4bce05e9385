// SPDX-License-Identifier: BSD-2-Clause
/* Which paths of a plan are watched as files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "cmd/secmon-capture/watch_list.h"

static struct watch_list *list_of(const char *selectors, uint32_t turn)
{
	char text[4096], err[200];
	struct watch_list *l;
	struct plan *p;
	FILE *fp;

	snprintf(text, sizeof(text), "plan 1\nneed *\n%s", selectors);
	fp = fmemopen(text, strlen(text), "r");
	p = plan_read(fp, "p", err, sizeof(err));
	fclose(fp);
	if (!p)
		fail_msg("%s", err);
	l = watch_list_new(p, turn);
	plan_free(p);
	assert_non_null(l);
	return l;
}

static void only_literal_paths_each_once(void **state)
{
	struct watch_list *l = list_of("select \"a\" openat\n"
				       "\tfd.name is \"/b\" ^\"/c/\" $\"/d\" \"/a\" \"socket\"\n"
				       "select \"b\" openat unlink\n"
				       "\tfd.name is \"/b\"\n"
				       "\tfs.path.name is \"/e\"\n"
				       "\tproc.name is \"/f\"\n"
				       "\tfd.nameraw is \"/g\"\n",
				       1);

	assert_int_equal(l->n, 3);
	assert_string_equal(l->path[0].path, "/a");
	assert_string_equal(l->path[1].path, "/b");
	assert_string_equal(l->path[2].path, "/e");
	assert_int_equal(l->left_out, 0);
	watch_list_free(l);
}

static void not_what_excludes_and_not_what_each_process_has(void **state)
{
	struct watch_list *l = list_of("select \"a\" openat\n"
				       "\tnot fd.name is \"/a\"\n"
				       "\tfd.name is \"/proc/self\" \"/proc/self/mem\" "
				       "\"/proc/thread-self/mem\" \"/proc/selfish\"\n",
				       1);

	assert_int_equal(l->n, 1);
	assert_string_equal(l->path[0].path, "/proc/selfish");
	watch_list_free(l);
}

static void found_by_text_and_by_id_of_its_own_list(void **state)
{
	struct watch_list *l =
		list_of("select \"a\" openat\n\tfd.name is \"/x\" \"/xy\" \"/w\"\n", 7);
	const struct watch_path *p = watch_list_find(l, "/xyz", 3);

	assert_ptr_equal(p, &l->path[2]);
	assert_null(watch_list_find(l, "/xyz", 4));
	assert_null(watch_list_find(l, "/", 1));
	assert_ptr_equal(watch_list_path(l, watch_list_id(l, 2)), p);
	assert_null(watch_list_path(l, watch_list_id(l, 3)));
	assert_null(watch_list_path(l, 0));
	assert_null(watch_list_path(NULL, 1));
	l->turn++;
	assert_null(watch_list_path(l, 7 << WATCH_INDEX_BITS | 2));
	watch_list_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_literal_paths_each_once),
		cmocka_unit_test(not_what_excludes_and_not_what_each_process_has),
		cmocka_unit_test(found_by_text_and_by_id_of_its_own_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
