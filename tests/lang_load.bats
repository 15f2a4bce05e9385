#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Rules files, sentence by sentence of secmon-rules(5), without ../shared.

load lib

# rule NAME CONDITION [KEY...]: a whole rule; further keys as they are
rule()
{
	printf -- '- rule: %s\n  desc: d\n  condition: %s\n  output: "o %%proc.name"\n  priority: INFO\n' "$1" "$2"
	shift 2
	[ $# -eq 0 ] || printf '  %s\n' "$@"
}

# compiled NAME FILE...: the condition of a rule as it runs
compiled()
{
	local name=$1
	shift
	"$match" -L --json -r "$@" | jq -r --arg n "$name" \
		'.rules[] | select(.info.name == $n) | .details.condition_compiled'
}

# info NAME KEY FILE...: what -L says of a rule
info()
{
	local name=$1 key=$2
	shift 2
	"$match" -L --json -r "$@" | jq -c --arg n "$name" --arg k "$key" \
		'.rules[] | select(.info.name == $n) | .info[$k]'
}

# codes FILE...: of all errors, then of all warnings
codes() { "$match" -V --json -r "$@" | jq -r '.falco_load_results[] | (.errors + .warnings)[].code' | xargs; }

setup() { need cmd jq; f=$T/rules.yaml; }

@test "lists go into texts one after another, and an item may name an earlier list" {
	{ printf -- '- list: a\n  items: [x, "y z"]\n- list: b\n  items: [a, v]\n'
	  rule r 'evt.type = open and proc.name in (b, w) and fd.name in (later)'
	  printf -- '- list: later\n  items: [q]\n'; } >"$f"
	[ "$(compiled r "$f")" = '(evt.type = open and proc.name in (x, "y z", v, w) and fd.name in (q))' ]
}

@test "an empty list takes a comma beside it away" {
	{ printf -- '- list: e\n  items: []\n'; rule r 'evt.type = open and proc.name in (a, e, b)'
	  rule s 'evt.type = open and proc.name in (e)'; } >"$f"
	[ "$(compiled r "$f")" = '(evt.type = open and proc.name in (a, b))' ]
	[ "$(compiled s "$f")" = '(evt.type = open and proc.name in ())' ]
}

@test "a macro keeps its precedence, and a rule sees macros defined after it" {
	{ rule r 'evt.type = open and m and not m'; printf -- '- macro: m\n  condition: proc.name = a or proc.name = b\n'; } >"$f"
	[ "$(compiled r "$f")" = '(evt.type = open and (proc.name = a or proc.name = b) and not (proc.name = a or proc.name = b))' ]
}

@test "a macro sees only macros defined before it" {
	{ printf -- '- macro: m\n  condition: later\n- macro: later\n  condition: proc.name = a\n'; rule r 'evt.type = open and m'; } >"$f"
	run -2 "$match" -V -r "$f"
	[[ $output == *":2:14: error: Undefined macro 'later' used in filter."*"it is defined later, at line 3"* ]]
}

@test "macros that go in circles are refused" {
	{ printf -- '- macro: a\n  condition: proc.name = x\n- macro: b\n  condition: a\n- macro: a\n  condition: b\n'
	  rule r 'evt.type = open and a'; } >"$f"
	run -2 "$match" -V -r "$f"
	[[ $output == *"reference loop in macro"* ]]
}

@test "a rule that is defined again is replaced at its place in the order" {
	{ rule one 'evt.type = open'; rule two 'evt.type = open'; rule one 'evt.type = close'; } >"$f"
	[ "$("$match" -L --json -r "$f" | jq -c '[.rules[].info.name]')" = '["one","two"]' ]
	[ "$(compiled one "$f")" = 'evt.type = close' ]
}

@test "override appends to condition, output, desc and tags, and replaces the rest" {
	{ rule r 'evt.type = open' 'tags: [b, a]'
	  printf -- '- rule: r\n  condition: and proc.name = x\n  output: more\n  desc: e\n  tags: [c, a]\n  priority: ALERT\n'
	  printf -- '  override: {condition: append, output: append, desc: append, tags: append, priority: replace}\n'; } >"$f"
	[ "$(compiled r "$f")" = '(evt.type = open and proc.name = x)' ]
	[ "$(info r output "$f")" = '"o %proc.name more"' ]
	[ "$(info r description "$f")" = '"d e"' ]
	[ "$(info r tags "$f")" = '["a","b","c"]' ]
	[ "$(info r priority "$f")" = '"Alert"' ]
}

@test "each key that override names must be in the item, and each that it could name must be named" {
	{ rule r 'evt.type = open'; printf -- '- rule: r\n  output: x\n  override: {condition: append}\n'; } >"$f"
	run -2 "$match" -V -r "$f"
	[[ $output == *"Unexpected key 'output'"* ]]
	{ rule r 'evt.type = open'; printf -- '- rule: r\n  override: {condition: append}\n'; } >"$f"
	run -2 "$match" -V -r "$f"
	[[ $output == *"'condition' is not defined"* ]]
	{ rule r 'evt.type = open'; printf -- '- rule: r\n  priority: ALERT\n  override: {priority: append}\n'; } >"$f"
	run -2 "$match" -V -r "$f"
	[[ $output == *"Key 'priority' cannot be appended to"* ]]
}

@test "appending to what does not exist is an error, replacing defines a list or a macro" {
	printf -- '- list: l\n  items: [a]\n  override: {items: append}\n' >"$f"
	[ "$(codes "$f")" = LOAD_ERR_VALIDATE ]
	printf -- '- list: l\n  items: [a]\n  override: {items: replace}\n' >"$f"
	[ "$(codes "$f")" = LOAD_UNUSED_LIST ]
	printf -- '- rule: r\n  desc: x\n  override: {desc: replace}\n' >"$f"
	[ "$(codes "$f")" = LOAD_ERR_VALIDATE ]
}

@test "append: true is the old way, and says so" {
	{ rule r 'evt.type = open'; printf -- '- rule: r\n  condition: and proc.name = x\n  append: true\n'; } >"$f"
	[ "$(codes "$f")" = LOAD_DEPRECATED_ITEM ]
	[ "$(compiled r "$f")" = '(evt.type = open and proc.name = x)' ]
}

@test "an item with enabled alone switches a rule on or off" {
	{ rule r 'evt.type = open'; printf -- '- rule: r\n  enabled: no\n'; } >"$f"
	[ "$(info r enabled "$f")" = false ]
	[ "$(codes "$f")" = LOAD_DEPRECATED_ITEM ]
}

@test "exceptions of several fields are tuples, of one field a list, and are taken out of the rule" {
	{ printf -- '- list: names\n  items: [m, n]\n'
	  rule r 'evt.type = open or evt.type = close' 'exceptions:' '- name: e' '  fields: [proc.name, fd.name]' \
		'  comps: [=, startswith]' '  values: [[a, /x], ["b c", /y]]' '- name: f' '  fields: proc.pname' \
		'  values: [names, o]' '- name: g' '  fields: [proc.exe]'; } >"$f"
	[ "$(compiled r "$f")" = '((evt.type = open or evt.type = close) and not ((proc.name = a and fd.name startswith /x) or (proc.name = "b c" and fd.name startswith /y)) and not proc.pname in (m, n, o))' ]
}

@test "to an exception that exists only values can be appended" {
	base=$(rule r 'evt.type = open' 'exceptions: [{name: e, fields: [proc.name], values: [[a]]}]')
	printf '%s\n- rule: r\n  exceptions: [{name: e, values: [[b]]}]\n  override: {exceptions: append}\n' "$base" >"$f"
	[ "$(compiled r "$f")" = '(evt.type = open and not (proc.name = a or proc.name = b))' ]
	printf '%s\n- rule: r\n  exceptions: [{name: e, fields: [fd.name], values: [[b]]}]\n  override: {exceptions: append}\n' "$base" >"$f"
	[ "$(codes "$f")" = LOAD_ERR_VALIDATE ]
	printf '%s\n- rule: r\n  exceptions: [{name: e, values: [[b, c]]}]\n  override: {exceptions: append}\n' "$base" >"$f"
	[ "$(codes "$f")" = LOAD_ERR_VALIDATE ]
}

@test "an exception's comps are operators, its fields exist, its tuples are as long as its fields" {
	for wrong in 'fields: [nosuch.field], values: [[a]]' 'fields: [proc.name], comps: [like], values: [[a]]' \
		'fields: [proc.name], values: [[a, b]]' 'fields: proc.name, comps: "=", values: [a]' \
		'fields: [proc.name], comps: [=, =], values: [[a]]'; do
		rule r 'evt.type = open' "exceptions: [{name: e, $wrong}]" >"$f"
		[ "$(codes "$f")" = LOAD_ERR_VALIDATE ] || { echo "$wrong"; false; }
	done
}

@test "values are text: yes, 0x10 and = are not turned into something else" {
	{ printf -- '- list: l\n  items: [yes, 0x10, 1.50, "~", null_]\n'; rule r 'evt.type = open and proc.name in (l)'; } >"$f"
	[ "$(compiled r "$f")" = '(evt.type = open and proc.name in (yes, 0x10, 1.50, ~, null_))' ]
}

@test "of equal keys in a map the first counts" {
	rule r 'evt.type = open' 'condition: evt.type = close' >"$f"
	[ "$(compiled r "$f")" = 'evt.type = open' ]
}

@test "an alias is what its anchor is, and one inside its own anchor is refused" {
	{ printf -- '- list: a\n  items: &i [x, y]\n- list: b\n  items: *i\n'; rule r 'evt.type = open and proc.name in (a, b)'; } >"$f"
	[ "$(compiled r "$f")" = '(evt.type = open and proc.name in (x, y, x, y))' ]
	printf -- '- list: a\n  items: &i [x, *i]\n' >"$f"
	[ "$(codes "$f")" = LOAD_ERR_YAML_PARSE ]
}

@test "files are read in their order, of a directory those named *.yaml and *.yml by name" {
	mkdir "$T/d"
	rule r 'evt.type = open' >"$T/d/10.yaml"
	printf -- '- rule: r\n  condition: and proc.name = b\n  override: {condition: append}\n' >"$T/d/20.yml"
	printf -- 'not rules: [' >"$T/d/30.txt"
	printf -- '- rule: r\n  condition: and proc.name = c\n  override: {condition: append}\n' >"$f"
	[ "$(compiled r "$T/d" "$f")" = '(evt.type = open and proc.name = b and proc.name = c)' ]
	run -2 "$match" -V -r "$f" "$T/d"
}

@test "a rule cannot use a macro of a file that comes after its own" {
	rule r 'evt.type = open and m' >"$f"
	printf -- '- macro: m\n  condition: proc.name = a\n' >"$T/m.yaml"
	run -0 "$match" -V -r "$T/m.yaml" "$f"
	run -2 "$match" -V -r "$f" "$T/m.yaml"
	[[ $output == *"Undefined macro 'm'"* ]]
}

@test "a later engine version and a plugin that is not there are refused" {
	printf -- '- required_engine_version: 0.99.0\n' >"$f"
	run -2 "$match" -V -r "$f"
	[[ $output == *"Rules require engine version 0.99.0"* ]]
	printf -- '- required_engine_version: 57\n- required_plugin_versions: [{name: container, version: 0.4.0}]\n' >"$f"
	run -0 "$match" -V -r "$f"
	printf -- '- required_plugin_versions: [{name: json, version: 0.1.0, alternatives: [{name: xml, version: 1.0.0}]}]\n' >"$f"
	run -0 "$match" -V -r "$f"
	[[ $output == *"require the plugin 'json' 0.1.0"* ]]
	run -2 "$match" -r "$f" </dev/null
	[[ $output == *"require the plugin 'json' 0.1.0"* ]]
}

@test "a rule of another source is left out with a warning" {
	{ rule r 'ka.verb = get' 'source: k8s_audit'; rule s 'evt.type = open'; } >"$f"
	[ "$(codes "$f")" = LOAD_UNKNOWN_SOURCE ]
	[ "$("$match" -L --json -r "$f" | jq -c '[.rules[].info.name]')" = '["s"]' ]
}

@test "skip-if-unknown-filter leaves a rule with an unknown field out with a warning" {
	{ rule r 'evt.type = open and no.such = 1' 'skip-if-unknown-filter: true'; rule s 'evt.type = open'; } >"$f"
	[ "$(codes "$f")" = LOAD_UNKNOWN_FILTER ]
}

@test "all mistakes of all files are reported, with file, line, column, the text underlined and a hint" {
	{ rule r 'evt.type = open and proc.nmae = x'; rule s 'evt.type = opne'
	  printf -- '- rule: t\n  desc: d\n  condition: >\n    evt.type = open and\n    proc.name in (a\n  output: "%%no.such"\n  priority: URGENT\n  tgas: [a]\n'; } >"$f"
	printf -- '- list: l\n  items: [a, ~]\n- macro: m\n  condition: nosuch\n' >"$T/g.yaml"
	run -2 "$match" -V -r "$f" "$T/g.yaml"
	[[ $output == *"$f:3:34: error: "*"^~~~~~~~~"*"did you mean proc.name?"* ]]
	[[ $output == *"did you mean open?"* ]]
	[[ $output == *"$f:17:13: error: Invalid priority"* ]]
	[[ $output == *"$f:15:20: error: expected a ')' token"* ]]
	[[ $output == *"$f:16:13: error: unknown filter: no.such"* ]]
	[[ $output == *"$T/g.yaml:2:14: error: sequence value is not scalar"* ]]
	[[ $output == *"$T/g.yaml:4:14: error: Undefined macro 'nosuch'"* ]]
}

@test "each check of a condition that is wrong is reported" {
	rule r 'evt.type = open and (proc.nmae = a or proc.pid < b) and fd.sip = c and evt.type in (opan, open)' >"$f"
	run -2 "$match" -V -r "$f"
	[[ $output == *"expected a number value"* ]]
	rule r 'evt.type = open and (proc.nmae = a or proc.pid = b) and fd.sip = c and evt.type in (opan, open)' >"$f"
	[ "$(codes "$f" | wc -w)" -eq 4 ]
}

@test "what only follows from a mistake is not reported again" {
	{ printf -- '- macro: m\n  condition: proc.name in (a\n- macro: n\n'; rule r 'evt.type = open and m and n'; } >"$f"
	[ "$(codes "$f")" = "LOAD_ERR_YAML_VALIDATE LOAD_ERR_COMPILE_CONDITION" ]
}

@test "a mistake in an item of a list is shown where the item stands" {
	{ printf -- '- list: l\n  items: [a, "(x", b]\n'; rule r 'evt.type = open and proc.name in (l)'; } >"$f"
	run -2 "$match" -V -r "$f"
	[[ $output == *"$f:2:15: error: expected a string value (rule 'r')"* ]]
	# a list so long that rules share it
	{ printf -- '- list: l\n  items:\n'; seq -f '    - %.0f' 2000; printf '    - x12\n'
		rule r 'evt.type = open and proc.pid in (l)'; } >"$f"
	run -2 "$match" -V -r "$f"
	[[ $output == *"$f:2003:7: error: x12 is not a valid number (rule 'r')"* ]]
}

@test "unused macros and lists, unknown keys and items are warned about, with the nearest name" {
	{ printf -- '- list: l\n  items: [a]\n- macro: m\n  condition: proc.name = a\n- rul: x\n'; rule r 'evt.type = open' 'enbled: no'; } >"$f"
	[ "$(codes "$f" | tr ' ' '\n' | sort | xargs)" = "LOAD_UNKNOWN_ITEM LOAD_UNKNOWN_KEY LOAD_UNUSED_LIST LOAD_UNUSED_MACRO" ]
	run -0 "$match" -V -r "$f"
	[[ $output == *"did you mean enabled?"* ]]
}

@test "schema_valid and schema_warnings say whether a file has the strict shape, and refuse nothing" {
	shape() { "$match" -V --json -r "$f" 2>/dev/null | jq -c '.falco_load_results[0] | [.successful, .schema_valid, .schema_warnings[0]]'; }
	rule r 'evt.type = open' >"$f"
	[ "$(shape)" = '[true,true,null]' ]
	rule r 'evt.type = open' 'enabled: yes' >"$f"
	[[ $(shape) == '[true,false,"failed for <root>[0][enabled]: Value type'* ]]
	rule r 'evt.type = open' 'foo: 1' >"$f"
	[[ $(shape) == '[true,false,"failed for <root>[0]: Object contains'*foo* ]]
	echo '# nothing' >"$f"
	[ "$(shape)" = '[true,null,null]' ]
}

@test "selections are applied in their order, the priority at last" {
	{ rule r1 'evt.type = open' 'tags: [a]'; rule r2 'evt.type = open' 'tags: [b]'; rule s1 'evt.type = open' 'priority: ALERT'; } >"$f"
	runs() { "$match" -L --json "$@" -r "$f" | jq -c '[.rules[].info | select(.enabled).name]'; }
	[ "$(runs -D 'r*')" = '["s1"]' ]
	[ "$(runs -D '*' --enable-rule 'r*' -T b)" = '["r1"]' ]
	[ "$(runs --only-tag b)" = '["r2"]' ]
	[ "$(runs -p warning)" = '[]' ]
}

@test "rate-limit is a number and a time" {
	for right in 10/1m 10/m 1/500ms; do
		rule r 'evt.type = open' "rate-limit: $right" >"$f"
		[ -z "$(codes "$f")" ]
	done
	for wrong in 10 0/1m 10/x /1m; do
		rule r 'evt.type = open' "rate-limit: $wrong" >"$f"
		[ "$(codes "$f")" = LOAD_ERR_YAML_VALIDATE ] || { echo "$wrong"; false; }
	done
}

@test "-L=NAME describes what has that name, and nothing of that name is a mistake" {
	{ printf -- '- macro: m\n  condition: proc.name in (l)\n- list: l\n  items: [a]\n'; rule r 'evt.type = open and m'; } >"$f"
	run -0 "$match" -Lr -r "$f"
	[[ $output == *"rule r"*"events    open"*"fields    evt.type proc.name"*"macros    m"* ]]
	[[ $output != *"list l"* ]]
	run -2 "$match" -Lx -r "$f"
}
