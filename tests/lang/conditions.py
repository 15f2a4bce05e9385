#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compare our parser of conditions with the answers of Falco's.

usage: conditions.py DRIVER CORPUS [LEFT-OUT]

DRIVER is tests/bin/match/condition; CORPUS the directory with
filter_parser.jsonl and filter_escaping.jsonl. LEFT-OUT: "name reason" a line.
"""
import json
import subprocess
import sys


def ask(driver, texts):
    """[(depth, text)] -> the driver's answers in order."""
    blob = b"".join(b"%d %d\n" % (d, len(t)) + t for d, t in texts)
    out = subprocess.run([driver], input=blob, stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in out.decode().splitlines()]


def parser_cases(corpus):
    for line in open(f"{corpus}/filter_parser.jsonl"):
        row = json.loads(line)
        expr = row["expr"]
        if expr is None:
            expr = row["expr_repeat"]["unit"] * row["expr_repeat"]["count"]
        depth = row.get("max_depth") or 100
        pos = row.get("upstream_error_pos") or {}
        want = {"text": row.get("ast_note")} if row["valid"] else {
            "error": row["upstream_error"],
            **{k: pos[k] for k in ("idx", "line", "col") if k in pos}}
        yield row["id"], depth, expr.encode("utf-8", "surrogateescape"), want
        if row.get("whitespace_variants") and row["valid"]:
            for i, blank in enumerate((" ", "\t", "\n", "\r", "\b")):
                # a backspace is a blank, but may be part of a bare string
                after = "" if blank == "\b" else blank
                yield f"{row['id']}.blank{i}", depth, (blank + expr + after).encode(), want


def escape_cases(corpus):
    for n, line in enumerate(open(f"{corpus}/filter_escaping.jsonl")):
        row = json.loads(line)
        name = f"escaping.{n}.{row['test']}"
        if row["op"] == "unescape":
            want = {"error": None} if row.get("error") else {"bytes": bytes(row["output_bytes"])}
            yield name, 100, b"a.b=" + row["input"].encode(), want
        elif row["op"] in ("escape", "roundtrip"):
            yield name, 100, None, row


def show(got):
    return got.get("text", f"{got.get('error')} @{got.get('idx')}")


def quoted(text):
    """Any text as a string of the language, by our own rules."""
    out = "".join({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r",
                   "\b": "\\b", "\f": "\\f"}.get(c, c) for c in text)
    return f'"{out}"'


def check_escape(driver, name, row):
    text = row["input"].encode().decode("unicode_escape") if row["op"] == "roundtrip" \
        else row["input"]
    first = ask(driver, [(100, ("a.b=" + quoted(text)).encode())])[0]
    if "text" not in first:
        return f"{name}: {show(first)}"
    if row["op"] == "escape":
        want = f"a.b = {row['output']}"
        return None if first["text"] == want else f"{name}: want {want}\n    got {first['text']}"
    again = ask(driver, [(100, first["text"].encode())])[0]
    return None if again == first else f"{name}: {first['text']} became {show(again)}"


def check_bytes(got, want):
    """The canonical text of "a.b=..." stands for these bytes (compared through its own escapes)."""
    text = got["text"][len("a.b = "):]
    if text.startswith('"'):
        text = text[1:-1].encode("latin-1", "replace").decode("unicode_escape")
    shown = want.decode("utf-8", "replace")
    return text == shown or len(text) == len(want)


def main():
    driver, corpus = sys.argv[1:3]
    left_out = {}
    if len(sys.argv) > 3:
        for line in open(sys.argv[3]):
            if line.strip() and not line.startswith("#"):
                name, reason = line.split(None, 1)
                left_out[name] = reason.strip()
    bad, n = [], 0
    cases = list(parser_cases(corpus))
    for (name, _, expr, want), got in zip(cases, ask(driver, [(c[1], c[2]) for c in cases])):
        if name in left_out:
            continue
        n += 1
        if any(got.get(k) != v for k, v in want.items()):
            bad.append(f"{name}: {expr[:200]!r}\n    want {show(want)}\n    got  {show(got)}")
    for name, depth, expr, want in escape_cases(corpus):
        if name in left_out:
            continue
        n += 1
        if expr is None:
            fault = check_escape(driver, name, want)
            bad += [fault] if fault else []
            continue
        got = ask(driver, [(depth, expr)])[0]
        if ("error" in want) != ("error" in got) or \
           ("bytes" in want and not check_bytes(got, want["bytes"])):
            bad.append(f"{name}: {expr!r}: {show(got)}")
    print("\n".join(bad))
    print(f"{n - len(bad)} of {n} agree, {len(left_out)} left out")
    return 1 if bad or n == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
