#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The loader of rules files, against what Falco 0.44.1 said of the same files.

load lib

setup_file() {
	rules=$SHARED/falco/rules
	export published="$rules/falco_rules.yaml $rules/falco-incubating_rules.yaml $rules/falco-sandbox_rules.yaml"
	export corpus=$SHARED/falco/corpus
}

@test "a rules file is accepted, warned about or refused as Falco does, with its codes" {
	need shared falco/corpus/probe/loader.jsonl
	run within 120 python3 "$REPO/tests/lang/loader.py" "$TBIN/match/load" "$corpus" "$DATA/lang-left-out.txt"
	echo "# ${lines[-1]}" >&3
	[ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "conditions that are right and probably not meant are warned about" {
	need shared falco/corpus/condition_warnings.jsonl
	run -0 within 20 python3 "$REPO/tests/lang/extras.py" warnings "$TBIN/match/lint" "$corpus"
	echo "# ${lines[-1]}" >&3
}

@test "required plugins are met by the same name, the same major and no older version, or an alternative" {
	need shared falco/corpus/plugin_requirements.jsonl
	run -0 within 20 python3 "$REPO/tests/lang/extras.py" plugins "$TBIN/match/load" "$corpus"
	echo "# ${lines[-1]}" >&3
}

@test "the three published files load together without an error or a warning" {
	need shared falco/rules/falco_rules.yaml
	run -0 --separate-stderr "$match" -V -r $published
	[[ $output == "93 rules are right"* ]]
	[ -z "$stderr" ]
}

@test "-L --json says of the published rules what Falco says: fields, operators, events, macros, lists" {
	need shared falco/corpus/golden/shipped/describe.json.gz
	run -0 within 30 python3 "$REPO/tests/lang/describe.py" --events "$match" -L --json -r $published \
		"$corpus/golden/shipped/describe.json.gz"
	echo "# ${lines[-1]}" >&3
}

@test "the override snippets for runc take effect after the published files" {
	need shared falco/rules/falco_rules.yaml
	cat >"$T/runc.yaml" <<-'EOF'
	- list: known_memfd_execution_binaries
	  items: ["6"]
	  override:
	    items: append

	- macro: known_memfd_execution_processes
	  condition: >
	    or (proc.exe = "/proc/self/fd/7" and proc.pname = runc)
	  override:
	    condition: append
	EOF
	run -0 "$match" -L"Fileless execution via memfd_create" -r $published -r "$T/runc.yaml"
	words=$(echo "$output" | sed -n '/compiled/,/events/p' | tr -s ' \n' ' ')
	[[ $words == *"proc.name in (runc, 6)"* ]]
	[[ $words == *"(proc.exe = /proc/self/fd/7 and proc.pname = runc)"* ]]
}
