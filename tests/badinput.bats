# SPDX-License-Identifier: BSD-2-Clause
# also: asan
# What goes wrong outside is said, with where it went wrong and what to do, and
# ends in the documented status: 2 for usage and configuration, 1 while running.
load lib

setup()
{
	cat >"$T/rules.yaml" <<-'EOF'
	- rule: opened
	  desc: any open
	  condition: evt.type = open
	  output: opened %fd.name
	  priority: NOTICE
	EOF
	alerts=('alert open {"proc.pid": 7, "fd.name": "/etc/x"}')
}

programs="capture enrich match ship"

@test "a wrong option is refused with status 2 and a pointer to --help" {
	for p in $programs; do
		run -2 "$BIN/secmon-$p" --nosuchoption
		says "secmon-$p --help"
	done
}

@test "an option without its value is refused with status 2" {
	for p in $programs; do
		run -2 "$BIN/secmon-$p" -o
		[ -n "$output" ]
	done
}

@test "a number that is none is refused with status 2, with the text that was wrong" {
	run -2 "$capture" --ring-size 12parsecs -- true
	says 12parsecs
	run -2 "$enrich" --proc-max many
	says many
}

@test "an input that is not there ends each reader with status 1, by its name" {
	run -1 "$enrich" -i "$T/nosuch"
	says "$T/nosuch"
	run -1 "$match" -r "$T/rules.yaml" -i "$T/nosuch"
	says "$T/nosuch"
	run -1 "$ship" -i "$T/nosuch"
	says "$T/nosuch"
}

@test "an output that cannot be made ends with status 1, by its name" {
	mkstream hello end >"$T/in"
	run -1 "$enrich" -i "$T/in" -o "$T/no/such/dir"
	says "$T/no/such/dir"
}

@test "a rules file that is not there is refused with status 2, by its name" {
	run -2 "$match" -r "$T/nosuch.yaml"
	says "$T/nosuch.yaml"
}

@test "a rules file with an error is refused with status 2, with file, line and column" {
	sed -i 's/evt.type = open/evt.typo = open/' "$T/rules.yaml"
	run -2 "$match" -r "$T/rules.yaml"
	[[ $output =~ rules.yaml:3:[0-9]+ ]]
	says evt.typo
	printf -- '- rule: [\n' >"$T/rules.yaml"
	run -2 "$match" -r "$T/rules.yaml"
	[[ $output =~ rules.yaml:[0-9]+:[0-9]+ ]]
}

@test "match without rules is refused with status 2" {
	run -2 "$match"
	says "secmon-match --help"
}

@test "without root capture says what it lacks, and exits 1" {
	need root
	need cmd setpriv
	mkdir "$T/open"; cp "$capture" "$T/open/"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/test "$T" "$T/open" 2>/dev/null || true
	run -1 setpriv --reuid 65534 --regid 65534 --clear-groups "$T/open/secmon-capture" -- true
	says root
}

@test "without BTF capture says that the kernel lacks it, and exits 1" {
	need root
	need btf
	run -1 unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && exec "$0" -- true' "$capture"
	says BTF
}

@test "a hostile stream ends each reader with status 1, without a crash" {
	head -c 100000 /dev/urandom >"$T/noise"
	for p in "$enrich" "$match -r $T/rules.yaml" "$ship -s json:$T/out"; do
		run -1 $p -i "$T/noise"
		says "byte 0"
	done
}

@test "a reader that goes away ends each writer with status 1, which says so" {
	mkstream 'event open {"proc.pid": 7, "fd.name": "/etc/x"}' >"$T/events"
	for i in {1..15}; do	# 32768 of it: far more than a pipe holds
		cat "$T/events" "$T/events" >"$T/twice"
		mv "$T/twice" "$T/events"
	done
	{ mkstream hello; cat "$T/events"; mkstream end; } >"$T/in"
	for p in "$enrich" "$match -r $T/rules.yaml --pass"; do
		run bash -c "$p -i $T/in 2>$T/said | head -c 10 >/dev/null; exit \${PIPESTATUS[0]}"
		status_is 1
		grep -q 'reader has gone' "$T/said"
	done
}

@test "capture ends with status 1 when its reader goes away, and says so" {
	need bpf
	run bash -c "'$capture' -- bash -c 'for i in {1..20000}; do : </etc/hostname; done' 2>$T/said | head -c 10 >/dev/null; exit \${PIPESTATUS[0]}"
	status_is 1
	grep -q 'reader has gone' "$T/said"
}

@test "a full disk ends each writer with status 1, and it says so" {
	mkstream hello 'event open {"proc.pid": 7, "fd.name": "/etc/x"}' end >"$T/in"
	for p in "$enrich" "$match -r $T/rules.yaml"; do
		run -1 $p -i "$T/in" -o /dev/full
		says "No space left"
	done
}

@test "ship on a full disk exits 1 and counts the alerts as lost" {
	mkstream hello "${alerts[@]}" end >"$T/in"
	run -1 within 60 "$ship" -i "$T/in" -s json:/dev/full -O retries=1 -O backoff=10ms
	says "No space left"
}

@test "a server that never answers: ship gives up at its deadline, counts, exits 1" {
	"$PYTHON" -c '
import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(8)
print(s.getsockname()[1], flush=True)
time.sleep(60)' >"$T/port" &
	server=$!
	wait_for "[ -s '$T/port' ]"
	mkstream hello "${alerts[@]}" end >"$T/in"
	run -1 within 30 "$ship" -i "$T/in" -s "http://127.0.0.1:$(cat "$T/port")/" -O timeout=500ms -O retries=1 -O backoff=10ms
	kill $server
	[ -n "$output" ]
}

@test "SIGTERM in the middle of a stream: status 0 after its END" {
	mkfifo "$T/fifo"
	"$enrich" -i "$T/fifo" -o "$T/out" 2>"$T/said" &
	pid=$!
	exec 7>"$T/fifo"
	mkstream hello 'event open {"proc.pid": 7}' >&7
	wait_for "[ -s '$T/out' ]"
	kill -TERM $pid
	mkstream 'event open {"proc.pid": 8}' end >&7
	exec 7>&-
	wait $pid
	[ "$(events <"$T/out" | wc -l)" -eq 2 ]
}

@test "the binary stream is not written to a terminal" {
	need cmd script
	mkstream hello end >"$T/in"
	run script -qec "'$enrich' -i '$T/in'" /dev/null
	status_is 2
	says "terminal"
}
