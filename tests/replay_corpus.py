#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""replay_corpus.py golden|eval CAPTURE FIELDEVAL CORPUS: what Falco shows on the
events of the corpus' captures against what match sees in our replay of them.
Fails when more values differ than the known departures explain."""
import collections
import gzip
import json
import os
import subprocess
import sys
import tempfile

# Fields that differ by intent, see secmon-capfile(5), or that the recorder of the
# corpus could not keep (times of its own clock, the machine that replayed).
DEPARTURES = {
    'evt.cpu', 'evt.hostname', 'util.cnt', 'evt.deltatime', 'evt.deltatime.s',
    'evt.deltatime.ns', 'proc.duration', 'proc.pid.ts', 'proc.ppid.ts',
    'proc.ppid.duration', 'proc.fdusage', 'proc.exe_ino.ctime_duration_proc_start',
    'proc.exe_ino.ctime_duration_pidns_start', 'proc.apid', 'proc.aenv', 'proc.aargs',
    'thread.cpu', 'thread.cpu.user', 'thread.cpu.system', 'thread.exectime',
    'evt.reltime', 'evt.reltime.s', 'evt.reltime.ns', 'fd.containername',
    'fd.containerdirectory', 'fd.types', 'user.shell', 'evt.buffer',
    'proc.aname[0]', 'proc.acmdline[0]',
}
# Of the rest, what may differ at most, per thousand: the shapes are listed there too.
PER_MILLE = {'golden': 0.6, 'eval': 4.0}


def text(v):
    if isinstance(v, dict):
        return text(v['s']) if 's' in v else None
    if isinstance(v, bool):
        return 'true' if v else 'false'
    return None if v is None else str(v)


def departs(field):
    return (field in DEPARTURES or field.endswith('_hex') or field.startswith('proc.aenv[')
            or field.startswith('evt.rawarg.addr') or field.startswith('evt.rawarg.tuple'))


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
    tests = [json.loads(l) for l in gzip.open(corpus + '/eval/tests.jsonl.gz')]
    tests = [t for t in tests if t.get('replayable') and t['dumps']]
    fields = sorted({k for t in tests for d in t['dumps'] for k in d['f'] if not k.endswith('_hex')})
    for t in tests:
        path = corpus + '/eval/' + t['scap']
        if os.path.exists(path):
            yield path, fields, [(d['num'], d['f']) for d in t['dumps']]


def ours(capture, fieldeval, path, names):
    """Values by event number, and whether the replay ended well."""
    replay = subprocess.Popen([capture, '--env', '-r', path], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    out = subprocess.run([fieldeval, names], stdin=replay.stdout, capture_output=True,
                         env=dict(os.environ, TZ='UTC'))
    status = replay.wait()
    rows = [json.loads(l) for l in out.stdout.decode('utf-8', 'replace').splitlines()]
    return {r['num']: r['f'] for r in rows}, status == 0 and out.returncode == 0


def main():
    which, capture, fieldeval, corpus = sys.argv[1:5]
    total, missing = 0, []
    different = collections.defaultdict(list)
    names = tempfile.NamedTemporaryFile('w')
    for path, fields, rows in (golden if which == 'golden' else evals)(corpus):
        names.seek(0)
        names.truncate()
        names.write('\n'.join(fields) + '\n')
        names.flush()
        got, well = ours(capture, fieldeval, path, names.name)
        if not well:
            missing.append('%s: the replay failed' % path)
        for num, want in rows:
            if num not in got:
                missing.append('%s: event %d' % (path, num))
                continue
            for field in set(want) | set(got[num]):
                v = want.get(field)
                if departs(field) or (isinstance(v, dict) and 's' not in v) or field + '_hex' in want:
                    continue
                total += 1
                if text(v) != got[num].get(field):
                    different[field].append((os.path.basename(path), num, text(v),
                                             got[num].get(field)))
    bad = sum(len(v) for v in different.values())
    for m in missing[:20]:
        print('missing', m)
    for field, cases in sorted(different.items(), key=lambda i: -len(i[1])):
        print('%-26s %5d  %s' % (field, len(cases), str(cases[0])[:160]))
    print('%d values, %d different' % (total, bad))
    return bool(missing) or total == 0 or bad * 1000 > PER_MILLE[which] * total


if __name__ == '__main__':
    sys.exit(main())
