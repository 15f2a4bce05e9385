#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""flood.py DONE MARKER [USER] < STREAM: what capture and enrich delivered of a flood
(tests/bin/common/flood.c), held against what was done. DONE is the file with the line
that flood printed. Every event of a kid must name that kid, its parent, its user and its
executable, and what is not there must have been counted. Exit status 1 and the
offences if not."""
import collections
import json
import sys

import stream

F = stream.FIELD_IDS
LIFE = {"execve", "execveat"}
OPENS = {"open", "openat", "openat2", "creat"}


class Check:
    def __init__(self, marker, user):
        self.marker, self.user = marker, user
        self.bad = collections.Counter()
        self.example = {}
        self.kids = {}                  # (parent, kid) of marker opens and execs: how many
        self.events = 0
        self.lives = {}                 # (pid, ts): arguments
        self.dropped = 0

    def offence(self, what, event):
        self.bad[what] += 1
        self.example.setdefault(what, event)

    def event(self, name, e):
        self.events += 1
        for field in ("proc.pid", "proc.pid.ts", "proc.ppid", "proc.ppid.ts", "thread.tid",
                      "proc.name", "user.uid", "group.gid", "proc.exepath", "proc.args"):
            if F[field] not in e:
                self.offence(f"{name} without {field}", e)
        # the flood's own ancestors are outside of the tree that is watched
        missing = [m for m in e.get(F["evt.incomplete"], []) if not m.startswith("proc.a")]
        if missing:
            self.offence("marked incomplete: " + str(missing), e)
        if e.get(F["user.uid"]) != 0:
            self.offence("another user id", e)
        if self.user and e.get(F["user.name"]) not in (self.user, None):
            self.offence("another user name", e)
        self.kid(name, e)

    def kid(self, name, e):
        """An event that says it is of a kid, or that only a kid can cause."""
        a = e.get(F["proc.args"], [])
        is_open = name in OPENS and e.get(F["fd.name"]) == self.marker
        if a[:1] != ["kid"]:
            if is_open:
                self.offence("a kid's open in another's name", e)
            return
        life = (e[F["proc.pid"]], e[F["proc.pid.ts"]])
        if self.lives.setdefault(life, a) != a:
            self.offence("one process with two kinds of arguments", e)
        if e[F["proc.name"]] not in ("flood", b"flood"):
            self.offence("another comm", e)
        if not str(e.get(F["proc.exepath"], "")).endswith("/flood"):
            self.offence("another executable", e)
        self.kids.setdefault((int(a[2]), int(a[3])), []).append((name, is_open, e))

    def against(self, done):
        """Once it is known what was done: parents, and the sum."""
        opens = execs = 0
        for (parent, _), events in self.kids.items():
            for name, is_open, e in events:
                # (the record of a process's end may come after its parent's)
                if e[F["proc.ppid"]] != done["parents"][parent]:
                    self.offence(f"{name}: another parent", e)
            n = sum(1 for _, is_open, _ in events if is_open)
            if n > 1:
                self.offence("opened more often than it did", events[0][2])
            opens += n
            execs += sum(1 for name, _, e in events if name in LIFE and e.get(F["evt.rawres"]) == 0)
        missing = 2 * done["kids"] - opens - execs
        print(f"{self.events} events; of {done['kids']} kids {execs} execs and {opens} opens; "
              f"{self.dropped} counted as dropped")
        if missing > self.dropped:
            self.offence(f"{missing} events of kids missing, {self.dropped} drops counted", None)


def main():
    args = sys.argv[1:]
    check = Check(args[1], args[2] if len(args) > 2 else None)
    drops = {i for i, (_, stage, kind) in stream.COUNTERS.items() if (stage, kind) == ("capture", "DROP")}
    for kind, pairs in stream.objects(sys.stdin.buffer):
        if kind == 2 and pairs[0] in stream.EVENTS:
            name = stream.EVENTS[pairs[0]]
            if name != "snapshot":
                check.event(name, pairs)
        elif kind == 4 and pairs.get(0) == "capture":
            check.dropped = sum(v for k, v in pairs[4].items() if k in drops)
    check.against(json.load(open(args[0])))
    for what, n in check.bad.most_common(20):
        example = check.example[what]
        print(f"{n} times {what}: {json.dumps(stream.named(2, example)) if example else ''}",
              file=sys.stderr)
    sys.exit(1 if check.bad or not check.kids else 0)


main()
