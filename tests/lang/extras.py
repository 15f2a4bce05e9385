#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The smaller files of the corpus: warnings about conditions, required plugins.

usage: extras.py warnings LINT CORPUS
       extras.py plugins LOAD CORPUS
"""
import json
import subprocess
import sys
import tempfile


def warnings(program, corpus):
    rows = [json.loads(line) for line in open(f"{corpus}/condition_warnings.jsonl")]
    blob = "".join(f"{len(r['condition'])}\n{r['condition']}" for r in rows)
    out = subprocess.run([program], input=blob, stdout=subprocess.PIPE, check=True, text=True).stdout
    for row, got in zip(rows, out.splitlines()):
        yield row["condition"], row["warns"], got != "" and got != "error"


def plugins(program, corpus):
    for line in open(f"{corpus}/plugin_requirements.jsonl"):
        row = json.loads(line)
        args = [program, "-P"]
        for name, version in row["loaded_plugins"]:
            args += ["-p", f"{name}={version}"]
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
            f.write(row["yaml"])
            f.flush()
            p = subprocess.run([*args, f.name], stdout=subprocess.DEVNULL)
        yield f"{row['loaded_plugins']} {row['yaml']}", row["satisfied"], p.returncode == 0


def main():
    bad, n = 0, 0
    for name, want, got in {"warnings": warnings, "plugins": plugins}[sys.argv[1]](*sys.argv[2:]):
        n += 1
        if want != got:
            bad += 1
            print(f"want {want}, got {got}: {name}")
    print(f"{n - bad} of {n} agree")
    return 1 if bad or not n else 0


if __name__ == "__main__":
    sys.exit(main())
