# SPDX-License-Identifier: BSD-2-Clause
# also: asan
# ENDPOINT, asked of the stages that have one: files, sockets, inherited
# descriptors, and what stands in the way.
load lib

setup()
{
	need msgpack
	mkstream hello 'event open {"proc.pid": 7}' end >"$T/in"
}

teardown()
{
	local pid
	for pid in $(jobs -pr); do
		kill -9 "$pid" 2>/dev/null || true
	done
}

# whole FILE: it is a stream with that event and a complete END
whole()
{
	dump "$1" | jq -es 'any(.[]; .type == "open" and .["proc.pid"] == 7) and .[-1].complete'
}

# python CODE ARG...
python() { "$PYTHON" -c "$@"; }

@test "a file is made with mode 0640, and cut" {
	head -c 100000 /dev/zero >"$T/out"
	rm -f "$T/new"
	umask 022
	run within 20 "$enrich" -i "$T/in" -o "$T/out"
	status_is 0
	whole "$T/out"
	run within 20 "$enrich" -i "$T/in" -o "$T/new"
	status_is 0
	[ "$(stat -c %a "$T/new")" = 640 ]
}

@test "a file that is not there, or a directory, is said by name; status 1" {
	run within 20 "$enrich" -i "$T/none" -o "$T/out"
	status_is 1
	says "$T/none: No such file or directory"
	run within 20 "$enrich" -i "$T" -o "$T/out"
	status_is 1
	says "$T: Is a directory"
	run within 20 "$enrich" -i "$T/in" -o "$T"
	status_is 1
	says "$T: Is a directory"
}

@test "the stream is not written to a terminal, nor read from one" {
	need cmd script
	run within 20 script -qec "'$enrich' -i '$T/in' -o /dev/tty" /dev/null </dev/null
	says "not for a terminal"
	[[ $output != *$'\x92'* ]]
	run within 20 script -qec "'$enrich' -i '$T/in'" /dev/null </dev/null
	says "not for a terminal"
	run within 20 script -qec "'$enrich' -o '$T/out'" /dev/null </dev/null
	says "does not come from a terminal"
}

@test "unix-listen: makes a socket of mode 0660, takes one peer, and removes it" {
	within 20 "$enrich" -i "unix-listen:$T/s" -o "$T/out" &
	wait_for "[ -S '$T/s' ]"
	[ "$(stat -c %a "$T/s")" = 660 ]
	run within 20 "$enrich" -i "$T/in" -o "unix:$T/s"
	status_is 0
	wait $!
	[ ! -e "$T/s" ]
	whole "$T/out"
}

@test "a socket that a dead program left behind makes way" {
	python 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$T/s"
	[ -S "$T/s" ]
	within 20 "$enrich" -i "unix-listen:$T/s" -o "$T/out" &
	wait_for "'$enrich' -i '$T/in' -o 'unix:$T/s'"
	wait $!
	whole "$T/out"
}

@test "a socket that another program waits on is left alone, and so is its peer's place" {
	within 20 "$enrich" -i "unix-listen:$T/s" -o "$T/out" &
	wait_for "[ -S '$T/s' ]"
	run within 20 "$enrich" -i "unix-listen:$T/s" -o "$T/other"
	status_is 1
	says "Address already in use"
	run within 20 "$enrich" -i "$T/in" -o "unix:$T/s"
	status_is 0
	wait $!
	whole "$T/out"
}

@test "a file that is no socket is not removed" {
	echo precious >"$T/s"
	run within 20 "$enrich" -i "unix-listen:$T/s" -o "$T/out"
	status_is 1
	says "a file that is no socket"
	[ "$(cat "$T/s")" = precious ]
}

@test "TERM ends a program that waits for its peer" {
	for stage in enrich ship; do
		"${!stage}" -i "unix-listen:$T/$stage" >"$T/out" 2>&1 &
		pid=$!
		wait_for "[ -S '$T/$stage' ]"
		kill -TERM $pid
		wait_for "! kill -0 $pid"
	done
}

@test "unix: says which socket nobody listens on; status 1" {
	run within 20 "$enrich" -i "$T/in" -o "unix:$T/none"
	status_is 1
	says "connect to unix:$T/none: No such file or directory (is the other side running?)"
}

