// SPDX-License-Identifier: BSD-2-Clause
/* What conditions mean: absent values, lists, ancestors, networks, fields against fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cmd/secmon-match/rx.h"
#include "tests/unit/match/ask.h"

static void test_without_a_value_every_check_is_false(void **state)
{
	given("{evt.type: close, proc.name: cat}");
	fails("fd.name = x");
	fails("fd.name != x");
	fails("fd.name in ()");
	fails("fd.name contains ''");
	fails("fd.num < 5");
	fails("fd.name exists");
	holds("not fd.name = x");
	holds("not fd.name != x");
	holds("proc.name exists");
}

static void test_an_empty_text_is_a_value(void **state)
{
	given("{evt.type: execve, evt.rawres: 0, proc.name: pkexec, proc.args: [], proc.cwd: ''}");
	holds("proc.cwd exists");
	holds("proc.cwd = ''");
	holds("proc.args = ''");
	holds("proc.cwd contains ''");
	holds("proc.args[3] = ''");
	fails("proc.cwd = x");
}

static void test_texts(void **state)
{
	given("{evt.type: close, proc.name: Cat, proc.cwd: /usr/share/doc/}");
	fails("proc.name = cat");
	holds("tolower(proc.name) = cat");
	holds("proc.name icontains AT");
	holds("proc.name glob 'C?t'");
	fails("proc.name glob 'C'");
	holds("proc.cwd glob '/usr*doc/'");
	holds("proc.name iglob 'c*'");
	holds("proc.name regex '[A-Z]at'");
	fails("proc.name regex 'at'");
	holds("proc.name startswith Ca");
	holds("proc.name endswith at");
	holds("proc.name in (x, Cat)");
	fails("proc.name in ()");
	holds("len(proc.name) = 3");
	holds("basename(proc.cwd) = ''");
	holds("concat(proc.name, '-', proc.name) = Cat-Cat");
}

static void test_an_expression_that_takes_too_long_does_not_match_and_is_counted(void **state)
{
	uint64_t before = rx_given_up();

	given("{evt.type: close, proc.name: Cat, proc.cwd: "
	      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab}");
	fails("proc.cwd regex '(a|aa)+c.*'");
	assert_int_equal(rx_given_up(), before);
	fails("proc.cwd regex '(a|aa|.b?)+[cd]'");
	assert_int_equal(rx_given_up(), before + 1);
}

static void test_paths(void **state)
{
	given("{evt.type: openat, evt.rawres: 3, fd.num: 3, fd.typechar: f, "
	      "fd.name: /etc/ld.so.cache}");
	holds("fd.name pmatch (/etc)");
	holds("fd.name pmatch (/etc/)");
	fails("fd.name pmatch (/etc/ld.so)");
	holds("fd.name pmatch (/usr, /etc/ld.so.cache)");
	holds("fd.name pmatch (/e*)");
	holds("fd.name pmatch (/)");
	fails("fd.name pmatch ()");
	holds("fd.directory = /etc");
	holds("fd.filename = ld.so.cache");
}

static void test_numbers(void **state)
{
	given("{evt.type: close, evt.rawres: -13, proc.pid: 10, user.uid: 4294967295}");
	holds("evt.rawres < 0");
	holds("evt.rawres = -13");
	holds("proc.pid in (9, 10)");
	holds("user.uid = 4294967295");
	holds("user.uid = -1");
	fails("user.uid < 10");
	holds("proc.pid intersects (10, 11)");
	refused("proc.pid = 0x0a", "");
	refused("proc.pid = 1.5", "");
	refused("proc.pid contains 1", "not supported");
}

static void test_any_ancestor(void **state)
{
	given("{evt.type: execve, evt.rawres: 0, proc.pid: 9, proc.name: id, "
	      "proc.aname: [sh, nginx, systemd], "
	      "proc.apid: [8, 7, 1]}");
	holds("proc.aname = nginx");
	holds("proc.aname != nginx");
	fails("proc.aname = id");
	holds("proc.aname in (nginx, x)");
	holds("proc.aname[1] = sh");
	holds("proc.aname[2] = nginx");
	holds("proc.aname[0] = id");
	fails("proc.aname[4] exists");
	holds("proc.apid in (7)");
	holds("proc.pname = sh");
}

static void test_networks(void **state)
{
	given("{evt.type: connect, evt.rawres: 0, fd.num: 3, fd.typechar: '4', "
	      "fd.cip: 10.1.2.3, fd.sip: 8.8.8.8, "
	      "fd.cport: 4000, fd.sport: 53, fd.rip: 8.8.8.8}");
	holds("fd.ip = 8.8.8.8");
	holds("fd.ip = 10.1.2.3");
	fails("fd.ip != 8.8.8.8");
	holds("fd.ip != 1.1.1.1");
	holds("fd.net = 10.0.0.0/8");
	fails("fd.net != 10.0.0.0/8");
	holds("fd.snet in (1.0.0.0/8, 8.8.8.0/24)");
	fails("fd.snet = 8.8.4.0/24");
	fails("fd.snet = 2001::/16");
	holds("fd.snet != 2001::/16");
	holds("fd.port = 53");
	holds("fd.port in (4000)");
	holds("fd.sport = domain");
	holds("fd.sip = 8.8.8.8");
	refused("fd.sip = abc", "abc");
	refused("fd.net = 10.0.0.0/33", "");
	refused("fd.sport = nosuchservice", "");
}

static void test_a_socket_without_an_address_has_that_of_none(void **state)
{
	given("{evt.type: socket, evt.rawres: 3, fd.num: 3, fd.typechar: '4', fd.name: ''}");
	holds("fd.ip = 0.0.0.0");
	holds("fd.net != 127.0.0.0/8");
	holds("fd.port = 0");
	fails("fd.sip exists");
	given("{evt.type: openat, evt.rawres: 3, fd.num: 3, fd.typechar: f, fd.name: /x}");
	fails("fd.ip != 1.1.1.1");
	holds("fd.ip exists");
}

static void test_modifiers(void **state)
{
	given("{evt.type: close, proc.name: cat}");
	holds("proc.name startswith anyof (x, ca)");
	fails("proc.name startswith allof (x, ca)");
	holds("proc.name contains allof (c, a, t)");
	holds("proc.name contains oneof (x, t)");
	fails("proc.name contains oneof (c, t)");
	fails("proc.name = anyof ()");
	fails("proc.name = allof ()");
	holds("proc.name != oneof (cat, dog)");
}

static void test_lists(void **state)
{
	given("{evt.type: poll, fd.num: 0, fd.typechar: f, fd.types: [file, ipv4]}");
	holds("fd.types in (file, ipv4, ipv6)");
	fails("fd.types in (file)");
	holds("fd.types intersects (file)");
	fails("fd.types intersects (ipv6)");
	holds("len(fd.types) = 2");
	holds("join(',', fd.types) = 'file,ipv4'");
	refused("fd.types = file", "");
	given("{evt.type: poll, fd.num: 0, fd.typechar: f, fd.types: []}");
	holds("fd.types in (x)");
	fails("fd.types intersects (x)");
}

static void test_fields_against_fields(void **state)
{
	given("{evt.type: execve, evt.rawres: 0, proc.name: cat, proc.exe: CAT, "
	      "proc.pid: 5, proc.vpid: 5, proc.aname: [sh]}");
	holds("proc.pid = val(proc.vpid)");
	fails("proc.name = val(proc.exe)");
	holds("proc.name = tolower(proc.exe)");
	holds("proc.exe != val(proc.name)");
	fails("proc.name = val(proc.cwd)");
	fails("proc.name != val(proc.cwd)");
	refused("proc.pid = val(proc.name)", "");
	refused("proc.name = val(proc.aname)", "");
}

static void test_base64_is_strict(void **state)
{
	given("{evt.type: close, proc.exe: aGVsbG8=, proc.cwd: aGVsbG9, proc.name: '-'}");
	holds("b64(proc.exe) = hello");
	fails("b64(proc.cwd) exists"); /* bits are left over that no encoder leaves */
	fails("b64(proc.name) exists");
}

