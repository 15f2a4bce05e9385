#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""calls.py EXPECTED STREAM.json: every expected event is there, in order of its type.

EXPECTED has what tests/bin/capture/*calls printed; STREAM.json what stream.py dumped.
Prints each difference; status 1 if there is one.
"""
import collections
import json
import sys


def lines(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return [json.loads(line) for line in f]


def main():
    expected = lines(sys.argv[1])
    events = collections.defaultdict(list)
    for e in lines(sys.argv[2]):
        if e["kind"] == "EVENT":
            events[e["type"]].append(e)
    bad = 0
    for want in expected:
        # the next event of the type with this result; what the C library did by itself lies between
        queue = events[want["type"]]
        best = None
        for i, e in enumerate(queue):
            wrong = {k: e.get(k) for k, v in want.items() if k != "type" and e.get(k) != v}
            if not wrong:
                del queue[:i + 1]
                best = None
                break
            if best is None or len(wrong) < len(best):
                best = wrong
        else:
            bad += 1
            print(f"no event like {json.dumps(want)}; closest differs in {best}")
    print(f"{len(expected)} calls, {bad} without their event")
    return bad != 0 or not expected


if __name__ == "__main__":
    sys.exit(main())
