# SPDX-License-Identifier: BSD-2-Clause
# secmon-capture -w and -r: capture files, and those of sysdig and Falco.

setup() { load lib; }

# gen EVENTS MODE: a .scap file made for the purpose
gen() { "$TBIN/capture/scapgen" -n "$1" -m "$2" -p 20; }

# stat_of NAME < STREAM: a counter of the last STATS
stat_of()
{
	"$PYTHON" -c '
import os, re, sys, msgpack
ids = {}
for line in open(os.environ["REPO"] + "/common/stats.def"):
    m = re.match(r"STAT\(\s*(\d+),.*?\"([^\"]*)\"", line)
    if m:
        ids[m.group(2)] = int(m.group(1))
last = None
for kind, fields in msgpack.Unpacker(sys.stdin.buffer, raw=True, strict_map_key=False):
    if kind == 4:
        last = fields
print(last[4].get(ids[sys.argv[1]], 0))' "$1"
}

@test "-w writes what -r reads again, object for object" {
	mkstream hello 'event open {"proc.pid": 7, "fd.name": "/etc/shadow"}' end >$T/in
	within 10 "$capture" -r $T/in -w $T/f.smc -o $T/out
	within 10 "$capture" -r $T/f.smc -o $T/again
	diff <(events <$T/in) <(events <$T/out)
	diff <(events <$T/in) <(events <$T/again)
}

@test "a capture file is the stream to zstdcat" {
	need cmd zstdcat
	gen 2000 files >$T/f.scap
	within 20 "$capture" -r $T/f.scap -w $T/f.smc -o $T/out
	zstdcat $T/f.smc | cmp - $T/out
}

@test "a torn capture file loses at most its last frame, and the replay says so" {
	gen 20000 files >$T/f.scap
	within 20 "$capture" -r $T/f.scap -w $T/f.smc -o /dev/null
	size=$(stat -c %s $T/f.smc)
	head -c $((size - 100)) $T/f.smc >$T/torn
	run within 20 "$capture" -r $T/torn -o $T/out
	[ $status -eq 1 ]
	[[ $output == *"ends inside a compressed frame"* ]]
	whole=$(within 20 "$capture" -r $T/f.smc | stat_of capture.out)
	got=$(stat_of capture.out <$T/out)
	# a frame is 1 MiB of stream at most
	[ "$got" -gt 0 ] && [ $((whole - got)) -lt 4000 ]
}

@test "gzip, zstd and plain recordings give the same events, also from standard input" {
	gen 500 mixed >$T/f.scap
	gzip -k $T/f.scap
	within 10 "$capture" -r $T/f.scap | events >$T/plain
	within 10 "$capture" -r $T/f.scap.gz | events | cmp - $T/plain
	within 10 "$capture" -r - <$T/f.scap.gz | events | cmp - $T/plain
	[ -s $T/plain ]
}

@test "a replay loses nothing to a slow reader, and its ledger adds up" {
	gen 30000 mixed >$T/f.scap
	within 30 "$capture" -r $T/f.scap | { read -r -N 10 -t 0.3 _ || true; cat; } >$T/out
	n=$(within 30 "$capture" -r $T/f.scap | stat_of capture.in)
	[ "$n" -ge 30000 ]
	in=$(within 30 "$capture" -r $T/f.scap | tee $T/s | stat_of capture.in)
	snap=$(stat_of capture.snapshot <$T/s) out=$(stat_of capture.out <$T/s)
	[ $((in + snap)) -eq "$out" ]
}

@test "--events and --plan leave out what nobody asked for, and count it" {
	gen 5000 files >$T/f.scap
	within 20 "$capture" -r $T/f.scap --events openat >$T/out
	dump <$T/out | grep '"kind": "EVENT"' | grep -v '"type": "snapshot"' | grep -vq '"type": "openat"' && false
	in=$(stat_of capture.in <$T/out) out=$(stat_of capture.out <$T/out)
	filtered=$(stat_of capture.filtered <$T/out) snap=$(stat_of capture.snapshot <$T/out)
	[ "$filtered" -gt 0 ] && [ $((in + snap)) -eq $((out + filtered)) ]
}

