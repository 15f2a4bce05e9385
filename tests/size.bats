# SPDX-License-Identifier: BSD-2-Clause
# The budgets of the house style: a function fits a screen, a file fits a head.
load lib

sources() { git -C "$REPO" ls-files 'common/*.[ch]' 'cmd/*.[ch]' 'bpf/*.[ch]' 'man/*.c' 'tests/*.[ch]'; }

# functions FILE...: NAME|FILE|FIRST|LAST of each function
functions()
{
	ctags -x --_xformat='%N|%F|%n|%{end}' --language-force=C --kinds-C=f "$@"
}

# too_long FILE...: functions over their budget: 80 lines; 120 for a flat
# switch, one that is cases for the most part; 60 for main
too_long()
{
	local name file first last n
	functions "$@" | while IFS='|' read -r name file first last; do
		n=$((last - first + 1))
		if [ "$name" = main ]; then
			[ $n -le 60 ] || echo "$file:$first: main is $n lines, 60 allowed"
		elif [ $n -gt 120 ] || { [ $n -gt 80 ] && ! is_flat "$file" "$first" "$last"; }; then
			echo "$file:$first: $name is $n lines, 80 allowed"
		fi
	done
}

# is_flat FILE FIRST LAST: a third of the lines are cases (their bodies are short)
is_flat()
{
	sed -n "$2,$3p" "$1" | awk '/^\t*(case |default:)/ { n++ } END { exit n * 3 < NR }'
}

setup()
{
	need cmd ctags
	cd "$REPO"
}

@test "no function is longer than 80 lines, a flat switch than 120, a main than 60" {
	run -0 too_long $(sources | grep '\.c$\|\.bpf\.h$')
	echo "$output"
	[ -z "$output" ]
}

# (a unit test is a list of cases, and as long as there are cases)
@test "no .c is longer than 500 lines, no .bpf.h than 300" {
	run -0 bash -c 'wc -l "$@" | awk '\''$2 ~ /\.c$/ && $1 > 500 || $2 ~ /\.bpf\.h$/ && $1 > 300'\''' \
		- $(sources | grep -v '^tests/unit/')
	echo "$output"
	[ -z "$output" ]
}

@test "no line of C is wider than 100 columns" {
	for f in $(sources); do
		expand -t8 "$f" | LC_ALL=C.UTF-8 grep -nE '^.{101}' | sed "s,^,$f:,"
	done >"$T/wide"
	cat "$T/wide"
	[ ! -s "$T/wide" ]
}

@test "half of the functions of the programs have at most 20 lines" {
	median=$(functions $(sources | grep -v ^tests) | awk -F'|' '{ print $4 - $3 + 1 }' | sort -n |
		awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }')
	echo "median: $median"
	[ "$median" -le 20 ]
}

@test "every file says its licence in its first lines" {
	for f in $(sources) $(git ls-files 'tests/*.bats' 'tests/*.sh' 'man/*.[1-8]*' 'rules/*.yaml'); do
		head -3 "$f" | grep -q 'SPDX-License-Identifier: ' || echo "$f"
	done | tee "$T/without"
	[ ! -s "$T/without" ]
}

@test "a function of 81 lines is found out" {
	{ echo 'int f(int a)'; echo '{'; yes '	a++;' | head -78; echo '}'; } >"$T/x.c"
	run -0 too_long "$T/x.c"
	[ -n "$output" ]
	sed -i 3d "$T/x.c"
	run -0 too_long "$T/x.c"
	[ -z "$output" ]
}

@test "a flat switch may have 120 lines, but not 121" {
	{ echo 'int f(int a)'; echo '{'; echo '	switch (a) {'
	  for i in $(seq 57); do echo "	case $i:"; echo "		return 1;"; done
	  echo '	}'; echo '	return 0;'; echo '}'; } >"$T/x.c"
	[ "$(wc -l <"$T/x.c")" -eq 120 ]
	run -0 too_long "$T/x.c"
	[ -z "$output" ]
	sed -i '3i\	a++;' "$T/x.c"
	run -0 too_long "$T/x.c"
	[ -n "$output" ]
}