/* A check of util.cnt or evt.deltatime remembers for itself what it was asked before. */
static void test_what_a_check_saw_before(void **state)
{
	long node;
	struct program *p = compiled("util.cnt = 2 or evt.deltatime > 0", &node);
	struct eval *e;

	assert_non_null(p);
	e = eval_new(p);
	assert_non_null(e);
	given("{evt.type: close}");
	eval_event(e, &ask_x);
	assert_false(eval_node(e, (uint32_t)node));
	given("{evt.type: close}");
	eval_event(e, &ask_x);
	assert_true(eval_node(e, (uint32_t)node));
	eval_free(e);
	program_free(p);
}

static void test_datagrams_without_a_peer(void **state)
{
	given("{evt.type: sendto, evt.rawres: 1, fd.num: 3, fd.typechar: '4', "
	      "fd.connected: false}");
	holds("fd.name_changed = true");
	given("{evt.type: sendto, evt.rawres: 1, fd.num: 3, fd.typechar: '4', fd.connected: true}");
	holds("fd.name_changed = false");
	given("{evt.type: close, evt.rawres: 0}");
	fails("fd.name_changed exists");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_a_value_every_check_is_false),
		cmocka_unit_test(test_an_empty_text_is_a_value),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(
			test_an_expression_that_takes_too_long_does_not_match_and_is_counted),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_any_ancestor),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_a_socket_without_an_address_has_that_of_none),
		cmocka_unit_test(test_modifiers),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_fields_against_fields),
		cmocka_unit_test(test_base64_is_strict),
		cmocka_unit_test(test_what_a_check_saw_before),
		cmocka_unit_test(test_datagrams_without_a_peer),
	};

	return cmocka_run_group_tests_name("conditions", tests, ask_setup, ask_teardown);
}