# what a plan of this test's wants, told by another program: numbers of events
wanted_by_hand()
{
	events | jq -r 'select(
		(.type == "openat" and (."fd.name" | startswith("/srv/data/1") or endswith("7.txt"))
			and ."proc.name" != "sh")
		or (.type == "read" and ."evt.rawres" >= 64 and ."proc.exepath" == "/usr/bin/worker"
			and (."fd.name" | contains("9")))
		or ((.type | IN("clone", "execve", "procexit")) and (."evt.rawres" // 0) >= 0
			and ."evt.twin" == null)
	) | ."evt.num"'
}

@test "a plan does the same to a replay as it does live: exactly what it wants, and life" {
	need cmd jq
	cat >$T/plan <<-'EOF'
		plan 1
		need fd.name
		select "opens" openat openat2
			fd.name is ^"/srv/data/1" $"7.txt"
			not proc.name is "sh"
		select "reads" read
			evt.rawres is 64..
			proc.exepath is "/usr/bin/worker"
			fd.name is ~"9"
	EOF
	gen 8000 mixed >$T/f.scap
	within 20 "$capture" -r $T/f.scap -w $T/f.smc -o $T/all
	wanted_by_hand <$T/all >$T/expected
	for f in $T/f.scap $T/f.smc; do
		within 20 "$capture" -r $f --plan $T/plan -o $T/out
		events <$T/out | jq -r 'select(.type != "snapshot") | ."evt.num"' | diff $T/expected -
	done
	# both selectors had something to refuse
	events <$T/out | jq -r .type | sort | uniq -c | {
		while read -r n type; do eval "n_$type=$n"; done
		[ "$n_openat" -gt 50 ] && [ "$n_read" -gt 50 ]
	}
	[ "$(stat_of capture.filtered <$T/out)" -gt 3000 ]
}

@test "a .scap file that ends inside a block is read to there, and named with its byte" {
	gen 100 files | head -c 14000 >$T/f.scap
	run within 10 "$capture" -r $T/f.scap -o $T/out
	[ $status -eq 1 ]
	[[ $output =~ f.scap:\ byte\ [0-9]+:\ the\ file\ ends\ inside\ a\ block ]]
	[ "$(events <$T/out | wc -l)" -gt 22 ]
	dump <$T/out | tail -1 | grep -q '"kind": "END"'
}

@test "a corrupt block is refused at its offset" {
	gen 100 files >$T/f.scap
	# the length behind the first block
	printf '\377' | dd of=$T/f.scap bs=1 seek=24 conv=notrunc status=none
	run within 10 "$capture" -r $T/f.scap -o $T/out
	[ $status -eq 1 ]
	[[ $output == *"byte 24"* && $output == *"ends with the length"* ]]
}

@test "a file that is no recording is wrong usage, and says what it should be" {
	echo hello >$T/text
	run within 10 "$capture" -r $T/text -o $T/out
	[ $status -eq 2 ]
	[[ $output == *"not a recording"* ]]
	: >$T/empty
	run within 10 "$capture" -r $T/empty -o $T/out
	[ $status -eq 2 ]
	[[ $output == *"empty"* ]]
}

@test "a full disk ends a recording with status 1" {
	gen 5000 files >$T/f.scap
	run within 10 "$capture" -r $T/f.scap -w /dev/full -o /dev/null
	[ $status -eq 1 ]
	[[ $output == *"No space left"* ]]
}

@test "--speed replays in the time it took" {
	mkstream hello 'event open {"proc.pid": 7, "evt.rawtime": 1000000000}' \
		'event open {"proc.pid": 7, "evt.rawtime": 2000000000}' end >$T/in
	start=$(date +%s%N)
	within 10 "$capture" -r $T/in --speed 2 -o $T/out
	[ $(($(date +%s%N) - start)) -ge 490000000 ]
	[ "$(events <$T/out | wc -l)" -eq 2 ]
}

@test "--speed: a .scap file takes its time, too, and all of it arrives" {
	gen 5000 files >$T/f.scap # 13 ms of somebody's life
	start=$(date +%s%N)
	within 10 "$capture" -r $T/f.scap --speed 0.02 -o $T/out
	[ $(($(date +%s%N) - start)) -ge 300000000 ]
	[ "$(events <$T/out | grep -vc '"type": "snapshot"')" -ge 5000 ]
}

