// SPDX-License-Identifier: BSD-2-Clause
/* The spool on its own: what survives being closed, cut and written over; backoff and breaker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/secmon-ship/owner.h"
#include "cmd/secmon-ship/retry.h"
#include "cmd/secmon-ship/spool.h"

static char dir[64];
static const struct spool_limits limits = { .bytes = 1 << 20, .segment_bytes = 64 * 1024 };
static char err[256];

static int setup(void **state)
{
	owner_set("root");
	snprintf(dir, sizeof(dir), "/tmp/t_spool.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	char path[400];
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	return rmdir(dir);
}

static struct spool *open_it(const struct spool_limits *l)
{
	struct spool *s = spool_open(dir, l, err, sizeof(err));

	if (!s)
		fail_msg("%s", err);
	return s;
}

static void append(struct spool *s, uint64_t from, uint64_t to, size_t len)
{
	static char text[4096];
	uint64_t seq;

	for (uint64_t i = from; i <= to; i++) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)i);
		assert_int_equal(spool_append(s, text, len, &seq), 0);
		assert_int_equal(seq, i);
	}
}

static void expect(struct spool *s, uint64_t from, uint64_t to)
{
	const uint8_t *p;
	uint64_t seq;
	size_t len;

	for (uint64_t i = from; i <= to; i++) {
		assert_int_equal(spool_next(s, &p, &len, &seq), 1);
		assert_int_equal(seq, i);
		assert_int_equal(strtoull((const char *)p, NULL, 10), i);
	}
}

static void nothing_more(struct spool *s)
{
	const uint8_t *p;
	uint64_t seq;
	size_t len;

	assert_int_equal(spool_next(s, &p, &len, &seq), 0);
}

static void what_was_not_acknowledged_comes_again(void **state)
{
	struct spool *s = open_it(&limits);

	append(s, 1, 500, 700);
	expect(s, 1, 300);
	spool_ack(s, 250);
	spool_close(s);
	s = open_it(&limits);
	assert_int_equal(spool_counts(s)->recovered, 250);
	append(s, 501, 600, 700);
	expect(s, 251, 600);
	nothing_more(s);
	spool_ack(s, 600);
	spool_close(s);
	s = open_it(&limits);
	assert_int_equal(spool_counts(s)->recovered, 0);
	nothing_more(s);
	append(s, 601, 601, 10); /* numbers go on, whatever was removed */
	expect(s, 601, 601);
	spool_close(s);
}

static void one_user_at_a_time(void **state)
{
	struct spool *s = open_it(&limits);

	assert_null(spool_open(dir, &limits, err, sizeof(err)));
	assert_int_equal(errno, EWOULDBLOCK);
	spool_close(s);
	spool_close(open_it(&limits));
}

static void the_oldest_go_when_it_is_full(void **state)
{
	struct spool *s = open_it(&limits);
	const uint8_t *p;
	uint64_t seq;
	size_t len;

	append(s, 1, 4000, 1000);
	assert_true(spool_bytes(s) <= limits.bytes);
	assert_true(spool_counts(s)->expired > 2500);
	assert_int_equal(spool_next(s, &p, &len, &seq), 1);
	assert_int_equal(seq, spool_counts(s)->expired + 1);
	expect(s, seq + 1, 4000);
	nothing_more(s);
	spool_close(s);
}

static void last_segment(char *path, size_t len)
{
	char last[300] = "";
	struct dirent *e;
	DIR *d = opendir(dir);

	while ((e = readdir(d)))
		if (strstr(e->d_name, ".seg") && strcmp(e->d_name, last) > 0)
			snprintf(last, sizeof(last), "%s", e->d_name);
	closedir(d);
	snprintf(path, len, "%s/%s", dir, last);
}

