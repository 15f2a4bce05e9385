# SPDX-License-Identifier: BSD-2-Clause
# secmon-ship: what it prints, and how it behaves when the world does not.
# also: asan
load ship

@test "text:- is one readable line per alert" {
	run -0 --separate-stderr bash -c "$gen -n 3 | $ship -s text:-"
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} =~ ^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9}:\ Warning\ Sensitive\ file\ opened ]]
}

@test "text:- is the default sink" {
	run -0 --separate-stderr bash -c "$gen -n 2 | $ship"
	[ "${#lines[@]}" -eq 2 ]
}

@test "there is colour on a terminal only" {
	need cmd script
	run -0 --separate-stderr bash -c "$gen -n 1 | $ship | cat -v"
	[[ $output != *'^['* ]]
	TERM=xterm script -qec "bash -c '$gen -n 1 | $ship -q'" "$T/tty" </dev/null >/dev/null
	grep -q $'\e\[33mWarning' "$T/tty"
	NO_COLOR=1 script -qec "bash -c '$gen -n 1 | $ship -q'" "$T/tty" </dev/null >/dev/null
	! grep -q $'\e\[33m' "$T/tty"
}

@test "control characters in text are made harmless" {
	$gen -n 8 -k hostile | $ship -q >"$T/out"
	[ "$(wc -l <"$T/out")" -eq 8 ]
	! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80[\xaa-\xae]|\xc2[\x80-\x9f]' "$T/out"
	grep -qF '\x1b[2J bell\x07 \xff\xfe del\x7f \u202e c1\u009b' "$T/out"
	iconv -f UTF-8 -t UTF-8 "$T/out" >/dev/null
}

@test "json is Falco's shape, one object per line, keys sorted" {
	need cmd jq
	$gen -n 3 | $ship -q -s json:- >"$T/out"
	run -0 jq -r 'keys_unsorted | join(" ")' "$T/out"
	[ "${lines[0]}" = "hostname output output_fields priority rule source tags time uuid" ]
	[ "${#lines[@]}" -eq 3 ]
	run -0 jq -c '[.hostname, .priority, .rule, .source, .tags, .time, .uuid]' "$T/out"
	[ "${lines[0]}" = '["testhost","Warning","Read sensitive file","syscall",["filesystem","mitre_credential_access"],"2026-09-21T14:13:20.000001000Z","gen-1"]' ]
	run -0 jq -c '.output_fields' "$T/out"
	[ "${lines[0]}" = '{"evt.num":1,"evt.time":1790000000000001000,"fd.name":"/etc/shadow","proc.exepath":null,"proc.name":"cat","proc.pid":4242,"user.name":"root"}' ] ||
		[ "$(head -1 "$T/out" | grep -c '"evt.time":1790000000000001000')" -eq 1 ]
	head -1 "$T/out" | jq -e '.output | test("^[0-9:.]+: Warning Sensitive file opened")'
}

@test "bytes that are not UTF-8 are replaced in JSON and kept in base64 beside it" {
	$gen -n 1 -k hostile | $ship -q -s json:- >"$T/out"
	"$PYTHON" - "$T/out" <<-'EOT'
	import base64, json, sys
	a = json.loads(open(sys.argv[1], encoding="utf-8").read())
	assert base64.b64decode(a["output_fields"]["proc.name.base64"]) == b"a\xff\x1b[31mb"
	assert a["output_fields"]["proc.name"] == "a\ufffd\x1b[31mb"
	assert base64.b64decode(a["output.base64"]).endswith(b"\xff\xfe del\x7f \xe2\x80\xae c1\xc2\x9b")
	assert a["output_fields"]["container.id"] == "grüß" and "container.id.base64" not in a["output_fields"]
	EOT
}

@test "json:FILE appends to a file" {
	echo '{"uuid":"gen-0"}' >"$T/file"
	chmod 666 "$T/file"
	$gen -n 2 | $ship -q -s "json:$T/file"
	[ "$(wc -l <"$T/file")" -eq 3 ]
}

@test "several sinks each get every alert" {
	$gen -n 100 | $ship -q -s "json:$T/a" -s "text:$T/b" -s "msgpack:$T/c" -s json:- >"$T/d"
	[ "$(wc -l <"$T/a")" -eq 100 ]
	[ "$(wc -l <"$T/b")" -eq 100 ]
	[ "$(wc -l <"$T/d")" -eq 100 ]
	all_of 100 "$T/c"
}

