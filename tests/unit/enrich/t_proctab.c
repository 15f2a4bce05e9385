// SPDX-License-Identifier: BSD-2-Clause
/* The process table: identity, family, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "cmd/secmon-enrich/proctab.h"

static unsigned int forgotten;

static void on_forget(void *arg, struct proc *p)
{
	forgotten++;
}

static struct proctab *table(void)
{
	struct proctab *t = proctab_new(PROCTAB_MIN, on_forget, NULL);

	assert_non_null(t);
	forgotten = 0;
	return t;
}

static void a_pid_used_again_is_another_process(void **state)
{
	struct proctab *t = table();
	struct proc *a = proctab_add(t, 7, 100, 100), *b = proctab_add(t, 7, 200, 200);

	assert_ptr_equal(proctab_find(t, 7, 100), a);
	assert_ptr_equal(proctab_find(t, 7, 200), b);
	assert_ptr_equal(proctab_find(t, 7, 0), b);
	assert_null(proctab_find(t, 7, 300));
	assert_null(proctab_find(t, 8, 0));
	proctab_free(t);
	assert_int_equal(forgotten, 2);
}

static void children_go_to_the_reaper(void **state)
{
	struct proctab *t = table();
	struct proc *init = proctab_add(t, 1, 1, 1), *p = proctab_add(t, 7, 100, 100);
	struct proc *c = proctab_add(t, 8, 110, 110);

	assert_true(proctab_adopt(t, p, 1, 1));
	assert_true(proctab_adopt(t, c, 7, 100));
	assert_false(proctab_adopt(t, c, 7, 100));
	proctab_exit(t, p, 1, 120);
	assert_ptr_equal(c->parent, init);
	assert_int_equal(c->ppid, 1);
	assert_null(p->child);
	/* it stays for its grace, then it goes */
	proctab_expire(t, 120 + PROC_GRACE_NS);
	assert_ptr_equal(proctab_find(t, 7, 100), p);
	proctab_expire(t, 121 + PROC_GRACE_NS);
	assert_null(proctab_find(t, 7, 100));
	proctab_free(t);
}

static void nobody_descends_from_himself(void **state)
{
	struct proctab *t = table();
	struct proc *a = proctab_add(t, 1, 1, 1), *b = proctab_add(t, 2, 2, 2);
	struct proc *c = proctab_add(t, 3, 3, 3);

	proctab_adopt(t, a, 1, 1);
	assert_null(a->parent);
	proctab_adopt(t, b, 1, 1);
	proctab_adopt(t, c, 2, 2);
	proctab_adopt(t, a, 3, 3);
	assert_null(a->parent);
	proctab_exit(t, a, 3, 4); /* the reaper is its own grandchild */
	for (struct proc *p = c; p; p = p->parent)
		assert_true(p == b || p == c);
	proctab_free(t);
}

static void the_exited_go_first_then_the_childless(void **state)
{
	struct proctab *t = table();
	struct proc *root = proctab_add(t, 1, 1, 1), *p, *pinned = NULL;

	for (int i = 2; i <= PROCTAB_MIN; i++) {
		p = proctab_add(t, i, (uint64_t)i, (uint64_t)i);
		proctab_adopt(t, p, 1, 1);
		if (i == 3)
			pinned = p;
	}
	assert_int_equal(proctab_count(t), PROCTAB_MIN);
	proctab_exit(t, proctab_find(t, 10, 10), 0, 99);
	proctab_add(t, 100, 100, 100);
	assert_null(proctab_find(t, 10, 10));
	assert_int_equal(proctab_evicted(t), 1);
	/* now the one that was silent longest, but not a parent and not the pinned one */
	pinned->used_ns = 0;
	proctab_pin(t, pinned);
	proctab_add(t, 101, 101, 101);
	assert_null(proctab_find(t, 2, 2));
	assert_ptr_equal(proctab_find(t, 3, 3), pinned);
	assert_ptr_equal(proctab_find(t, 1, 1), root);
	assert_int_equal(proctab_evicted(t), 2);
	assert_int_equal(proctab_count(t), PROCTAB_MIN);
	proctab_free(t);
}

static void check(struct proctab *t)
{
	for (int64_t pid = 0; pid < 300; pid++) {
		struct proc *p = proctab_find(t, pid, 0);
		unsigned int up = 0;

		for (struct proc *a = p; a; a = a->parent)
			assert_true(up++ <= PROCTAB_MIN);
		for (struct proc *c = p ? p->child : NULL; c; c = c->next) {
			assert_ptr_equal(c->parent, p);
			assert_true(!c->next || c->next->prev == c);
		}
	}
}

/* whatever a stream says in whatever order, the table stays a forest of its size */
static void any_order_is_survived(void **state)
{
	struct proctab *t = table();

	srand(1);
	for (uint64_t i = 1; i < 20000; i++) {
		int64_t pid = rand() % 300;
		struct proc *p = proctab_find(t, pid, 0);

		switch (rand() % 4) {
		case 0:
			proctab_add(t, pid, i, i);
			break;
		case 1:
			if (p)
				proctab_adopt(t, p, rand() % 300, 0);
			break;
		case 2:
			if (p)
				proctab_exit(t, p, rand() % 300, i);
			break;
		default:
			if (p && rand() % 4 == 0)
				proctab_remove(t, p);
			proctab_expire(t, i * (PROC_GRACE_NS / 1000));
		}
		assert_true(proctab_count(t) <= PROCTAB_MIN);
		if (i % 500 == 0)
			check(t);
	}
	proctab_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pid_used_again_is_another_process),
		cmocka_unit_test(children_go_to_the_reaper),
		cmocka_unit_test(nobody_descends_from_himself),
		cmocka_unit_test(the_exited_go_first_then_the_childless),
		cmocka_unit_test(any_order_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
