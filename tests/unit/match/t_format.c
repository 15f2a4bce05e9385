// SPDX-License-Identifier: BSD-2-Clause
/* Outputs: what is shown of values, missing ones, arguments, widths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/match/ask.h"

static const char opened[] =
	"{evt.type: openat, evt.rawres: 3, fd.num: 3, fd.typechar: f, "
	"fd.name: /etc/passwd, proc.name: cat, "
	"proc.exe: /bin/cat, proc.args: [a, 'b c'], proc.env: [HOME=/root, 'X= y '], "
	"proc.cwd: /root/, proc.pid: 7, "
	"proc.aname: [sh, init], proc.aenv: ['HOME=/ A=1', 'B=2'], proc.apid: [6, 1], "
	"evt.arg.flags: O_RDONLY|O_CLOEXEC, evt.arg.dirfd: -100, evt.arg.mode: 0}";

static void test_values(void **state)
{
	given(opened);
	shows("%proc.name read %fd.name.", "cat read /etc/passwd.");
	shows("%proc.namexyz", "catxyz");
	shows("%user.name!", "<NA>!");
	shows("[%5proc.name][%2proc.name]", "[cat  ][ca]");
	shows("%toupper(proc.name)", "CAT");
	shows("%evt.arg.flags", "O_RDONLY|O_CLOEXEC");
	shows("%evt.arg[0] %evt.arg.dirfd", "<f>/etc/passwd AT_FDCWD");
	shows("%evt.res %evt.rawres %evt.failed", "SUCCESS 3 false");
	shows("a%container.infob", "ab");
	shows("%evt.hostname", "testhost");
	shows("%fd.net", "<NA>");
}

static void test_processes(void **state)
{
	given(opened);
	shows("%proc.cmdline", "cat a b c");
	shows("%proc.exeline", "/bin/cat a b c");
	shows("%proc.args[1]", "b c");
	shows("%proc.env[HOME] '%proc.env[X]' '%proc.env[NONE]'", "/root 'y' ''");
	shows("%proc.aname", "sh init");
	shows("%proc.aname[2]", "init");
	shows("%proc.apid %proc.apid[1]", "7 6");
	shows("%proc.aenv", "HOME=/root X= y ");
	shows("%proc.aenv[B]", "2");
	shows("%proc.aenv[2]", "B=2");
	shows("%proc.cmdnargs %proc.cmdlenargs", "2 4");
}

static void test_ancestors_of_whom_nothing_is_known(void **state)
{
	given("{evt.type: close, proc.name: x, proc.aname: ['', '', sh], proc.aexepath: ['', ''], "
	      "proc.aargs: ['', -D, '']}");
	shows("%proc.aname", "sh");
	shows("%proc.aexepath", "<NA>");
	shows("%proc.aargs|", "-D |");
	holds("proc.aexepath = ''");
	holds("proc.aargs = '-D '");
}

static void test_numbers_and_lists(void **state)
{
	given("{evt.type: poll, evt.rawres: 1, fd.num: 0, fd.typechar: f, fd.types: [file, "
	      "ipv4], fd.dev: 2049, "
	      "fd.sip: 8.8.8.8, proc.is_exe_upper_layer: true, thread.cap_effective: '3'}");
	shows("%fd.types", "(file,ipv4)");
	shows("%fd.dev", "801");
	shows("%fd.sip", "8.8.8.8");
	shows("%proc.is_exe_upper_layer", "true");
	shows("%evt.reltime", "000000000");
}

static void not_a_format(const char *text, const char *why)
{
	ask_error.text[0] = '\0';
	assert_null(format_compile(text, &ask_arena, &ask_error));
	if (!strstr(ask_error.text, why))
		fail_msg("%s: '%s'", text, ask_error.text);
}

static void test_what_is_no_format(void **state)
{
	not_a_format("100%", "cannot end with a %");
	not_a_format("100%% sure", "unknown filter");
	not_a_format("%proc.nmae", "unknown filter: proc.nmae");
	assert_string_equal(ask_error.hint, "did you mean %proc.name?");
	not_a_format("%nothing(proc.name)", "unknown filter: nothing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_processes),
		cmocka_unit_test(test_ancestors_of_whom_nothing_is_known),
		cmocka_unit_test(test_numbers_and_lists),
		cmocka_unit_test(test_what_is_no_format),
	};

	return cmocka_run_group_tests_name("outputs", tests, ask_setup, ask_teardown);
}
