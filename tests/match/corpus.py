#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Falco's own answers, row by row, against secmon-match's engine.

usage: corpus.py SUITE SHARED-CORPUS BUILD

Prints what differs and a sum. Exit status 0 if nothing differs but what
tests/data/match/left-out.tsv names with a reason.
"""
import gzip, hashlib, json, os, re, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LEFT_OUT = os.path.join(HERE, '..', 'data', 'match', 'left-out.tsv')


def esc(s):
	return s.replace('\\', '\\\\').replace('\t', '\\t').replace('\n', '\\n').replace('\r', '\\r')


def unesc(s):
	out, i = [], 0
	while i < len(s):
		if s[i] == '\\' and i + 1 < len(s):
			i += 1
			out.append({'t': '\t', 'n': '\n', 'r': '\r'}.get(s[i], s[i]))
		else:
			out.append(s[i])
		i += 1
	return ''.join(out)


class Suite:
	def __init__(self, name, corpus, build):
		self.name, self.corpus, self.build = name, corpus, build
		self.right = self.wrong = self.left = 0
		self.reasons = []
		with open(LEFT_OUT) as f:
			for line in f:
				if line.strip() and not line.startswith('#'):
					suite, case, why = line.rstrip('\n').split('\t')
					if suite == name:
						self.reasons.append(re.compile('.*'.join(map(re.escape, case.split('*'))), re.S))

	def rows(self, name):
		path = os.path.join(self.corpus, name)
		opener = gzip.open if name.endswith('.gz') else open
		with opener(path, 'rt', encoding='utf-8') as f:
			for line in f:
				yield json.loads(line)

	def driver(self, args, lines):
		p = subprocess.run([os.path.join(self.build, 'tests/bin/match/corpus')] + args,
				   input=('\n'.join(lines) + '\n').encode('utf-8', 'surrogateescape'),
				   stdout=subprocess.PIPE, check=True, env={**os.environ, 'TZ': 'UTC'})
		return p.stdout.decode('utf-8', 'surrogateescape').split('\n')[:-1]

	def check(self, case, want, got, note=''):
		if want == got:
			self.right += 1
			return
		for pattern in self.reasons:
			if pattern.fullmatch(case):
				self.left += 1
				return
		self.wrong += 1
		if self.wrong <= int(os.environ.get('SHOW', '40')):
			print(f'{case}\n\twant {want!r}\n\tgot  {got!r} {note}')

	def end(self):
		print(f'{self.name}: {self.right} right, {self.left} left out, {self.wrong} wrong')
		sys.exit(1 if self.wrong else 0)


def compiles(s):
	rows = [r for r in s.rows('filter_compile.jsonl') if r['fields'] == 'syscall']
	for r, got in zip(rows, s.driver(['compile'], [esc(r['expr']) for r in rows])):
		s.check(r['expr'], r['compiles'], got == 'ok', got)


def golden_compiles(s):
	rows = [r for r in s.rows('golden/filters.jsonl.gz') if 'filter' in r]
	for r, got in zip(rows, s.driver(['compile'], [esc(r['filter']) for r in rows])):
		s.check(r['filter'], r['compiles'], got == 'ok', got + ' / ' + str(r.get('error')))


def types(s):
	rows = list(s.rows('evt_types.jsonl'))
	every = set(s.driver(['types'], ['evt.num exists'])[0].split(','))
	ask = [r['expr'] for r in rows] + [r['same_evt_types_as'] for r in rows if 'same_evt_types_as' in r]
	answers = dict(zip(ask, s.driver(['types'], [esc(e) for e in ask])))
	for r in rows:
		got = answers[r['expr']]
		if 'evt_type_analysis_error' in r:
			s.check(r['expr'], r['evt_type_analysis_error'], got.startswith('error'), got)
		elif 'same_evt_types_as' in r:
			s.check(r['expr'], answers[r['same_evt_types_as']], got)
		else:
			want = r['evt_types']
			want = every - set(want['not']) if isinstance(want, dict) else set(want)
			s.check(r['expr'], sorted(want), sorted(got.split(',')) if got else [])


def stream(s, events):
	"""A stream of events, each a map of field names; written with a msgpack library that is not ours."""
	import msgpack
	ids = {}
	with open(os.path.join(HERE, '..', '..', 'common', 'fields.def')) as f:
		for m in re.finditer(r'^FIELD\(\s*(\d+), \w+, "([^"]+)"', f.read(), re.M):
			ids[m.group(2)] = int(m.group(1))
	out = msgpack.packb([1, {0: [1, 0], 1: 'test', 2: '0', 3: 'host', 4: 'b', 5: 'k', 6: 0, 7: {}}])
	for n, event in enumerate(events, 1):
		pairs = [(ids[k], v) for k, v in event.items() if k != 'evt.type']
		pairs += [(2, n), (3, 1700000000000000000)]
		body = b''.join(msgpack.packb(k) + msgpack.packb(v) for k, v in pairs)
		head = b'\x92\x02\xdf' + (len(pairs) + 2).to_bytes(4, 'big') + b'\x00\xcd' + \
			event.get('evt.type', 2).to_bytes(2, 'big') + b'\x01\xce'
		out += head + (len(head) + 4 + len(body)).to_bytes(4, 'big') + body
	f = tempfile.NamedTemporaryFile(suffix='.stream')
	f.write(out)
	f.flush()
	return f


def booleans(s):
	rows = list(s.rows('boolean_eval.jsonl'))
	def plain(e):
		for q, v in (('c.doublequote', 'value == hello "quoted"'), ('c.singlequote', "value == hello 'quoted'")):
			e = e.replace(q, 'proc.exe' if 'double' in q else 'proc.cwd')
		return e.replace('c.true=1', 'proc.name=yes').replace('c.false=1', 'proc.name=no').replace(
			'c.true = 1', 'proc.name=yes').replace('c.false = 1', 'proc.name=no')
	with stream(s, [{'proc.name': 'yes', 'proc.exe': 'hello "quoted"', 'proc.cwd': "hello 'quoted'"}]) as f:
		got = s.driver(['eval', f.name], ['1\tfilter\t' + esc(plain(r['expr'])) for r in rows])
	for r, g in zip(rows, got):
		s.check(r['expr'], 'true' if r['result'] else 'false', g, plain(r['expr']))


def pmatch(s):
	rows = [r for r in s.rows('pmatch_trie.jsonl') if 'match' in r]
	with stream(s, [{'fd.name': r['path'], 'fd.typechar': 'f'} for r in rows]) as f:
		got = s.driver(['eval', f.name], ['%d\tfilter\tfd.name pmatch (%s)' % (
			n, ', '.join('"%s"' % p for p in r['search_paths'])) for n, r in enumerate(rows, 1)])
	for r, g in zip(rows, got):
		s.check('%s in %s' % (r['path'], r['search_paths']), 'true' if r['match'] else 'false', g)


def transformers(s):
	rows = list(s.rows('transformers.jsonl'))
	texts = [r for r in rows if not r['is_list']]
	with stream(s, [{'proc.exe': r['input'][0]} for r in texts]) as f:
		got = s.driver(['eval', f.name], ['%d\tfield\t%s(proc.exe)' % (n, r['transformer'])
						  for n, r in enumerate(texts, 1)])
	for r, g in zip(texts, got):
		s.check('%s(%s)' % (r['transformer'], r['input'][0]), '=%s' % r['output'][0], g)
	lists = [r for r in rows if r['is_list']]
	with stream(s, [{'fd.types': [str(i) for i in r['input']]} for r in lists]) as f:
		got = s.driver(['eval', f.name], ['%d\tfield\t%s(fd.types)' % (n, r['transformer'])
						  for n, r in enumerate(lists, 1)])
	for r, g in zip(lists, got):
		s.check('%s%s' % (r['transformer'], r['input']), '=%s' % r['output'][0], g)


def replay(s, capture):
	"""The stream that secmon-capture makes of a capture file."""
	f = tempfile.NamedTemporaryFile(suffix='.stream')
	subprocess.run([os.path.join(s.build, 'bin/secmon-capture'), '--env', '-r', os.path.join(s.corpus, capture)],
		       stdout=f, stderr=subprocess.DEVNULL)
	return f


def by_capture(s, name, request, judge):
	groups = {}
	for r in s.rows(name):
		if r.get('replay_ok', True) and r['capture']:
			groups.setdefault(r['capture'], []).append(r)
	for capture, rows in sorted(groups.items()):
		with replay(s, capture) as f:
			answers = s.driver(['eval', f.name], ['%d\t%s' % (r.get('evt_num', 1), request(r)) for r in rows])
		for r, got in zip(rows, answers):
			judge(r, got)


def filters(s):
	def judge(r, got):
		if r.get('expect') is None:
			want, got2 = 'error', got.split(' ')[0]
		else:
			want, got2 = 'true' if r['expect'] else 'false', got
		s.check('%s#%d %s' % (os.path.basename(r['capture']), r['evt_num'], r['expr']), want, got2, got)
	by_capture(s, 'filter_eval.jsonl', lambda r: 'filter\t' + esc(r['expr']), judge)


def fields(s):
	def judge(r, got):
		want = '=' + r['value'] if r['value'] is not None else 'none'
		if r.get('value_hex'):
			want = '=' + bytes.fromhex(r['value_hex']).decode('utf-8', 'surrogateescape')
		s.check('%s#%d %s' % (os.path.basename(r['capture']), r['evt_num'], r['field']), want, unesc(got))
	by_capture(s, 'field_eval.jsonl', lambda r: 'field\t' + esc(r['field']), judge)


def formats(s):
	def judge(r, got):
		if r.get('json'):
			return		# see json_formats()
		case = '%s#%d %s' % (os.path.basename(r['capture']), r.get('evt_num', 1), r['fmt'])
		if r.get('ok') is None:
			s.check(case, 'error', got.split(' ')[0], got)
		else:
			s.check(case, ('=' if r['ok'] else 'part ') + r['output'], unesc(got))
	by_capture(s, 'format_eval.jsonl', lambda r: 'format\t' + esc(r['fmt']), judge)


def numbers(s, capture):
	"""Of the events that upstream showed: not of what it reads to begin with."""
	return {r['num'] for r in s.rows('golden/events/%s.jsonl.gz' % capture.replace('/', '_'))}


def matches(s, name, text, captures_of):
	rows = [r for r in s.rows(name) if text(r)]
	for capture in captures_of:
		path = os.path.join('captures', capture)
		if not os.path.exists(os.path.join(s.corpus, path)):
			continue
		shown = {str(n) for n in numbers(s, capture)}
		with replay(s, path) as f:
			answers = s.driver(['grep', f.name], [esc(text(r)) for r in rows])
		for r, got in zip(rows, answers):
			want = r['matches'].get(capture, {'n': 0})
			nums = [n for n in got.split(',') if n in shown]
			got = ','.join(nums)
			ok = want['n'] == len(nums) and (not nums or want['sha1'] ==
				hashlib.sha1(got.encode()).hexdigest())
			s.check('%s %s' % (capture, text(r)), True, ok, '%s / %s' % (got[:80], str(want)[:120]))


def golden(s):
	meta = next(s.rows('golden/filters.jsonl.gz'))['meta']
	matches(s, 'golden/filters.jsonl.gz', lambda r: r.get('compiles') and r['filter'], meta['captures'])


def alerts(s, capture, options, rules):
	"""The alerts of the pipeline over a capture, as tests/stream.py reads them."""
	sys.path.insert(0, os.path.join(HERE, '..'))
	import stream as wire
	with tempfile.TemporaryFile() as f:
		programs = [['secmon-capture', '--env', '-r', os.path.join(s.corpus, capture)],
			    ['secmon-enrich'], ['secmon-match', '--rule-matching', 'all', *options, '-r', *rules]]
		said, running = None, []
		for p in programs:
			p[0] = os.path.join(s.build, 'bin', p[0])
			running.append(subprocess.Popen(p, stdin=said, stdout=f if p is programs[-1] else subprocess.PIPE,
							stderr=subprocess.DEVNULL, env={**os.environ, 'TZ': 'UTC'}))
			said = running[-1].stdout
		for p in running:
			if p.stdout:
				p.stdout.close()
		if running[-1].wait():
			sys.exit('secmon-match failed on ' + capture)
		f.seek(0)
		return [o for o in (wire.named(k, v) for k, v in wire.objects(f)) if o['kind'] == 'ALERT']


def json_formats(s):
	"""alert.fields: every field of an output by its name, typed."""
	for r in s.rows('format_eval.jsonl'):
		if not r.get('json'):
			continue
		with tempfile.NamedTemporaryFile('w', suffix='.yaml') as f:
			json.dump([{'rule': 'r', 'desc': 'd', 'priority': 'INFO', 'output': r['fmt'].lstrip('*'),
				    'condition': 'evt.num = %d' % r['evt_num'], 'warn_evttypes': False}], f)
			f.flush()
			os.chmod(f.name, 0o644)
			got = [a['alert.fields'] for a in alerts(s, r['capture'], [], [f.name])]
		for fields in got:
			fields.pop('evt.time')
		case = '%s#%d %s' % (os.path.basename(r['capture']), r['evt_num'], r['fmt'])
		s.check(case, [json.loads(r['output']) or {}], got)


def published(s):
	rules = os.path.join(s.corpus, '..', 'rules')
	return [os.path.join(rules, r) for r in
		('falco_rules.yaml', 'falco-incubating_rules.yaml', 'falco-sandbox_rules.yaml')]


def captures_here(s, rows):
	return sorted({r['capture'] for r in rows if os.path.exists(os.path.join(s.corpus, 'captures', r['capture']))})


def macros(s):
	"""Each macro of the published files, as a rule of its own."""
	rows = list(s.rows('golden/shipped/macros.jsonl.gz'))
	as_rules = os.path.join(s.corpus, 'golden/shipped/macros_as_rules.yaml')
	for capture in captures_here(s, rows):
		hits = {}
		shown = numbers(s, capture)
		for a in alerts(s, 'captures/' + capture, ['-D', '*', '--enable-rule', 'M:*'], published(s) + [as_rules]):
			if a['evt.num'] in shown:
				hits.setdefault(a['rule.name'], []).append(str(a['evt.num']))
		for r in rows:
			if r['capture'] == capture:
				nums = hits.get('M:' + r['macro'], [])
				got = [len(nums), hashlib.sha1(','.join(nums).encode()).hexdigest()]
				s.check('%s %s' % (capture, r['macro']), [r['n'], r['sha1']], got,
					'%s / %s' % (nums[:12], r.get('nums', r.get('first'))))


def shipped(s):
	"""All published rules over the captures: what is said, word by word."""
	rows = list(s.rows('golden/shipped/rules.jsonl.gz'))
	for capture in captures_here(s, rows):
		found = {(a['rule.name'], a['evt.num']): a for a in alerts(s, 'captures/' + capture, ['--enable-rule', '*'], published(s))}
		for r in rows:
			if r['capture'] != capture:
				continue
			a = found.get((r['rule'], r['num']))
			case = '%s#%d %s' % (capture, r['num'], r['rule'])
			s.check(case, True, a is not None)
			if a:
				s.check(case + ' output', r['output'].split(': ', 1)[1].split(' ', 1)[1], a['alert.output'])
				for k, v in r['output_fields'].items():
					if k != 'evt.num' and not k.startswith('evt.time'):
						s.check(case + ' ' + k, v, a['alert.fields'].get(k))


SUITES = {'macros': macros, 'shipped': shipped, 'json': json_formats,
	  'filters': filters, 'fields': fields, 'formats': formats, 'golden': golden,
	  'compile': compiles, 'golden-compile': golden_compiles, 'types': types,
	  'boolean': booleans, 'pmatch': pmatch, 'transformers': transformers}

if __name__ == '__main__':
	suite = Suite(sys.argv[1], sys.argv[2], sys.argv[3])
	SUITES[sys.argv[1]](suite)
	suite.end()