@test "a socket path that no address can hold is wrong usage; status 2" {
	run within 20 "$enrich" -i "$T/in" -o "unix:$T/$(printf 'x%.0s' {1..200})"
	status_is 2
	says "1 to 107 are allowed"
	run within 20 "$enrich" -i "$T/in" -o unix:
	status_is 2
}

@test "fd:N is a descriptor that was inherited" {
	run within 20 "$enrich" -i fd:7 -o fd:8 7<"$T/in" 8>"$T/out"
	status_is 0
	whole "$T/out"
	# 3 would be the output file, opened before
	run within 20 bash -c '"$@" 3<&-' - "$enrich" -i fd:3 -o "$T/out"
	status_is 1
	says "fd:3: Bad file descriptor"
	run within 20 "$enrich" -i fd:9 -o "$T/out" 9<&-
	status_is 1
	says "fd:9: Bad file descriptor (it must be open when the program starts)"
	run within 20 "$enrich" -i fd:x -o "$T/out"
	status_is 2
	run within 20 "$enrich" -i fd: -o "$T/out"
	status_is 2
}

# activate LISTEN PID-OFFSET CMD...: as systemd hands a socket over
activate()
{
	exec "$PYTHON" -c '
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
if sys.argv[1] == "listen":
	s.bind(sys.argv[3])
	s.listen(1)
else:
	s.connect(sys.argv[3])
os.dup2(s.fileno(), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid() + int(sys.argv[2])))
os.execv(sys.argv[4], sys.argv[4:])' "$@"
}

@test "listen-fds takes the first socket that systemd handed over, listening or connected" {
	(activate listen 0 "$T/s" "$enrich" -i listen-fds -o "$T/out") &
	wait_for "[ -S '$T/s' ]"
	wait_for "within 20 '$enrich' -i '$T/in' -o 'unix:$T/s'"
	wait $!
	whole "$T/out"
	within 20 "$enrich" -i "unix-listen:$T/t" -o "$T/out2" &
	wait_for "[ -S '$T/t' ]"
	(activate connect 0 "$T/t" "$enrich" -i "$T/in" -o listen-fds)
	wait $!
	whole "$T/out2"
}

@test "listen-fds without a socket for this process is wrong usage; status 2" {
	run within 20 "$enrich" -i listen-fds -o "$T/out"
	status_is 2
	says "no socket was handed over"
	run activate listen 1 "$T/s" "$enrich" -i listen-fds -o "$T/out"
	status_is 2
	LISTEN_FDS=1 LISTEN_PID=$$ run within 20 bash -c \
		'LISTEN_PID=$$ exec "$@" 3<&-' - "$enrich" -i listen-fds -o "$T/out"
	status_is 2
}

@test "a full disk is said by name; status 1" {
	run within 20 "$enrich" -i "$T/in" -o /dev/full
	status_is 1
	says "/dev/full: No space left on device"
}

@test "a standard output that is closed is no place where a stream disappears; status 1" {
	run within 20 bash -c '"$@" >&-' - "$enrich" -i "$T/in"
	status_is 1
	says "Bad file descriptor"
	run within 20 bash -c '"$@" <&-' - "$enrich" -o "$T/out"
	status_is 1
	says "Bad file descriptor"
}

@test "with a closed standard error, words do not go into the stream" {
	head -c -1 "$T/in" >"$T/torn"
	run within 20 bash -c '"$@" 2>&-' - "$enrich" -i "$T/torn" -o "$T/out"
	status_is 1
	dump "$T/out" >"$T/json"
	run ! grep -a "breaks off" "$T/out"
}

@test "a pipe that others have open is left as it was: their writes still wait" {
	{ "$enrich" -i "$T/in"; head -c 3000000 /dev/zero; } | { wait_for "false" 1 2>/dev/null || true; wc -c; } >"$T/n"
	[ "$(cat "$T/n")" -gt 3000000 ]
}

@test "text of a hostile stream does not speak to the terminal" {
	mkstream 'hello {"version": [9, 0], "program": "\u001b[2Jevil"}' >"$T/bad"
	run within 20 "$enrich" -i "$T/bad" -o "$T/out"
	status_is 2
	says '\x1b[2Jevil speaks protocol 9'
	[[ $output != *$'\x1b'* ]]
	mkstream hello 'object [4, {0: "\x1b[2J", 4: {96: 5}, 5: [[96, "\x1b[3J", 5]]}]' end >"$T/bad"
	run within 20 "$ship" -i "$T/bad"
	says '?[2J'
	[[ $output != *$'\x1b'* ]]
}