@test "msgpack: writes a stream that any stage can read, HELLO and END included" {
	need msgpack
	$gen -n 5 | $ship -q -s "msgpack:$T/s"
	run -0 --separate-stderr $ship --events -i "$T/s" -q
	[ "${#lines[@]}" -eq 7 ]
	[[ ${lines[0]} == *'"kind":"hello"'*'"program":"secmon-ship"'* ]]
	[[ ${lines[6]} == *'"kind":"end"'*'"complete":true'* ]]
	dump "$T/s" >/dev/null
}

@test "binary output to a terminal is refused" {
	need cmd script
	script -qec "bash -c '$gen -n 1 | $ship -q -s msgpack:-; echo status \$?'" "$T/tty" </dev/null >/dev/null
	grep -q 'use json:-' "$T/tty"
	grep -q 'status 2' "$T/tty"
}

@test "--events prints every kind of object as a line of JSON" {
	need cmd jq
	$gen -n 2 -k events | $ship -q --events >"$T/out"
	run -0 jq -r .kind "$T/out"
	[ "${lines[*]}" = "hello event event loss stats end" ]
	jq -se '.[1]["evt.type"] == "openat" and .[1]["evt.time.iso8601"] == "2026-09-21T14:13:20.000001000Z"
		and .[1]["fd.sip"] == "127.0.0.1"
		and .[3].counter == "capture.drop.full" and .[3].count == 7
		and .[4].counters["match.in"] == 2 and .[5].complete' "$T/out"
}

@test "--events names arguments: text in evt.arg, the raw value in evt.rawarg" {
	need cmd jq
	$gen -n 1 -k events | $ship -q --events | jq -se '.[1] |
		.["evt.arg.flags"] == "O_RDONLY|O_CLOEXEC" and .["evt.rawarg.flags"] == 4097
		and .["evt.arg.fd"] == "ENOENT" and .["evt.rawarg.fd"] == -2
		and .["evt.arg.mode"] == "0644" and .["evt.arg.name"] == "/root/x"
		and .["evt.rawarg.name"] == "x" and .["evt.arg.dirfd"] == "/root"
		and .["proc.args.base64"] == [null, "/3g="]'
}

@test "a field of the future is printed under its number" {
	$gen -n 1 -k events | $ship -q --events | grep -q '"1700":"a field of the future"'
}

@test "a field that HELLO names is printed under that name" {
	need msgpack
	"$PYTHON" - >"$T/s" <<-'EOT'
	import msgpack, sys
	p = lambda o: sys.stdout.buffer.write(msgpack.packb(o))
	p([1, {0: [1, 7], 1: "future", 7: {1600: ["proc.aura", "CHARBUF"]}}])
	rest = msgpack.packb(1600) + msgpack.packb("green")
	size = 17 + len(rest)
	sys.stdout.buffer.write(b"\x92\x02\xdf\0\0\0\x03\x00\xcd\0\x02\x01\xce" + size.to_bytes(4, "big") + rest)
	p([6, {0: "future", 1: True}])
	EOT
	$ship -q --events -i "$T/s" | grep -q '"proc.aura":"green"'
}

@test "the ledger of all stages is printed at the end" {
	run -0 --separate-stderr bash -c "$gen -n 10 | $ship"
	[[ $stderr == *$'\nmatch '*' 10 '*yes* ]] || [[ $stderr == *match*yes* ]]
	[ "$(ledger in <<<"$stderr")" -eq 10 ]
	[ "$(ledger out <<<"$stderr")" -eq 10 ]
}

@test "the ledger is printed on USR1" {
	mkfifo "$T/in"
	$ship -s "json:$T/out" <"$T/in" 2>"$T/err" 3>&- &
	pid=$!
	exec 9>"$T/in"
	$gen -n 5 -x >&9
	wait_for "grep -q gen-5 '$T/out'"
	kill -USR1 $pid
	wait_for "grep -q '^ship  *5  *5 ' '$T/err'"
	exec 9>&-
	wait $pid || true
}

@test "a stream that ends without END was broken off: status 1" {
	run -1 --separate-stderr bash -c "$gen -n 3 -x | $ship -q"
	[ "${#lines[@]}" -eq 3 ]
	says "without END"
}

