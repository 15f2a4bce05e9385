#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Rules files that are too much: loaded or refused, in bounded time and memory.

load lib

# gen PYTHON: what the program prints becomes $f; R(name, condition) is a rule
gen()
{
	{
		echo 'def R(name, condition):'
		echo '    print(f"- rule: {name}\n  desc: d\n  condition: {condition}\n  output: o\n  priority: INFO")'
		sed 's/^\t//' <<<"$1"
	} | python3 - >"$f"
}

# bounded: load $f with the loader alone, in 20 s and 1.6 GB of address space
# (AddressSanitizer reserves more than that for itself)
bounded()
{
	local limit=1600000
	[[ $BIN == *asan* ]] && limit=unlimited
	run bash -c 'ulimit -v '$limit'; exec timeout 20 "$@"' - "$TBIN/match/load" -t "$f"
}

setup() { f=$T/rules.yaml; }

@test "10,000 rules load" {
	gen 'for i in range(10000): R(f"r{i}", f"evt.type = open and proc.name in (a{i}, b) and fd.name startswith /etc/{i}")'
	bounded
	[ "$status" -eq 0 ]
}

@test "a file of 10 MB loads" {
	gen 'for i in range(10000): R(f"r{i}", f"evt.type = open and proc.cmdline contains \"{i} " + "x" * 900 + "\"")'
	[ "$(stat -c %s "$f")" -gt 9000000 ]
	bounded
	[ "$status" -eq 0 ]
}

@test "a list of 100,000 items loads and may be used by several rules" {
	gen 'print("- list: l\n  items: [" + ", ".join(f"item{i}" for i in range(100000)) + "]")
	for i in range(5): R(f"r{i}", "evt.type = open and proc.name in (l)")'
	bounded
	[ "$status" -eq 0 ]
}

@test "parentheses nest 199 deep; 10,000 are refused" {
	gen 'R("r", "(" * 199 + "evt.type = open" + ")" * 199)'
	bounded
	[ "$status" -eq 0 ]
	gen 'R("r", "(" * 10000 + "evt.type = open" + ")" * 10000)'
	bounded
	[ "$status" -eq 1 ]
	[[ $output == *"exceeded max depth limit of 1000"* ]]
}

@test "aliases that double themselves twenty times over are refused or cost nothing" {
	gen 'print("- x: &a0 [" + ", ".join("x" * 10) + "]")
	for i in range(1, 20): print(f"- x: &a{i} [" + ", ".join([f"*a{i - 1}"] * 10) + "]")
	print("- list: l\n  items: *a19")
	R("r", "evt.type = open")
	print("  exceptions: [{name: e, fields: [proc.name], comps: [in], values: *a19}]")'
	bounded
	[ "$status" -eq 1 ]
	[[ $output == *"sequence value is not scalar"* ]]
}

@test "exceptions whose aliased values multiply are refused" {
	gen 'print("- x: &a [" + ", ".join(["v"] * 1000) + "]")
	print("- x: &b [" + ", ".join(["*a"] * 1000) + "]")
	R("r", "evt.type = open")
	print("  exceptions: [{name: e, fields: [" + ", ".join(["proc.name"] * 1000) + "], comps: [" + ", ".join(["in"] * 1000)
	      + "], values: [" + ", ".join(["*b"] * 1000) + "]}]")'
	bounded
	[ "$status" -eq 1 ]
	[[ $output == *"too many values"* ]]
}

@test "lists that name lists ten times, twenty deep, are refused" {
	gen 'for i in range(20): print(f"- list: a{i}\n  items: [" + ", ".join([f"a{i + 1}"] * 10) + "]")
	R("r", "evt.type = open and proc.name in (a0)")'
	bounded
	[ "$status" -eq 1 ]
	[[ $output == *"too long with the lists in it"* ]]
}

@test "macros that double themselves are refused" {
	gen 'print("- macro: m0\n  condition: proc.name = x or proc.name = y")
	for i in range(1, 60): print(f"- macro: m{i}\n  condition: m{i - 1} and m{i - 1}")
	R("r", "evt.type = open and m59")'
	bounded
	[ "$status" -eq 1 ]
	[[ $output == *"more than 1048576 checks"* ]]
}

@test "macros one in another 20,000 deep are refused" {
	gen 'print("- macro: m0\n  condition: proc.name = x")
	for i in range(1, 20000): print(f"- macro: m{i}\n  condition: not m{i - 1}")
	R("r", "evt.type = open and m19999")'
	bounded
	[ "$status" -eq 1 ]
	[[ $output == *"nested deeper than 1000"* ]]
}

@test "a list of 100,000 items is kept once, however many rules have it" {
	gen 'print("- list: l\n  items: [" + ", ".join(f"item{i}" for i in range(100000)) + "]")
	for i in range(1000): R(f"r{i}", f"evt.type = open and fd.num = {i} and proc.name in (l)")'
	bounded
	[ "$status" -eq 0 ]
}

@test "a list of 100,000 items in 1,000 rules, each with other words around it, is refused in words" {
	gen 'print("- list: l\n  items: [" + ", ".join(f"item{i}" for i in range(100000)) + "]")
	for i in range(1000): R(f"r{i}", f"evt.type = open and proc.name in (x{i}, l)")'
	bounded
	[ "$status" -eq 1 ]
	[[ $output == *"need more memory than they may take"* ]]
}

@test "100,000 mistakes are counted and not all printed" {
	gen 'for i in range(100000): print(f"- rule: r{i}\n  foo: 1")'
	bounded
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -lt 50000 ]
	[[ ${lines[-1]} == "and 90000 more like these" ]]
}

@test "YAML nested deeper than 64 and bytes that are no text are refused" {
	python3 -c 'print("- " + "[" * 100000)' >"$f"
	bounded
	[ "$status" -eq 1 ]
	head -c 100000 /dev/zero | tr '\0' '\001' >"$f"
	bounded
	[ "$status" -eq 1 ]
	[[ $output == *LOAD_ERR_YAML_PARSE* ]]
}
