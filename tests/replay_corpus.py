#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""replay_corpus.py golden|eval CAPTURE FIELDEVAL CORPUS [FIELD]: what Falco shows on the
events of the corpus' captures against what match sees in our replay of them.

All values must be equal but for the departures that tests/data/capture/departures.txt
names. With FIELD every difference in it is shown."""
import collections
import fnmatch
import gzip
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def text(v):
    if isinstance(v, dict):
        return text(v['s']) if 's' in v else None
    if isinstance(v, bool):
        return 'true' if v else 'false'
    return None if v is None else str(v)


class Departure:
    """One line: where, the field, what must hold for Falco's value and ours, and why."""

    def __init__(self, line):
        words, self.reason = line.split(' -- ', 1)
        self.where, self.field, *self.conditions = shlex.split(words)
        self.used = 0

    def holds(self, where, field, theirs, ours, event):
        return (self.where in (where, 'both') and fnmatch.fnmatchcase(field, self.field)
                and all(self.condition(c, theirs, ours, event) for c in self.conditions))

    @staticmethod
    def condition(c, theirs, ours, event):
        if c in ('any', *event):
            return True
        if c == 'reordered':
            return None not in (theirs, ours) and sorted(items(theirs)) == sorted(items(ours))
        who, pattern = c.split('=', 1)
        if who in ('type', 'event'):
            return False
        value = {'theirs': theirs, 'ours': ours}[who]
        return value is None if pattern == 'none' else (
            value is not None and re.fullmatch(pattern, value, re.S) is not None)


def items(v):
    return v.strip('()').split(',')


def departures():
    with open(HERE + '/data/capture/departures.txt') as fp:
        return [Departure(line) for line in fp if line.strip() and line[0] != '#']


def golden(corpus):
    captures = {}
    for d, _, files in os.walk(corpus + '/captures'):
        for f in files:
            path = os.path.join(d, f)
            captures[os.path.relpath(path, corpus + '/captures').replace('/', '_')] = path
    fields = [l.strip() for l in open(corpus + '/golden/fields.txt')]
    for f in sorted(os.listdir(corpus + '/golden/events')):
        rows = [json.loads(l) for l in gzip.open(corpus + '/golden/events/' + f)]
        yield captures[f[:-len('.jsonl.gz')]], fields, [(r['num'], r['f']) for r in rows]


def evals(corpus):
    """Where the recording test knew more than its capture says, there is a second answer."""
    tests = [json.loads(l) for l in gzip.open(corpus + '/eval/tests.jsonl.gz')]
    tests = [(t, t['dumps'] if t.get('replayable') else t.get('replay_dump')) for t in tests]
    tests = [(t, rows) for t, rows in tests if rows]
    fields = sorted({k for t, rows in tests for r in rows for k in r['f'] if not k.endswith('_hex')})
    for t, rows in tests:
        path = corpus + '/eval/' + t['scap']
        if os.path.exists(path):
            yield path, fields, [(r['num'], r['f']) for r in rows]


def ours(capture, fieldeval, path, names):
    """Values by event number, and whether the replay ended well."""
    replay = subprocess.Popen([capture, '--env', '-r', path], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    out = subprocess.run([fieldeval, names], stdin=replay.stdout, capture_output=True,
                         env=dict(os.environ, TZ='UTC'))
    replay.stdout.close()
    status = replay.wait()
    rows = [json.loads(l) for l in out.stdout.decode('utf-8', 'replace').splitlines()]
    return {r['num']: r['f'] for r in rows}, status == 0 and out.returncode == 0


def differences(want, got):
    """Fields that are not the same; a value that is no text has its bytes in FIELD_hex."""
    for field in set(want) | set(got):
        v = want.get(field)
        if field.endswith('_hex') or field + '_hex' in want or (isinstance(v, dict) and 's' not in v):
            continue
        yield field, text(v), got.get(field)


def main():
    which, capture, fieldeval, corpus = sys.argv[1:5]
    shown = sys.argv[5] if len(sys.argv) > 5 else None
    total, equal, wrong = 0, 0, []
    different = collections.defaultdict(list)
    known = departures()
    names = tempfile.NamedTemporaryFile('w')
    for path, fields, rows in (golden if which == 'golden' else evals)(corpus):
        names.seek(0)
        names.truncate()
        names.write('\n'.join(fields) + '\n')
        names.flush()
        got, well = ours(capture, fieldeval, path, names.name)
        if not well:
            wrong.append('%s: the replay failed' % path)
        wrong += ['%s: event %d is missing' % (path, n) for n, _ in rows if n not in got]
        for num, want in rows:
            event = ('type=%s' % want.get('evt.type'),
                     'event=%s:%d' % (os.path.basename(path)[:-len('.scap')], num))
            for field, theirs, mine in differences(want, got.get(num, {})):
                total += 1
                equal += theirs == mine
                if theirs == mine:
                    continue
                departure = next((d for d in known if d.holds(which, field, theirs, mine, event)),
                                 None)
                if departure:
                    departure.used += 1
                else:
                    different[field].append((os.path.basename(path), num, theirs, mine))
    for line in wrong[:20]:
        print(line)
    for field, cases in sorted(different.items(), key=lambda i: -len(i[1])):
        print('%-26s %5d  %s' % (field, len(cases), str(cases[0])[:160]))
        if field == shown:
            print(*cases, sep='\n')
    print('%d values, %d equal, %d depart as the manual says, %d different' % (
        total, equal, sum(d.used for d in known), sum(map(len, different.values()))))
    for d in known:
        if not d.used and d.where == which:
            wrong.append('a departure that is none: %s %s' % (d.field, d.reason))
            print(wrong[-1])
    return bool(wrong or different) or total == 0


if __name__ == '__main__':
    sys.exit(main())
