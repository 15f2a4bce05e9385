#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A stream made and read without secmon: Debian's msgpack library and the tables only.

stream.py make ITEM...      write a stream to standard output
stream.py dump [FILE]       a stream as JSON lines, fields and counters by name
stream.py ledger [STAGE]... check in = out + filtered + drops + queued in the last
                            STATS of each stage (of those named, which must be there)

ITEM is one of
    hello [JSON]            HELLO; JSON replaces members: {"version": [9, 0]}
    event TYPE [JSON]       EVENT of a type by name or number; fields by name or id
    alert TYPE [JSON]       ALERT, the same
    stats STAGE [JSON]      STATS with counters by name
    end [STAGE]             END; "end incomplete" for a chain that lost its head
    object PYTHON           any value, packed: "object [77, {1: b'x'}]"
    big N                   an object of an unknown kind, N bytes long
    hex DIGITS              these bytes
    pad N                   N bytes 0xc1, which is never msgpack
"""
import ast
import json
import pathlib
import re
import struct
import sys

import msgpack

COMMON = pathlib.Path(__file__).resolve().parent.parent / "common"
KINDS = {1: "HELLO", 2: "EVENT", 3: "ALERT", 4: "STATS", 5: "LOSS", 6: "END"}
HELLO = ["version", "program", "program_version", "hostname", "boot_id", "kernel", "boot_offset",
         "fields"]
STATS = ["stage", "time", "pid", "final", "counters", "labelled"]
LOSS = ["stage", "counter", "label", "count", "since", "until"]
END = ["stage", "complete"]


def table(name, pattern):
    """The lines of a .def table: a list of tuples of the pattern's groups."""
    return re.findall(pattern, (COMMON / name).read_text(), re.M)


FIELDS = {int(i): n for i, n in table("fields.def", r'^FIELD\(\s*(\d+),\s*\w+,\s*"([^"]+)"')}
for i, n in table("args.def", r'^ARG\(\s*(\d+),\s*\w+,\s*"([^"]+)"'):
    FIELDS.setdefault(512 + int(i), "evt.arg." + n)
    FIELDS.setdefault(1024 + int(i), "evt.argtext." + n)
EVENTS = {int(i): n for i, n in table("events.def", r'^EVENT\(\s*(\d+),\s*\w+,\s*"([^"]+)"')}
COUNTERS = {int(i): (n, s.lower(), k) for i, s, k, n in
            table("stats.def", r'^STAT\(\s*(\d+),\s*\w+,\s*(\w+),\s*(\w+),\s*"([^"]+)"')}
FIELD_IDS = {n: i for i, n in FIELDS.items()}
EVENT_IDS = {n: i for i, n in EVENTS.items()}


def revive(v):
    """JSON has no bytes: {"hex": "00ff"} stands for them."""
    if isinstance(v, dict):
        if list(v) == ["hex"]:
            return bytes.fromhex(v["hex"])
        return {k: revive(x) for k, x in v.items()}
    return [revive(x) for x in v] if isinstance(v, list) else v


def numbered(names, given):
    return {names.index(k) if k in names else int(k): revive(v) for k, v in given.items()}


def event(kind, type_, given):
    """The fixed 17-byte header of secmon-wire(7), then the fields."""
    n = EVENT_IDS[type_] if type_ in EVENT_IDS else int(type_)
    body = b""
    for key, v in given.items():
        fid = FIELD_IDS[key] if key in FIELD_IDS else int(key)
        body += msgpack.packb(fid) + msgpack.packb(revive(v))
    head = struct.pack(">BBBIBBHBBI", 0x92, kind, 0xdf, len(given) + 2, 0, 0xcd, n, 1, 0xce,
                       17 + len(body))
    return head + body


def hello(given):
    h = {"version": [1, 0], "program": "stream.py", "program_version": "0", "hostname": "test",
         "boot_id": "00000000-0000-0000-0000-000000000000", "kernel": "0.0", "boot_offset": 0,
         "fields": {}}
    h.update(given)
    h["fields"] = {int(k): v for k, v in h["fields"].items()}
    return msgpack.packb([1, numbered(HELLO, h)])


