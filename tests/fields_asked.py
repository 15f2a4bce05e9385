#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""fields_asked.py rules DESCRIPTION.json: for each event type that rules are about (secmon-match
-L --json describes them), a rule that shows every field they ask of it.
fields_asked.py check DESCRIPTION.json < ALERTS: each of those fields had a value in some alert of
that type. Says what never had one; status 1 if it is more than what is known to be absent."""
import collections
import json
import re
import sys

import stream

# there are no containers, clusters and logins here; names of addresses are looked up on request
ABSENT = re.compile(r"^(container|k8s)\.|^user\.login|^fd\..*\.name$|^fd\.name_changed$|^evt\.buffer$")
# ancestors and leaders outside of the command's tree
OUTSIDE = re.compile(r"^proc\.aname\[[3-9]\]|^proc\.sname$")
# what is compared and has no value of its own, and the other end of a socket that has none
NO_VALUE = re.compile(r"^fd\.([cslr]?net|ip|port)$")
PEER = re.compile(r"^fd\.[cr](ip|port)$")
# what only some events of a type have, and none of ours
SOCKETS = re.compile(r"fd\.([cslr]?(ip|net|port)|l4proto|connected|sockfamily)$")
SOCKET_CALLS = {"connect", "accept", "accept4", "sendto", "sendmsg", "recvfrom", "recvmsg", "listen"}
CREATES = {"open", "openat", "openat2", "creat", "dup", "dup2", "dup3", "socket", "accept", "accept4",
           "userfaultfd"}


def asked(path):
    """{event type: fields}"""
    types = collections.defaultdict(set)
    for rule in json.load(open(path))["rules"]:
        d = rule["details"]
        for t in d["events"]:
            types[t].update(f for f in d["condition_fields"] + d["output_fields"] + d["exception_fields"])
    return types


def has_argument(event, name):
    table = (stream.COMMON / "events.def").read_text()
    return re.search(rf"PARAM\({event.upper()}, {name.upper()},", table) is not None


def may_be_absent(event, field):
    if field.startswith("evt.arg.") and not has_argument(event, field[8:]):
        return True  # a rule of several types names what one of them has
    if OUTSIDE.search(field) or NO_VALUE.search(field):
        return True
    if event == "listen" and PEER.search(field):
        return True
    if ABSENT.search(field) or (SOCKETS.search(field) and event not in SOCKET_CALLS):
        return True
    return field.startswith("fd.") and event not in SOCKET_CALLS | CREATES


def rules(path):
    rules = [{"rule": t, "desc": t, "condition": f"evt.type = {t}", "priority": "DEBUG",
              "output": " ".join(f"%{f}" for f in sorted(fields))}
             for t, fields in sorted(asked(path).items())]
    json.dump(rules, sys.stdout)  # which is YAML too


def check(path):
    had = collections.defaultdict(set)
    for line in sys.stdin:
        a = json.loads(line)
        had[a["rule"]].update(f for f, v in a["output_fields"].items() if v is not None)
    bad = n = 0
    for t, fields in sorted(asked(path).items()):
        if not had[t]:
            print(f"{t}: no such event")
            bad += 1
            continue
        missing = {f for f in fields if f not in had[t] and f.replace("[", ".").replace("]", "") not in had[t]}
        n += len(fields)
        for f in sorted(missing):
            if not may_be_absent(t, f):
                print(f"{t}: never {f}")
                bad += 1
    print(f"{n} fields asked of {len(had)} types of event")
    return bad != 0 or not n


if sys.argv[1] == "rules":
    rules(sys.argv[2])
else:
    sys.exit(check(sys.argv[2]))
