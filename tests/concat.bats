# SPDX-License-Identifier: BSD-2-Clause
# also: asan
# Streams one behind the other, as `cat a b` makes them: each has its own HELLO
# and END, and none answers for another. Asked of the loop and of replay.
load lib

setup()
{
	need msgpack
	mkstream hello 'event open {"proc.pid": 7}' end >"$T/whole"
	mkstream hello 'event open {"proc.pid": 8}' >"$T/died"
	mkstream hello 'event open {"proc.pid": 9}' 'end incomplete' >"$T/gap"
	mkstream 'hello {"version": [2, 0]}' >"$T/newer"
}

# reads STATUS FILE...: both ways to read them end so
reads()
{
	local want=$1
	shift
	cat "${@/#/$T/}" >"$T/in"
	run within 20 "$enrich" -i "$T/in" -o "$T/out"
	status_is "$want"
	run within 20 "$capture" -r "$T/in" -o "$T/replayed"
	status_is "$want"
}

# pids FILE: of its events
pids() { events <"$1" | jq -s -c 'map(.["proc.pid"])'; }

@test "all of them are read" {
	reads 0 whole whole
	[ "$(pids "$T/out")" = "[7,7]" ]
	[ "$(pids "$T/replayed")" = "[7,7]" ]
}

@test "one without END is not excused by another's; status 1" {
	reads 1 whole died
	says "without END"
	[ "$(pids "$T/out")" = "[7,8]" ]
	[ "$(pids "$T/replayed")" = "[7,8]" ]
}

@test "a HELLO alone behind an END is a stream whose writer died; status 1" {
	mkstream hello >"$T/hello"
	reads 1 whole hello
	says "without END"
}

@test "one that is not complete is not excused by another that is; status 1" {
	reads 1 gap whole
	says "not complete"
	[ "$(pids "$T/out")" = "[9,7]" ]
}

@test "one that is newer than we are is refused; status 2" {
	cat "$T/whole" "$T/newer" >"$T/in"
	run within 20 "$enrich" -i "$T/in" -o "$T/out"
	status_is 2
	says "speaks protocol 2"
	[ "$(pids "$T/out")" = "[7]" ]
}