@test "a torn stream: what came before it is delivered, status 1" {
	$gen -n 3 >"$T/s"
	size=$(stat -c %s "$T/s")
	head -c $((size - 40)) "$T/s" >"$T/torn"
	run -1 --separate-stderr $ship -q -i "$T/torn"
	[ "${#lines[@]}" -eq 3 ]
}

@test "a hostile stream: the offset is named, what came before it is delivered, status 1" {
	$gen -n 3 -x >"$T/s"
	size=$(stat -c %s "$T/s")
	printf '\xdd\x02\xfa\xf0\x80\x01' >>"$T/s"
	run -1 --separate-stderr $ship -q -i "$T/s"
	[ "${#lines[@]}" -eq 3 ]
	says "byte $size"
}

@test "a reader that goes away: status 1, and it is said" {
	run -1 --separate-stderr bash -o pipefail -c \
		"{ $gen -n 100000; } 2>/dev/null | { $ship -s json:- ; echo status \$? >&2; } | head -1; exit 1"
	says "status 1"
	says "its reader has gone"
}

@test "output to a full disk: status 1, and it is said" {
	run -1 --separate-stderr bash -c "$gen -n 10 | $ship -g 300ms >/dev/full"
	says "No space left on device"
	[ "$(ledger dropped <<<"$stderr")" -ge 10 ]
}

@test "a slow reader loses nothing" {
	$gen -n 20000 | $ship -q -s json:- | { wait_for false 1 2>/dev/null || true; cat; } >"$T/out"
	[ "$(wc -l <"$T/out")" -eq 20000 ]
}

@test "SIGTERM before the stream's END: what was taken is delivered, and it is said" {
	mkfifo "$T/in"
	$ship -q -s "json:$T/out" <"$T/in" 3>&- &
	pid=$!
	exec 9>"$T/in"
	$gen -n 50 -x >&9
	wait_for "grep -q gen-50 '$T/out'"
	kill -TERM $pid
	run ! wait $pid
	exec 9>&-
}

@test "SIGTERM with a sink that hangs: ends within the grace, the rest counted, status 1" {
	server hang
	$gen -n 100 >"$T/s"
	start=$(date +%s%N)
	run -1 --separate-stderr within 10 $ship -i "$T/s" -s "http://127.0.0.1:$port/" -g 300ms
	[ $(($(date +%s%N) - start)) -lt 3000000000 ]
	[ "$(ledger dropped <<<"$stderr")" -ge 100 ]
	says ship.drop.exit
}

@test "wrong usage and configuration: status 2, and where" {
	run -2 $ship -s nonsense:x </dev/null
	says "no such sink"
	run -2 $ship -O queue=1 </dev/null
	says "no -s before it"
	run -2 $ship -s json:- -O queue=7 </dev/null
	says "queue: '7'"
	run -2 $ship -s json:- -O colour=red </dev/null
	says "not known"
	run -2 $ship --no-such-option </dev/null
	run -2 $ship -s "json:$T/x" -O format=loki </dev/null
	says "for http://"
	run -2 $ship -s http://user:secret@127.0.0.1/ </dev/null
	says "no user or password"
	run -2 $ship -s http://127.0.0.1/ -O overflow=spool </dev/null
	says "spool"
	run -2 $ship extra </dev/null
}

@test "a file that cannot be opened: status 1, and which" {
	run -1 $ship -s json:/no/such/place/file </dev/null
	says "/no/such/place/file: No such file"
}

@test "a configuration file is read, and a mistake is told with line and column" {
	cat >"$T/c.yaml" <<-EOT
	grace: 2s
	sinks:
	  - to: json:$T/one
	    name: first
	    priority: debug
	  - to: text:$T/two
	    rules: ["!Read*"]
	EOT
	$gen -n 3 | $ship -q -c "$T/c.yaml"
	[ "$(wc -l <"$T/one")" -eq 3 ]
	[ ! -s "$T/two" ]
	for bad in 'sinks:\n  - to: json:-\n    queue: 3' 'sinks:\n  - to: no:where' 'snks: []' \
			'sinks:\n  - to: json:-\n    colour: red' 'sinks: [' 'grace: soon' \
			'sinks:\n  - queue: 8M' '- a' 'sinks:\n  - to: json:-\n    queue: [1M, 2M]'; do
		printf -- "$bad\n" >"$T/bad.yaml"
		run -2 $ship -c "$T/bad.yaml" </dev/null
		[[ $output =~ bad.yaml:[0-9]+:[0-9]+:\  ]] || { echo "$bad: $output"; false; }
	done
	run -2 $ship -c "$T/none.yaml" </dev/null
	says "No such file"
}

