#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The shipped rules: they load, their examples hold, each has what it must have.

load lib

rules=$REPO/rules

@test "rules: the shipped rules load without an error or a warning of their own" {
	run "$match" -V -r "$rules"
	status_is 0
	# a macro of 00-lists.yaml is used by later files only
	! grep -E '(warning|error):' <<<"$output" | grep -v LOAD_UNUSED
}

@test "rules: every example matches or passes as it says" {
	run "$match" -t -r "$rules"
	status_is 0
	says " 0 wrong, 0 broken"
	says "0 of "
}

@test "rules: every rule has examples of both kinds, a description and a MITRE tag" {
	run "$PYTHON" - "$rules" <<'PY'
import pathlib, re, sys
bad = 0
for f in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml")):
    for text in re.split(r"(?m)^- (?=rule: )", f.read_text())[1:]:
        text = re.split(r"(?m)^- (?:list|macro): ", text)[0]
        name = text.splitlines()[0]
        for want in (r"^  desc: ", r"^  output: ", r"^  priority: [A-Z]+$", r"^    match:$", r"^    pass:$",
                     r"^  tags: \[.*\bmitre_\w+.*\bT\d{4}"):
            if not re.search(want, text, re.M):
                print(f"{f.name}: {name}: no {want}")
                bad = 1
sys.exit(bad)
PY
	status_is 0
}

@test "rules: every condition begins with the type of the event" {
	run "$PYTHON" - "$rules" <<'PY'
import pathlib, re, sys
text = "".join(f.read_text() for f in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml")))
macros = dict(re.findall(r"(?m)^- macro: (\w+)\n  condition: (?:>\n)?\s*(.*)", text))
def typed(cond):
    cond = cond.lstrip("( ")
    word = re.match(r"[\w.]+", cond).group()
    return word == "evt.type" or word in macros and typed(macros[word])
bad = [n for n, c in re.findall(r"(?ms)^- rule: ([^\n]+)\n.*?^  condition: (?:>\n)?\s*([^\n]*)", text)
       if not typed(c)]
print("\n".join(bad))
sys.exit(bool(bad))
PY
	status_is 0
}

@test "rules: a rule can be changed by a file that is read after them" {
	cat >"$T/mine.yaml" <<-'Y'
	- list: backup_programs
	  items: [/usr/bin/cat]
	  override: {items: append}
	Y
	run "$match" -t -r "$rules" -r "$T/mine.yaml"
	status_is 1
	says "does not match this example"
}
