#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compare the description of the published rules with Falco's.

usage: describe.py [--events] PROGRAM... GOLDEN

PROGRAM prints the description as JSON. Lists are compared as sets; the event
types of rules only with --events (then without "asyncevent", which plugins send).
"""
import gzip
import json
import subprocess
import sys


def main():
    args = sys.argv[1:]
    events = args[0] == "--events"
    args = args[events:]
    want = json.load(gzip.open(args[-1]))
    got = json.loads(subprocess.run(args[:-1], stdout=subprocess.PIPE, check=True).stdout)
    n, bad = 0, []
    for kind in ("rules", "macros", "lists"):
        mine = [x["info"]["name"] for x in got[kind]]
        if mine != [x["info"]["name"] for x in want[kind]]:
            bad.append(f"{kind}: other names or another order: {mine}")
            continue
        for a, b in zip(got[kind], want[kind]):
            n += 1
            where = f"{kind} {b['info']['name']}"
            if a["info"] != b["info"]:
                bad.append(f"{where}: info {a['info']} not {b['info']}")
            for key, value in b["details"].items():
                have = a["details"][key]
                if key == "events":
                    # sets of nearly all are not the same: we have other events
                    if not events or kind != "rules":
                        continue
                    have, value = set(have) - {"asyncevent"}, set(value) - {"asyncevent"}
                elif isinstance(value, list) and key != "items_compiled":
                    have, value = sorted(have), sorted(value)
                if have != value:
                    bad.append(f"{where}: {key}: {have} not {value}")
    print("\n".join(bad))
    print(f"{n} descriptions compared, {len(bad)} differences")
    return 1 if bad or not n else 0


if __name__ == "__main__":
    sys.exit(main())
