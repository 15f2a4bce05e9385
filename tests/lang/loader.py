#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Load the rules files of a corpus and compare with what Falco said of them.

usage: loader.py [-v] PROGRAM CORPUS LEFT-OUT

PROGRAM: tests/bin/match/load, which prints the report in the shape of Falco's -V and
then a line for each rule. LEFT-OUT: "name reason" a line; such a case
must differ, else it has no business in the list.

Compared: ok, warning or error; the first error's code; each code that Falco
gives (we may give more errors: we do not stop at the first); conditions as compiled.
"""
import json
import os
import subprocess
import sys
import tempfile


def load(program, files):
    with tempfile.TemporaryDirectory() as d:
        names = []
        for i, text in enumerate(files):
            names.append(os.path.join(d, f"{i}.yaml"))
            with open(names[-1], "w", newline="") as f:
                f.write(text)
        p = subprocess.run([program, *names], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    if p.returncode not in (0, 1):
        return {"expect": f"exit {p.returncode}: {p.stderr[-300:]}", "codes": [], "rules": {}, "first": None}
    lines = p.stdout.decode().splitlines()
    results = json.loads(lines[0])["falco_load_results"]
    errors = [e for r in results for e in r["errors"]]
    warnings = [w for r in results for w in r["warnings"]]
    ok = all(r["successful"] for r in results)
    return {
        "expect": "error" if not ok else "warn" if warnings else "ok",
        "first": errors[0]["code"] if errors else None,
        "codes": [x["code"] for x in errors + warnings],
        "messages": [x["code"] + ": " + x["message"] for x in errors + warnings],
        "rules": {r["name"]: r for r in map(json.loads, lines[1:])},
        "schema": [r["schema_valid"] for r in results],
        "notes": [r["schema_warnings"] for r in results],
    }


def probe_cases(corpus):
    for line in open(f"{corpus}/probe/loader.jsonl"):
        row = json.loads(line)
        rules = {r["name"]: r for r in (row.get("describe") or {}).get("rules", [])}
        yield {"name": "probe." + row["name"], "files": row["files"], "expect": row["expect"],
               "codes": row["codes"], "crash": "crash" in row,
               "compiled": {n: r["compiled"] for n, r in rules.items()},
               "schema": [r.get("schema_valid") for r in row.get("results") or []],
               "info": rules}


def unit_cases(corpus):
    for line in open(f"{corpus}/rule_loader.jsonl"):
        row = json.loads(line)
        compiled = {c["rule"]: c["expected"] for s in row["steps"] for c in s["checks"]
                    if c["kind"] == "condition_compiled"}
        codes, expect = row["codes"], row["expect"]
        if row.get("version_note") and row.get("expect_unit_test") == "ok":
            # where the two releases differ we take the newer
            codes, expect = [], row["expect_unit_test"]
        elif not codes and row["expect"] == "warn":
            codes = None
        yield {"name": row["name"], "files": [row["steps"][-1]["yaml"]], "expect": expect,
               "schema": [row["steps"][-1].get("oracle", {}).get("schema_valid")],
               "codes": codes, "compiled": compiled, "info": {}, "crash": False}


def faults(case, got):
    if got["expect"] != case["expect"]:
        yield f"want {case['expect']} {case['codes']}, got {got['expect']}"
        return
    if case["codes"] is not None and set(case["codes"]) != set(got["codes"]):
        yield f"want {sorted(set(case['codes']))}, got {sorted(set(got['codes']))}"
    if case["schema"] and case["schema"] != got["schema"]:
        yield f"want schema_valid {case['schema']}, got {got['schema']}"
    for rule, text in case["compiled"].items():
        if got["expect"] != "error" and got["rules"].get(rule, {}).get("compiled") != text:
            yield f"rule {rule}: want {text}, got {got['rules'].get(rule, {}).get('compiled')}"
    for rule, info in case["info"].items():
        for key in ("condition", "output", "desc", "priority", "enabled", "tags"):
            have = got["rules"].get(rule, {}).get(key)
            if key in info and have != info[key]:
                yield f"rule {rule}: {key}: want {info[key]!r}, got {have!r}"


def main():
    args = [a for a in sys.argv[1:] if a != "-v"]
    program, corpus, list_file = args
    left_out = {}
    for line in open(list_file):
        if line.strip() and not line.startswith("#"):
            name, reason = line.split(None, 1)
            left_out[name] = reason.strip()
    n, bad, used = 0, [], set()
    for case in [*probe_cases(corpus), *unit_cases(corpus)]:
        got = load(program, case["files"])
        found = list(faults(case, got))
        if case["name"] in left_out:
            used.add(case["name"])
            if not found:
                bad.append(f"{case['name']}: is left out and agrees")
            continue
        n += 1
        if found:
            bad.append(f"{case['name']}: {'; '.join(found)}")
            if "-v" in sys.argv:
                bad[-1] += "\n    " + "\n    ".join(got.get("messages", []))
    print("\n".join(bad))
    print(f"{n - len(bad)} of {n} agree, {len(used)} left out by name")
    return 1 if bad or not n else 0


if __name__ == "__main__":
    sys.exit(main())
