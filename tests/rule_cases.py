#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""rule_cases.py BIN CORPUS: every rule case of the corpus that has a capture, through
capture -r | enrich | match | ship, as a user would type it.

What Falco 0.44.1 detected counts, rule by rule and line by line; where the corpus has no
such answer, what the case itself expects. Cases that are not about rules are in LEFT_OUT."""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

CONFIG = "is about an option of falco.yaml or its command line that has no counterpart"
LEFT_OUT = {
    'disabled_and_enabled_rules_1': CONFIG,
    'disabled_and_enabled_rules_2': CONFIG,
    'monitor_syscall_drops_*': CONFIG,
    'TestFalco_Legacy_MonitorSyscallDrops*': CONFIG,
}
# The capture has four opens; the engines of then also matched their enter halves.
HALVES = {'DetectSkipUnknownNoevt', 'EnabledRuleUsingFalseEnabledFlagOnly', 'CatchallOrder',
          'RuleNamesWithRegexChars', 'MultipleRulesSuppressInfo'}
SUITES = ('legacy_yaml', 'testing_go')


def left_out(name):
    return any(name.startswith(k[:-1]) if k.endswith('*') else name == k for k in LEFT_OUT)


def selection(row):
    """The case's choice of rules in our options."""
    args, out = list(row.get('args') or ()), []
    while args:
        a = args.pop(0)
        if a == '-A':
            continue
        value = args.pop(0)
        if a == '-o' and value.startswith('priority='):
            out += ['--priority', value.split('=')[1]]
        elif a in ('-t', '-T', '-D'):
            out += [{'-t': '--only-tag', '-T': '--disable-tag', '-D': '--disable-rule'}[a],
                    '*%s*' % value.replace('.*', '*') if a == '-D' else value]
    options = row.get('options') or {}
    for key, option in (('disable_rules', '--disable-rule'), ('disable_tags', '--disable-tag'),
                        ('enable_tags_after_disabling_all', '--only-tag')):
        for value in options.get(key, ()):
            out += [option, value]
    return out + (['--priority', options['priority']] if 'priority' in options else [])


def run(binaries, capture, rules, options):
    """Status of match, alerts as objects, alerts as text."""
    tools = {n: os.path.join(binaries, 'secmon-' + n) for n in ('capture', 'enrich', 'match', 'ship')}
    with tempfile.NamedTemporaryFile() as text, tempfile.TemporaryFile() as said:
        chain, before = [], subprocess.DEVNULL
        for command in ([tools['capture'], '-r', capture], [tools['enrich'], '-q'],
                        [tools['match'], '-q', '-r', *rules, *options],
                        [tools['ship'], '-q', '-s', 'json:-', '-s', 'text:' + text.name]):
            p = subprocess.Popen(command, stdin=before, stdout=subprocess.PIPE, stderr=said,
                                 env=dict(os.environ, TZ='UTC'))
            if before != subprocess.DEVNULL:
                before.close()
            chain.append(p)
            before = p.stdout
        alerts = [json.loads(line) for line in before]
        status = [p.wait() for p in chain]
        said.seek(0)
        return status, alerts, text.read().decode().splitlines(), said.read().decode()


def want(row, oracle):
    """Status, counts by rule and by priority: numbers, or '>0'; None: anything."""
    e = row['expect']
    if oracle:
        a = oracle['actual']
        return (a['exit_code'], collections.Counter(a.get('by_rule', {})),
                collections.Counter({level(k): v for k, v in a.get('by_priority', {}).items()}))
    fails = e.get('exit_status', e.get('exit_code', 0)) or e.get('error', False)
    rules = dict(e.get('detect_counts') or e.get('by_rule') or {})
    if row['name'].split('_')[-1] in HALVES:
        rules = {k: v // 2 for k, v in rules.items()}
    levels = {level(k): v for k, v in (e.get('by_priority') or {}).items()}
    levels.update({level(k): '>0' for k in e.get('levels_nonzero', ())})
    if not levels and not {'detect', 'detections'} & set(e):
        levels = None
    return int(bool(fails)), rules, levels


def level(name):
    return {'INFO': 'INFORMATIONAL'}.get(name.upper(), name.upper())


def is_count(got, expected):
    return got > 0 if expected == '>0' else got == expected


def wrong(row, oracle, status, alerts, lines):
    """What is not as expected, in words; None if all is."""
    exit_code, rules, levels = want(row, oracle)
    got = collections.Counter(a['rule'] for a in alerts)
    priority = collections.Counter(level(a['priority']) for a in alerts)
    if exit_code:
        return None if status[2] == 2 and not alerts else 'status %s, %d alerts' % (status, len(alerts))
    if any(status):
        return 'status %s' % status
    for name in set(rules) | (set(got) if oracle else set()):
        if not is_count(got[name], rules.get(name, 0)):
            return '%s: %s of %s' % (name, got[name], rules.get(name, 0))
    for name in set(levels) | set(priority) if levels is not None else ():
        if not is_count(priority[name], levels.get(name, 0)):
            return '%s: %s of %s' % (name, priority[name], levels.get(name, 0))
    told = [l for l in (oracle or {}).get('actual', {}).get('alerts', ()) if not l.startswith('{')]
    if told and [bare(l) for l in told] != [bare(l) for l in lines]:
        return 'says %s, not %s' % (lines[:1], told[:1])
    return None


def bare(line):
    """Without the time in front, which options of Falco print in several ways."""
    return re.sub(r'^\S+: ', '', line)


def cases(corpus):
    for suite in SUITES:
        here = os.path.join(corpus, suite)
        with open(os.path.join(here, 'oracle_falco.jsonl')) as fp:
            oracle = {o['name']: o for o in map(json.loads, fp)}
        with open(os.path.join(here, 'tests.jsonl')) as fp:
            for row in map(json.loads, fp):
                rules = (row.get('validate_rules_files') or row.get('validate_rules')
                         or row.get('rules_files') or row.get('rules'))
                if row.get('capture') and row.get('runnable') and rules:
                    yield (row, oracle.get(row['name']), os.path.join(corpus, row['capture']),
                           [os.path.join(here, r) for r in rules])


def main():
    binaries, corpus = sys.argv[1:3]
    only = sys.argv[3:]
    n = collections.Counter()
    for row, oracle, capture, rules in cases(corpus):
        if only and row['name'] not in only:
            continue
        if left_out(row['name']):
            n['left out by name'] += 1
        elif not os.path.exists(capture):
            n['without their capture'] += 1
        else:
            status, alerts, lines, said = run(binaries, capture, rules, selection(row))
            what = wrong(row, oracle, status, alerts, lines)
            n['wrong' if what else 'right'] += 1
            n['with detections'] += bool(alerts)
            if what:
                print('%s: %s\n%s' % (row['name'], what, said[:400]))
    print(', '.join('%d %s' % (v, k) for k, v in n.items()))
    return bool(n['wrong']) or not n['right']


if __name__ == '__main__':
    sys.exit(main())