/* Cut at every byte of its last two records: a whole one is never lost, a torn one never read. */
static void a_torn_end(void **state)
{
	struct spool *s;
	char path[400];
	struct stat st;
	uint64_t next = 1;

	for (int cut = 0; cut < 2 * (16 + 20); cut++) {
		uint64_t whole = 10 - (uint64_t)(cut + 35) / 36;

		s = open_it(&limits);
		append(s, next, next + 9, 20);
		spool_close(s);
		last_segment(path, sizeof(path));
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(truncate(path, st.st_size - cut), 0);
		s = open_it(&limits);
		assert_int_equal(spool_counts(s)->recovered, whole);
		expect(s, next, next + whole - 1);
		nothing_more(s);
		assert_int_equal(spool_counts(s)->damaged, 0);
		spool_ack(s, next + whole - 1);
		spool_close(s);
		next += whole;
	}
}

/* One byte anywhere turned over: nothing wrong is ever handed out, what is gone is counted. */
static void a_damaged_byte(void **state)
{
	for (int at = 0; at < 16 + 3 * 36; at += 5) {
		struct spool *s = open_it(&limits);
		char path[400], c;
		uint64_t seq, got = 0;
		const uint8_t *p;
		size_t len;
		int fd;

		append(s, 1, 10, 20);
		spool_close(s);
		last_segment(path, sizeof(path));
		fd = open(path, O_RDWR);
		assert_int_equal(pread(fd, &c, 1, at), 1);
		c ^= 0x40;
		assert_int_equal(pwrite(fd, &c, 1, at), 1);
		close(fd);
		s = open_it(&limits);
		while (spool_next(s, &p, &len, &seq) == 1) {
			assert_int_equal(len, 20);
			assert_int_equal(strtoull((const char *)p, NULL, 10), seq);
			got++;
		}
		assert_int_equal(got + spool_counts(s)->damaged, spool_counts(s)->recovered);
		spool_close(s);
		teardown(NULL);
		mkdir(dir, 0700);
	}
}

static void backoff_doubles_and_has_jitter(void **state)
{
	const struct sink_conf c = { .backoff_ms = 100, .backoff_max_ms = 1000 };
	uint64_t least = UINT64_MAX, most = 0;

	for (unsigned int tries = 1; tries < 70; tries++) {
		uint64_t full = tries < 5 ? 100ULL << (tries - 1) : 1000;
		uint64_t ns = retry_delay_ns(&c, tries);

		assert_true(ns >= full * NS_PER_MS / 2 && ns <= full * NS_PER_MS);
		if (tries >= 5) {
			least = ns < least ? ns : least;
			most = ns > most ? ns : most;
		}
	}
	assert_true(most - least > 100 * NS_PER_MS);
}

static void the_breaker_opens_probes_and_closes(void **state)
{
	struct sink_conf c = { .breaker = 3, .breaker_ms = 1000, .timeout_ms = 500 };
	struct sink s = { .conf = &c, .name = "test" };

	for (int i = 0; i < 3; i++) {
		assert_true(retry_allowed(&s, 0));
		retry_failed(&s, "test", 0);
	}
	assert_false(retry_allowed(&s, 999 * NS_PER_MS));
	assert_true(retry_allowed(&s, 1000 * NS_PER_MS));
	assert_false(retry_allowed(&s, 1000 * NS_PER_MS)); /* one probe only */
	retry_failed(&s, "test", 1100 * NS_PER_MS);
	assert_false(retry_allowed(&s, 2000 * NS_PER_MS));
	assert_true(retry_allowed(&s, 2100 * NS_PER_MS));
	retry_succeeded(&s);
	assert_true(retry_allowed(&s, 2100 * NS_PER_MS));
	assert_true(retry_allowed(&s, 2100 * NS_PER_MS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_not_acknowledged_comes_again, setup,
						teardown),
		cmocka_unit_test_setup_teardown(one_user_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(the_oldest_go_when_it_is_full, setup, teardown),
		cmocka_unit_test_setup_teardown(a_torn_end, setup, teardown),
		cmocka_unit_test_setup_teardown(a_damaged_byte, setup, teardown),
		cmocka_unit_test(backoff_doubles_and_has_jitter),
		cmocka_unit_test(the_breaker_opens_probes_and_closes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
