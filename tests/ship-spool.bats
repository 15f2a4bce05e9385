# SPDX-License-Identifier: BSD-2-Clause
# secmon-ship: spools outlive everything.
load ship

status_of() { $ship --spool-status "$1" | tail -1; }

@test "a spool keeps what could not be delivered, and the next run delivers it" {
	server hang
	run -0 --separate-stderr bash -c "$gen -n 300 | $ship -s http://127.0.0.1:$port/ -O spool=$T/spool -g 200ms"
	[ "$(ledger queued <<<"$stderr")" -eq 300 ]
	[[ $stderr == *yes* ]]
	[[ $(status_of "$T/spool") == "waiting 300 "*"not in use" ]]
	server ok
	run -0 --separate-stderr bash -c "$gen -n 0 | $ship -s http://127.0.0.1:$port/ -O spool=$T/spool -O format=ndjson"
	all_of 300 "$got"
	[ "$(ids "$got" | wc -l)" -eq 300 ]
	[ "$(ledger in <<<"$stderr")" -eq 300 ]
	[[ $(status_of "$T/spool") == "waiting 0 "* ]]
}

@test "--spool-status tells what is in a spool, also one in use, and of none" {
	server hang
	mkfifo "$T/in"
	background $ship -q -i "$T/in" -s "http://127.0.0.1:$port/" -O spool="$T/spool" -O spool-segment=64K
	exec 9>"$T/in"
	$gen -n 500 -x >&9
	wait_for "$ship --spool-status '$T/spool' | grep -q '^waiting 500 .* in use'"
	[ "$($ship --spool-status "$T/spool" | grep -c '\.seg ')" -ge 2 ]
	exec 9>&-
	run -1 $ship --spool-status "$T/none"
	says "No such file"
}

@test "a second user of a spool is refused" {
	mkfifo "$T/in"
	background $ship -q -i "$T/in" -s "json:$T/log" -O spool="$T/spool"
	exec 9>"$T/in"
	wait_for "$ship --spool-status '$T/spool' | grep -q ' in use'"
	run -1 $ship -s "json:$T/log2" -O spool="$T/spool" </dev/null
	says "another process is using it"
	exec 9>&-
}

@test "a spool is bounded in bytes: the oldest go, counted" {
	server hang
	run -1 --separate-stderr bash -c "$gen -n 20000 | $ship -s http://127.0.0.1:$port/ \
		-O spool=$T/spool -O spool-size=1M -O spool-segment=128K -g 200ms"
	says ship.drop.spool
	[[ $stderr == *yes* ]]
	[ "$(du -sk "$T/spool" | cut -f1)" -le 1200 ]
	server ok
	$gen -n 0 | $ship -q -s "http://127.0.0.1:$port/" -O spool="$T/spool" -O format=ndjson
	grep -q '"gen-20000"' "$got"
	! grep -q '"gen-1"' "$got"
}

@test "a torn and a damaged segment: what is whole is delivered, the rest counted" {
	server hang
	$gen -n 1000 | $ship -q -s "http://127.0.0.1:$port/" -O spool="$T/spool" -O spool-segment=64K -g 100ms
	local files=("$T"/spool/*.seg)
	[ ${#files[@]} -ge 3 ]
	# in the middle of the second, and the end of the last
	printf 'XXXX' | dd of="${files[1]}" bs=1 seek=30000 conv=notrunc status=none
	truncate -s -10 "${files[-1]}"
	server ok
	run -1 --separate-stderr bash -c "$gen -n 0 | $ship -s http://127.0.0.1:$port/ -O spool=$T/spool -O format=ndjson"
	says ship.drop.spool
	[[ $stderr == *yes* ]]
	[ $(($(ledger out <<<"$stderr") + $(ledger dropped <<<"$stderr"))) -ge 999 ]
	grep -q '"gen-999"' "$got"
	! grep -q '"gen-1000"' "$got"
	[ "$(ids "$got" | sort -u | wc -l)" -ge 800 ]
}

@test "a full disk under a spool: alerts wait in memory, and nothing is lost when room returns" {
	need root
	server ok
	mkdir "$T/small"
	mount -t tmpfs -o size=200k,mode=777 none "$T/small"
	mkfifo "$T/in"
	$ship -i "$T/in" -s "http://127.0.0.1:$port/" -O spool="$T/small/spool" -O spool-segment=64K \
		-O format=ndjson -O linger=60s -O batch=100000 2>"$T/err" 3>&- &
	pid=$!
	exec 9>"$T/in"
	wait_for "[ -e '$T/small/spool/cursor' ]"
	dd if=/dev/zero of="$T/small/ballast" bs=1k status=none 2>/dev/null || true
	$gen -n 400 -x >&9
	wait_for "grep -q 'alerts wait in memory' '$T/err'" || { umount -l "$T/small"; false; }
	rm "$T/small/ballast"
	wait_for "grep -q 'takes alerts again' '$T/err'" || { cat "$T/err"; umount -l "$T/small"; false; }
	exec 9>&-
	wait $pid || true
	umount -l "$T/small"
	all_of 400 "$got"
	grep -q '^ship.* yes$' "$T/err"
}

# After kill -9 nothing that a spool had taken may be missing. What it had taken
# shows in the order of ids: a spool is written in order, so what arrived from one
# run must be its ids from the first to some last one, without a hole; and the
# last is not before the last one that lay in the spool when the run was killed.
@test "kill -9 a hundred times: every alert that was taken arrives" {
	server ok
	local i first last
	for i in $(seq 1 100); do
		first=$((i * 100000))
		{ $gen -n 50000 -f $first -x 2>/dev/null || true; } |
			$ship -q -s "http://127.0.0.1:$port/" -O spool="$T/spool" -O spool-segment=64K \
				-O format=ndjson -O batch=50 -O linger=5ms 2>/dev/null 3>&- &
		pid=$!
		wait_for "[ -s '$T/spool/cursor' ] && ls '$T'/spool/*.seg" 5
		read -rt "0.0$((RANDOM % 80 + 10))" <> <(:) || true
		kill -9 $pid
		wait $pid 2>/dev/null || true
		last=$(cat "$T"/spool/*.seg 2>/dev/null | grep -aoE "gen-$i[0-9]{5}" | tail -1 || true)
		echo "$i ${last#gen-}" >>"$T/lasts"
	done
	$gen -n 0 | $ship -q -s "http://127.0.0.1:$port/" -O spool="$T/spool" -O format=ndjson
	[[ $(status_of "$T/spool") == "waiting 0 "* ]]
	"$PYTHON" - "$got" "$T/lasts" <<-'EOT'
	import re, sys
	got = {}
	for n in map(int, re.findall(rb"gen-(\d+)", open(sys.argv[1], "rb").read())):
	    got.setdefault(n // 100000, set()).add(n)
	runs = 0
	for line in open(sys.argv[2]):
	    run, *last = line.split()
	    have = got.get(int(run), set())
	    if have:
	        runs += 1
	        assert max(have) - int(run) * 100000 + 1 == len(have), f"a hole in run {run}"
	    if last:
	        assert have and max(have) >= int(last[0]), f"run {run}: {last[0]} was in the spool"
	print(runs, "runs with alerts,", sum(map(len, got.values())), "alerts")
	assert runs >= 50
	EOT
}
