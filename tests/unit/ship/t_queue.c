// SPDX-License-Identifier: BSD-2-Clause
/* The ring of a sink: bounds, order, going round; held against a plain list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/secmon-ship/queue.h"

static void order_is_kept(void **state)
{
	struct queue *q = queue_new(QUEUE_MIN);
	size_t len;

	assert_null(queue_peek(q, &len));
	assert_int_equal(queue_put(q, "one", 3), 0);
	assert_int_equal(queue_put(q, "", 0), 0);
	assert_int_equal(queue_put(q, "three", 5), 0);
	assert_int_equal(queue_count(q), 3);
	assert_memory_equal(queue_peek(q, &len), "one", 3);
	assert_int_equal(len, 3);
	queue_pop(q);
	assert_non_null(queue_peek(q, &len));
	assert_int_equal(len, 0);
	queue_pop(q);
	assert_memory_equal(queue_peek(q, &len), "three", 5);
	queue_pop(q);
	assert_null(queue_peek(q, &len));
	queue_pop(q); /* of nothing is nothing */
	assert_int_equal(queue_bytes(q), 0);
	queue_free(q);
}

static void full_is_full(void **state)
{
	struct queue *q = queue_new(QUEUE_MIN);
	static char big[QUEUE_MIN];
	unsigned int n = 0;

	assert_int_equal(queue_put(q, big, sizeof(big)), -1);
	while (queue_fits(q, 1000)) {
		assert_int_equal(queue_put(q, big, 1000), 0);
		n++;
	}
	assert_int_equal(queue_put(q, big, 1000), -1);
	assert_true(n >= QUEUE_MIN / 1008 - 1 && n <= QUEUE_MIN / 1008);
	assert_true(queue_bytes(q) <= queue_size(q));
	queue_pop(q);
	assert_int_equal(queue_put(q, big, 1000), 0);
	queue_free(q);
}

/* Records of random length, put and popped at random: what comes out is what went in. */
static void it_goes_round(void **state)
{
	struct queue *q = queue_new(QUEUE_MIN);
	static uint8_t bytes[70000];
	uint32_t in = 0, out = 0;
	const uint8_t *p;
	size_t len;

	srandom(1);
	for (int i = 0; i < 200000; i++) {
		size_t n = 4 + (size_t)random() % (i % 50 ? 700 : 65000);

		if (random() % 2 && queue_fits(q, n)) {
			memcpy(bytes, &in, sizeof(in));
			bytes[n - 1] = (uint8_t)(n == 4 ? bytes[3] : in);
			assert_int_equal(queue_put(q, bytes, n), 0);
			in++;
		} else if ((p = queue_peek(q, &len))) {
			assert_memory_equal(p, &out, sizeof(out));
			assert_true(len == 4 || p[len - 1] == (uint8_t)out);
			out++;
			queue_pop(q);
		}
		assert_int_equal(queue_count(q), in - out);
		assert_true(queue_bytes(q) <= queue_size(q));
	}
	assert_true(out > 50000);
	queue_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_kept),
		cmocka_unit_test(full_is_full),
		cmocka_unit_test(it_goes_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