@test "filters: priority, rules, tags and sources choose what a sink gets" {
	need cmd jq
	$gen -n 80 -k hostile >"$T/s"
	$ship -q -i "$T/s" -s "json:$T/a" -O priority=error -s "json:$T/b" -O 'rules=Write*' \
		-s "json:$T/c" -O tags=filesystem -s "json:$T/d" -O 'tags=!filesystem' \
		-s "json:$T/e" -O sources=k8s_audit
	[ "$(wc -l <"$T/a")" -eq 40 ]
	[ ! -s "$T/b" ]
	[ "$(wc -l <"$T/c")" -eq 80 ]
	[ ! -s "$T/d" ]
	[ ! -s "$T/e" ]
}

@test "files rotate by size, and old ones are kept" {
	$gen -n 400 | $ship -q -s "json:$T/log" -O rotate=64K -O keep=2 -O batch=20
	[ -s "$T/log" ]
	[ -s "$T/log.1" ]
	all_of 400 <(cat "$T"/log*)
}

@test "SIGHUP opens files anew" {
	mkfifo "$T/in"
	$ship -q -s "json:$T/log" <"$T/in" 3>&- &
	pid=$!
	exec 9>"$T/in"
	$gen -n 5 -x >&9
	wait_for "grep -q gen-5 '$T/log'"
	mv "$T/log" "$T/log.old"
	kill -HUP $pid
	wait_for "[ -e '$T/log' ]"
	$gen -n 5 -f 6 >&9
	exec 9>&-
	wait $pid || true
	[ "$(wc -l <"$T/log.old")" -eq 5 ]
	[ "$(wc -l <"$T/log")" -eq 5 ]
}

@test "fsync=always delivers all the same" {
	$gen -n 200 | $ship -q -s "json:$T/log" -O fsync=always -O batch=50
	[ "$(wc -l <"$T/log")" -eq 200 ]
}

@test "a full disk under a file sink is announced, and it recovers by itself" {
	need root
	mkdir "$T/small"
	mount -t tmpfs -o size=64k,mode=777 none "$T/small"
	dd if=/dev/zero of="$T/small/ballast" bs=1k count=60 status=none
	mkfifo "$T/in"
	$ship -s "json:$T/small/log" -O backoff=50ms -O backoff-max=100ms -O breaker=0 \
		<"$T/in" 2>"$T/err" 3>&- &
	pid=$!
	exec 9>"$T/in"
	$gen -n 60 -x >&9
	wait_for "grep -q 'No space left' '$T/err'" || { umount "$T/small"; false; }
	rm "$T/small/ballast"
	wait_for "grep -q gen-60 '$T/small/log'" || { umount "$T/small"; false; }
	wait_for "grep -q 'delivering again' '$T/err'"
	exec 9>&-
	wait $pid || true
	cp "$T/small/log" "$T/log"
	umount "$T/small"
	[ "$(wc -l <"$T/log")" -eq 60 ]
	[ "$(ids "$T/log" | uniq -d | wc -l)" -eq 0 ]
	"$PYTHON" -c 'import json,sys; [json.loads(l) for l in open(sys.argv[1])]' "$T/log"
}

@test "a full disk under the log: alerts go on, and the messages that are lost are counted" {
	need root
	server flaky 3
	mkdir "$T/small"
	mount -t tmpfs -o size=64k,mode=777 none "$T/small"
	mkfifo "$T/in"
	$ship -s "http://127.0.0.1:$port/" -O backoff=10ms -O breaker=0 -O name=hook -i "$T/in" \
		2>"$T/small/log" 3>&- &
	pid=$!
	exec 9>"$T/in"
	dd if=/dev/zero of="$T/small/ballast" bs=1k status=none 2>/dev/null || true
	$gen -n 60 -x >&9
	wait_for "all_of 60 '$got'" || { umount -l "$T/small"; false; }
	rm "$T/small/ballast"
	exec 9>&-
	wait $pid || true
	cp "$T/small/log" "$T/log"
	umount "$T/small"
	cat "$T/log"
	grep -qE 'secmon-ship: [1-9][0-9]* messages before this are lost' "$T/log"
	grep -q '^ship.* yes$' "$T/log"
}

