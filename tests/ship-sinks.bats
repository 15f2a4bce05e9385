# SPDX-License-Identifier: BSD-2-Clause
# secmon-ship: sinks over a wire, against receivers that behave and that do not.
load ship

@test "http:// posts Falco's JSON, one alert a request" {
	need cmd jq
	server ok
	$gen -n 50 | $ship -q -s "http://127.0.0.1:$port/hook"
	all_of 50 "$got"
	[ "$(jq -s length "$got")" -eq 50 ]
	[ "$(grep -c '^/hook$' "$got.headers")" -eq 50 ]
	grep -qi '^content-type: application/json' "$got.headers"
	! grep -qi '^expect:' "$got.headers"
}

@test "a server that takes 200 ms: memory bounded by the queue, sent + dropped = produced" {
	need shared bench/slow-http.py
	local port=$(shuf -i 20000-29999 -n 1)
	background "$PYTHON" "$SHARED/bench/slow-http.py" "$port" 0.2
	wait_for "exec 7<>/dev/tcp/127.0.0.1/$port"
	$gen -n 100000 >"$T/s"
	$ship -i "$T/s" -s "http://127.0.0.1:$port/" -O queue=8M -g 2s 2>"$T/err" 3>&- &
	local pid=$! most=0 rss
	wait_for "[ \$(awk '/^VmRSS/ { print \$2 }' /proc/$pid/status) -gt 9000 ]"
	while rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$rss" ]; do
		[ "$rss" -le "$most" ] || most=$rss
		read -rt 0.05 <> <(:) || true
	done
	wait $pid || true
	echo "most $most KB"; cat "$T/err"
	# with AddressSanitizer memory is another matter
	[[ $BIN == */asan/* ]] || [ "$most" -lt $((16 * 1024)) ]
	local extra=$(($(ledger in <"$T/err") - 100000))
	[ "$extra" -ge 0 ] && [ "$extra" -lt 20 ]	# its own alerts about the loss
	[ $(($(ledger out <"$T/err") + $(ledger dropped <"$T/err"))) -eq $((100000 + extra)) ]
	grep -q '^ship.* yes$' "$T/err"
}

@test "bodies are compressed: gzip, zstd" {
	need cmd zstd
	for how in gzip zstd; do
		server ok
		$gen -n 300 | $ship -q -s "http://127.0.0.1:$port/" -O format=ndjson -O compress=$how
		all_of 300 "$got"
		grep -qi "^content-encoding: $how" "$got.headers"
	done
}

@test "headers, token and password reach the server and nothing else" {
	server ok
	printf 'tok-en\n' >"$T/token"
	$gen -n 1 | $ship -vv -s "http://127.0.0.1:$port/" -O token-file="$T/token" \
		-O 'headers=X-Tenant: blue' 2>"$T/err"
	grep -q '^Authorization: Bearer tok-en' "$got.headers"
	grep -q '^X-Tenant: blue' "$got.headers"
	! grep -q 'tok-en' "$T/err"
	server ok
	PW=geheim $gen -n 1 | PW=geheim $ship -q -s "http://127.0.0.1:$port/" -O user=me -O password-env=PW
	grep -q "^Authorization: Basic $(printf me:geheim | base64)" "$got.headers"
	run -2 $ship -s "http://127.0.0.1:$port/" -O 'headers=Authorization: Bearer x' </dev/null
}

@test "https: a certificate that nobody signed is refused, one of ca-file taken, ours shown" {
	need cmd openssl
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/key" -out "$T/cert" -days 2 \
		-subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
	chmod 644 "$T/key"
	server tls "$T/cert" "$T/key"
	run -1 --separate-stderr bash -c "$gen -n 3 | $ship -s syslog:tls:localhost:$port -g 500ms"
	says certificate
	[ ! -s "$got" ]
	$gen -n 3 | $ship -q -s "syslog:tls:localhost:$port" -O ca-file="$T/cert"
	wait_for "all_of 3 '$got'"
	server tls "$T/cert" "$T/key" "$T/cert"
	$gen -n 3 | $ship -q -s "syslog:tls:localhost:$port" -O ca-file="$T/cert" -O cert="$T/cert" -O key="$T/key"
	wait_for "all_of 3 '$got'"
}

@test "a server that fails is tried again until it takes the alert" {
	server flaky 3
	run -0 --separate-stderr bash -c "$gen -n 5 |
		$ship -s http://127.0.0.1:$port/ -O backoff=20ms -O backoff-max=50ms -O breaker=0"
	all_of 5 "$got"
	says "delivering again"
}

@test "500, a redirect, half an answer, an answer without end: each alert tried again, then given up and counted" {
	for bad in "status 500" redirect half endless; do
		server $bad
		run -1 --separate-stderr within 20 bash -c "$gen -n 4 | $ship -s http://127.0.0.1:$port/ \
			-O retries=2 -O backoff=5ms -O backoff-max=10ms -O breaker=0 -O parallel=1 -g 10s"
		says "given up after 3 tries"
		[ "$(ledger out <<<"$stderr")" -eq 0 ] || { echo "$bad: $stderr"; false; }
		[ "$(ledger dropped <<<"$stderr")" -ge 4 ]
		[[ $stderr != *$'\e'* ]]
		stop_servers
	done
}

@test "400 is not tried again" {
	server status 400
	run -1 --separate-stderr bash -c "$gen -n 4 | $ship -s http://127.0.0.1:$port/"
	says "refused: HTTP 400"
	[ "$(grep -c POST "$got.headers" || true)" -eq 0 ]
	[ "$(grep -c '^/$' "$got.headers")" -ge 4 ]
	[ "$(grep -c '^/$' "$got.headers")" -le 5 ]
}

@test "a circuit breaker leaves a failing server in peace" {
	server status 503
	run -1 --separate-stderr bash -c "$gen -n 200 | $ship -s http://127.0.0.1:$port/ \
		-O breaker=3 -O breaker-time=30s -O backoff=1ms -O backoff-max=2ms -g 1s"
	says "failures in a row"
	[ "$(grep -c '^/$' "$got.headers")" -le 8 ]
}

# late METRICS: of how many alerts it took longer than 25 ms from being read to being in the sink "log"
late()
{
	awk -F'[ "]' '/^secmon_sink_delivery_seconds_bucket.*sink="log"/ {
			if ($0 ~ /le="0.025"/) soon = $NF
			if ($0 ~ /le="\+Inf"/) all = $NF
		} END { print all - soon }' "$1"
}

@test "a hung sink beside a file: memory stays as it is, the file's delay too, and every alert is accounted for" {
	local rate=5000 seconds=${SHIP_HUNG_SECONDS:-60} n most=0 least=0 rss
	n=$((rate * seconds))
	server hang
	$gen -n $((rate * 5)) -r $rate | $ship -q -s "json:$T/alone" -O name=log --metrics-file "$T/m.alone"
	$gen -n $n -r $rate | $ship -s "http://127.0.0.1:$port/" -O queue=4M -O timeout=2s -s "json:$T/log" \
		-O name=log --metrics-file "$T/m" -g 100ms 2>"$T/err" 3>&- &
	pid=$!
	wait_for "[ \$(wc -l <'$T/log') -gt $((rate * 5)) ]" 20
	while rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$rss" ]; do
		[ "$rss" -le "$most" ] || most=$rss
		[ "$least" -gt 0 ] && [ "$rss" -ge "$least" ] || least=$rss
		read -rt 0.5 <> <(:) || true
	done
	wait $pid || true
	echo "$least to $most KB; late $(late "$T/m.alone") of $((rate * 5)), $(late "$T/m") of $n"
	cat "$T/err"
	[ "$(grep -c gen- "$T/log")" -eq $n ]
	[ $((most * 10)) -le $((least * 11)) ]
	[ "$(late "$T/m")" -le $((n / 100)) ]
	grep -q '^ship.* yes$' "$T/err"
	local extra=$(($(ledger in <"$T/err") - n))	# its own alerts about the loss
	[ $(($(ledger out <"$T/err") + $(ledger dropped <"$T/err"))) -eq $((n + extra)) ]
}

@test "drop-oldest keeps the newest, drop-newest the oldest" {
	for policy in drop-oldest drop-newest; do
		server hang
		rm -rf "$T/spool"
		$gen -n 5000 >"$T/s"
		run -1 --separate-stderr $ship -i "$T/s" -s "http://127.0.0.1:$port/" -O queue=256K \
			-O overflow=$policy -O parallel=1 -g 100ms
		says ship.drop.full
		[[ $stderr == *yes* ]]
		stop_servers
	done
}

@test "elasticsearch: bulk bodies with ids, and refusals of single alerts are counted" {
	need cmd jq
	server ok
	$gen -n 30 | $ship -q -s "http://127.0.0.1:$port" -O format=elasticsearch -O index=alerts
	grep -q '^/_bulk?filter_path=' "$got.headers"
	[ "$(jq -c 'select(.create) | .create._id' "$got" | sort -u | wc -l)" -eq 30 ]
	[ "$(jq -c 'select(.["@timestamp"])' "$got" | wc -l)" -eq 30 ]
	server bulk
	run -1 --separate-stderr bash -c "$gen -n 30 | $ship -s http://127.0.0.1:$port -O format=elasticsearch"
	[ "$(ledger dropped <<<"$stderr")" -ge 10 ]
	[ "$(ledger out <<<"$stderr")" -eq 20 ]
}

@test "each HTTP format has its path and is JSON" {
	need cmd jq
	for pair in loki:/loki/api/v1/push alertmanager:/api/v2/alerts splunk:/services/collector/event \
			otlp:/v1/logs clickhouse:/?date webhook:/ ndjson:/; do
		server ok
		$gen -n 20 -k hostile | $ship -q -s "http://127.0.0.1:$port" -O "format=${pair%%:*}"
		[[ $(head -1 "$got.headers") == "${pair#*:}"* ]] || { echo "$pair"; head -1 "$got.headers"; false; }
		jq -s length "$got" >/dev/null || { echo "$pair"; false; }
		stop_servers
	done
}

@test "loki: labels are few, the line is the alert" {
	need cmd jq
	server ok
	$gen -n 3 | $ship -q -s "http://127.0.0.1:$port" -O format=loki -O labels=proc.name
	jq -e '.streams | length == 3 and .[0].stream.job == "secmon" and .[0].stream.proc_name == "cat"
		and (.[0].values[0][0] == "1790000000000001000")
		and (.[0].values[0][1] | fromjson | .uuid == "gen-1")' "$got"
}

@test "webhook: a template, with values escaped" {
	need cmd jq
	server ok
	$gen -n 1 -k hostile | $ship -q -s "http://127.0.0.1:$port" -O format=webhook \
		-O 'template={"t":"{{priority}} {{fd.name}}","none":"{{proc.none}}","all":{{json}}}'
	jq -e '.t == "Alert /tmp/\u202e\n\"quote\\" and .none == "<NA>" and .all.uuid == "gen-1"' "$got"
}

@test "unix: delivers to a socket, and waits for one that comes later" {
	$gen -n 20 -r 20 | $ship -q -s "unix:$T/sock" -O backoff=20ms -O backoff-max=50ms -O breaker=0 3>&- &
	pid=$!
	server unix "$T/sock"
	wait $pid
	wait_for "all_of 20 '$got'"
}

@test "exec: a program gets the alerts, and is started again when it ends" {
	run -0 --separate-stderr bash -c "$gen -n 200 -r 400 | $ship -s 'exec:head -n 1 >>$T/out' \
		-O writable=$T -O batch=10 -O linger=0 -O backoff=5ms -O backoff-max=10ms -O breaker=0"
	says "the program ended"
	[ "$(wc -l <"$T/out")" -ge 2 ]
	$gen -n 50 | $ship -q -s "exec:cat >$T/all" -O "writable=$T"
	all_of 50 "$T/all"
}

@test "syslog: RFC 5424 over UDP, TCP and a Unix socket; RFC 3164" {
	server udp
	$gen -n 40 | $ship -q -s "syslog:udp:127.0.0.1:$port"
	wait_for "all_of 40 '$got'"
	grep -qE '^<36>1 2026-09-21T14:13:20\.000001Z testhost secmon [0-9]+ alert \[secmon@32473 uuid="gen-1" rule="Read sensitive file" source="syscall"\] Sensitive file' "$got"
	server tcp
	$gen -n 40 | $ship -q -s "syslog:tcp:127.0.0.1:$port"
	wait_for "all_of 40 '$got'"
	grep -qE '^[0-9]+ <36>1 ' "$got"
	server dgram "$T/log"
	$gen -n 40 | $ship -q -s "syslog:unix:$T/log" -O rfc3164=yes -O facility=local3
	wait_for "[ \$(grep -c number= '$got') -eq 40 ]"
	grep -qE '^<156>Sep 21 [0-9:]{8} secmon\[[0-9]+\]: Sensitive file' "$got"
}

@test "syslog: a message too long for a datagram is cut and marked, controls are escaped" {
	server udp
	$gen -n 8 -k hostile | $ship -q -s "syslog:udp:127.0.0.1:$port" -O format=json -O max-message=480
	wait_for "[ \$(grep -c '\[\.\.\.\]\$' '$got') -eq 8 ]"
	server udp
	$gen -n 8 -k hostile | $ship -q -s "syslog:udp:127.0.0.1:$port"
	wait_for "all_of 8 '$got'"
	! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f]' "$got"
}

@test "journald: fields with lengths where a newline may be" {
	server dgram "$T/journal"
	$gen -n 2 -k hostile | $ship -q -s "journald:$T/journal"
	wait_for "all_of 2 '$got'"
	grep -qa '^SECMON_RULE=Read sensitive file$' "$got"
	grep -qa '^MESSAGE$' "$got"
}