def make(item):
    word, _, rest = item.partition(" ")
    name, _, text = rest.partition(" ")
    if word == "hello":
        return hello(json.loads(rest or "{}"))
    if word in ("event", "alert"):
        return event(2 if word == "event" else 3, name, json.loads(text or "{}"))
    if word == "stats":
        ids = {n: i for i, (n, _, _) in COUNTERS.items()}
        counters = {ids[k]: v for k, v in json.loads(text or "{}").items()}
        return msgpack.packb([4, {0: name, 1: 0, 2: 1, 3: True, 4: counters}])
    if word == "end":
        return msgpack.packb([6, {0: "capture" if rest in ("", "incomplete") else rest,
                                  1: rest != "incomplete"}])
    if word == "object":
        return msgpack.packb(ast.literal_eval(rest))
    if word == "big":
        return b"\x92\x4d\x81\x01" + msgpack.packb(b"x" * (int(rest) - 7))
    if word == "hex":
        return bytes.fromhex(rest)
    if word == "pad":
        return b"\xc1" * int(rest)
    sys.exit(f"stream.py: what is '{item}'?")


def shown(v):
    if isinstance(v, bytes):
        return {"hex": v.hex()}
    if isinstance(v, list):
        return [shown(x) for x in v]
    if isinstance(v, dict):
        return {str(k): shown(x) for k, x in v.items()}
    return v


def named(kind, pairs):
    """One object as a dictionary for JSON."""
    out = {"kind": KINDS.get(kind, kind)}
    if kind in (2, 3):
        out["type"] = EVENTS.get(pairs.get(0), pairs.get(0))
        out.update({FIELDS.get(k, str(k)): shown(v) for k, v in pairs.items() if k > 1})
        return out
    keys = {1: HELLO, 4: STATS, 5: LOSS, 6: END}.get(kind, [])
    for k, v in pairs.items():
        out[keys[k] if isinstance(k, int) and k < len(keys) else str(k)] = shown(v)
    if kind == 4:
        out["counters"] = {COUNTERS[int(k)][0] if int(k) in COUNTERS else k: v
                           for k, v in out.get("counters", {}).items()}
    return out


def objects(fp):
    unpacker = msgpack.Unpacker(fp, raw=False, strict_map_key=False, max_buffer_size=1 << 20)
    for o in unpacker:
        yield o[0], o[1]


def dump(path):
    with open(path, "rb") if path else sys.stdin.buffer as fp:
        for kind, pairs in objects(fp):
            print(json.dumps(named(kind, pairs)))


def ledger(stages):
    last = {}
    for kind, pairs in objects(sys.stdin.buffer):
        if kind == 4:
            last[pairs[0]] = pairs.get(4, {})
    bad = [f"{s}: no STATS" for s in stages if s not in last]
    for stage, counters in last.items():
        total = dict.fromkeys(["IN", "OUT", "FILTERED", "DROP", "QUEUED", "INFO", "GAUGE"], 0)
        for k, v in counters.items():
            if k in COUNTERS and COUNTERS[k][1] == stage:
                total[COUNTERS[k][2]] += v
        rest = total["IN"] - sum(total[k] for k in ("OUT", "FILTERED", "DROP", "QUEUED"))
        line = f"{stage}: in {total['IN']} out {total['OUT']} filtered {total['FILTERED']} " \
               f"dropped {total['DROP']} queued {total['QUEUED']}"
        print(line)
        if rest:
            bad.append(f"{line}: {rest} unaccounted for")
    for b in bad:
        print(b, file=sys.stderr)
    sys.exit(1 if bad or not last else 0)


def main():
    args = sys.argv[1:]
    if args[:1] == ["make"]:
        for item in args[1:]:
            sys.stdout.buffer.write(make(item))
    elif args[:1] == ["dump"]:
        dump(args[1] if len(args) > 1 else None)
    elif args[:1] == ["ledger"]:
        ledger(args[1:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