@test "--metrics serves the ledger, sinks and health" {
	need cmd curl
	port=$(shuf -i 20000-29999 -n 1)
	mkfifo "$T/in"
	$ship -q -s "json:$T/log" -O name=log --metrics "127.0.0.1:$port" <"$T/in" 3>&- &
	pid=$!
	exec 9>"$T/in"
	wait_for "curl -sf http://127.0.0.1:$port/healthz"
	[ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/readyz")" = 503 ]
	$gen -n 30 >&9
	wait_for "curl -sf http://127.0.0.1:$port/readyz"
	wait_for "curl -s http://127.0.0.1:$port/metrics | grep -q '^secmon_sink_sent_total{sink=\"log\"} 30$'"
	curl -s "http://127.0.0.1:$port/metrics" >"$T/metrics"
	grep -q '^secmon_match_alerts_total{stage="match",pid="[0-9]*"} 30$' "$T/metrics"
	grep -q '^secmon_ledger_balance{stage="ship",pid="[0-9]*"} 0$' "$T/metrics"
	grep -q '^secmon_sink_delivery_seconds_bucket{sink="log",le="+Inf"} 30$' "$T/metrics"
	[ "$(tail -1 "$T/metrics")" = "# EOF" ]
	[ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/else")" = 404 ]
	exec 9>&-
	wait $pid || true
	if command -v promtool >/dev/null; then
		promtool check metrics <"$T/metrics" 2>&1 | grep -v 'no help text\|counter metrics should\|non-histogram' || true
	fi
}

@test "--metrics-file is written whole" {
	$gen -n 30 | $ship -q -s "json:$T/log" -O name=log --metrics-file "$T/secmon.prom"
	grep -q '^secmon_sink_sent_total{sink="log"} 30$' "$T/secmon.prom"
	[ "$(tail -1 "$T/secmon.prom")" = "# EOF" ]
}

@test "--heartbeat raises alerts of its own" {
	mkfifo "$T/in"
	$ship -q -s "json:$T/log" --heartbeat 1s <"$T/in" 3>&- &
	pid=$!
	exec 9>"$T/in"
	$gen -n 1 -x >&9
	wait_for "grep -q '\"rule\":\"secmon heartbeat\"' '$T/log'"
	exec 9>&-
	wait $pid || true
}

@test "a LOSS in the stream raises an alert that says how many, of what, when and why" {
	need cmd jq
	$gen -n 1 -k events | $ship -q -s json:- >"$T/out"
	jq -e '.rule == "secmon lost events" and .source == "internal" and .priority == "Critical"
		and .output_fields.count == 7 and .output_fields.label == "openat"
		and (.output | test("lost 7 events of openat between 2026-09-21T14:13:20"))' "$T/out"
}

@test "the Prometheus rules are sound, and they and the dashboard name metrics that there are" {
	need cmd jq
	if command -v promtool >/dev/null; then
		promtool check rules "$REPO/contrib/prometheus/secmon.rules.yml"
	fi
	sed -nE 's/^STAT\( *[0-9]+, [A-Z_]+,\t+[A-Z]+, ([A-Z]+),\t+"([a-z_.]+)".*/\1 \2/p' \
		"$REPO/common/stats.def" | tr . _ >"$T/stats"
	$gen -n 1 | $ship -q -s "json:$T/log" --metrics-file "$T/m"
	{ jq -r '.panels[].targets[].expr' "$REPO/contrib/grafana/secmon.json"
	  grep expr: "$REPO/contrib/prometheus/secmon.rules.yml"; } |
		grep -oE 'secmon_[a-z_]+' | sort -u >"$T/used"
	[ "$(wc -l <"$T/used")" -ge 10 ]
	while read -r name; do
		base=${name%_total} base=${base%_by} base=${base#secmon_}
		grep -q "^$name[{ ]" "$T/m" || grep -q " $base\$" "$T/stats" ||
			[ "$name" = secmon_alerts_total ] || { echo "no metric $name"; false; }
	done <"$T/used"
}
