#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""classes.py < STREAM: for each class of event, as JSON, what capture delivered, what it says it
lost, and what it says it saw: {"openat": [delivered, lost, seen], ...}. All ways to make a
process are one class, "clone". What the command did before it was executed, when it still was a
secmon-capture, is left out."""
import collections
import json
import sys

import stream

FORKS = {"fork", "vfork", "clone3"}
LOSSES = {i for i, (_, stage, kind) in stream.COUNTERS.items() if (stage, kind) == ("capture", "DROP")}
SEEN = next(i for i, (name, _, _) in stream.COUNTERS.items() if name == "capture.in")


def main():
    classes = collections.defaultdict(lambda: [0, 0, 0])
    labelled = []
    for kind, pairs in stream.objects(sys.stdin.buffer):
        if kind == 2:
            name = stream.EVENTS[pairs[0]]
            name = "clone" if name in FORKS else name
            if pairs[stream.FIELD_IDS["proc.name"]] == "secmon-capture":
                classes[name][2] -= 1
            else:
                classes[name][0] += 1
        elif kind == 4 and pairs.get(0) == "capture":
            labelled = pairs.get(5, [])
    for stat, label, n in labelled:
        if stat in LOSSES:
            classes[label][1] += n
        elif stat == SEEN:
            classes[label][2] += n
    json.dump(classes, sys.stdout)


main()