@test "on a terminal a replay shows bytes, events, rate and the time left" {
	need cmd script
	gen 200000 files >$T/f.scap # half a second of life
	within 20 script -qec "$capture -r $T/f.scap --speed 0.2 -o /dev/null" /dev/null >$T/tty
	tr '\r' '\n' <$T/tty >$T/lines
	grep -Eq '^[0-9.]+ MB of [0-9.]+ \([0-9]+ %\), [0-9]+ events, [0-9]+ per second, [0-9]+ s left' $T/lines
}

@test "no progress is shown to anything but a terminal, and none to -q" {
	need cmd script
	gen 200000 files >$T/f.scap # half a second of life
	within 20 "$capture" -r $T/f.scap --speed 0.2 -o /dev/null 2>$T/err
	[ ! -s $T/err ]
	within 20 script -qec "$capture -q -r $T/f.scap --speed 0.2 -o /dev/null" /dev/null >$T/tty
	[ ! -s $T/tty ]
}

@test "Ctrl-C ends a replay cleanly: what was written is whole, and counted exactly" {
	gen 5000 files >$T/f.scap
	"$capture" -r $T/f.scap --speed 0.0001 -o $T/out &
	pid=$!
	wait_for "[ -s $T/out ]"
	kill -INT $pid
	wait $pid
	dump <$T/out | tail -1 | grep -q '"kind": "END"'
	n=$(events <$T/out | wc -l)
	[ "$n" -lt 5000 ]
	[ "$(stat_of capture.out <$T/out)" -eq "$n" ]
	[ "$(stat_of capture.in <$T/out)" -eq $((n - $(stat_of capture.snapshot <$T/out))) ]
}

@test "a gzip file that is torn or damaged is read to there, and named with its byte" {
	gen 20000 mixed | gzip -1 >$T/f.scap.gz
	size=$(stat -c %s $T/f.scap.gz)
	head -c $((size / 2)) $T/f.scap.gz >$T/torn
	run within 10 "$capture" -r $T/torn -o $T/out
	status_is 1
	[[ $output =~ torn:\ byte\ [0-9]+:\ the\ file\ ends\ inside\ a\ compressed\ member ]]
	[ "$(events <$T/out | wc -l)" -gt 1000 ]
	cp $T/f.scap.gz $T/bad
	printf '\377\377\377\377' | dd of=$T/bad bs=1 seek=$((size / 2)) conv=notrunc status=none
	run within 10 "$capture" -r $T/bad -o $T/out
	status_is 1
	[[ $output =~ bad:\ byte\ [0-9]+: ]]
	dump <$T/out | tail -1 | grep -q '"kind": "END"'
}

@test "whatever stands in a recording, it is read or refused" {
	gen 60 mixed >$T/f.scap
	"$PYTHON" - $T/f.scap "$capture" <<-'EOF'
		import random, subprocess, sys
		whole = open(sys.argv[1], 'rb').read()
		random.seed(1)
		for i in range(150):
		    b = bytearray(whole)
		    for _ in range(random.choice((1, 4, 40))):
		        at = random.randrange(len(b))
		        b[at] = random.choice((0, 1, 0x7f, 0xff, random.randrange(256)))
		    if i % 3 == 0:
		        b = b[:random.randrange(len(b))]
		    p = subprocess.run([sys.argv[2], '-q', '-r', '-', '-o', '/dev/null'], input=bytes(b),
		                       capture_output=True, timeout=10)
		    assert p.returncode in (0, 1, 2), (i, p.returncode, p.stderr)
	EOF
}

@test "replay: fields of real captures are those that Falco shows" {
	need shared falco/corpus/golden/events
	within 300 "$PYTHON" "$REPO/tests/replay_corpus.py" golden "$capture" \
		"$TBIN/match/fieldeval" "$SHARED/falco/corpus"
}

@test "replay: fields after each step of Falco's own tests are those that it shows" {
	need shared falco/corpus/eval
	within 300 "$PYTHON" "$REPO/tests/replay_corpus.py" eval "$capture" \
		"$TBIN/match/fieldeval" "$SHARED/falco/corpus"
}

@test "replay: rule cases of Falco's old suites detect what they should, at the right levels" {
	need shared falco/corpus/legacy_yaml
	within 300 "$PYTHON" "$REPO/tests/rule_cases.py" "$BIN" "$SHARED/falco/corpus"
}
