# SPDX-License-Identifier: BSD-2-Clause
# also: asan
# secmon-wire(7), asked of every stage that reads a stream: what is foreign goes
# through untouched, what is broken ends the program with status 1 and the byte
# where it broke.
load lib

setup()
{
	need msgpack
	hello=$(mkstream hello | wc -c)
	cat >"$T/rules.yaml" <<-'EOF'
	- rule: never
	  desc: matches nothing that these tests send
	  condition: evt.type = open and proc.name = nobody-is-called-so
	  output: never
	  priority: NOTICE
	EOF
}

# filter STAGE: $T/in through that stage to $T/out; what it says, to standard output
filter()
{
	case $1 in
	enrich)	set -- "$enrich" ;;
	match)	set -- "$match" -r "$T/rules.yaml" --pass ;;
	ship)	set -- "$ship" -s json:- --events ;;
	esac
	within 20 "$@" <"$T/in" 2>&1 >"$T/out"
}

# through STAGE < STREAM
through()
{
	cat >"$T/in"
	run filter "$1"
}

# each CMD...: for every stage; of a failure, which
each()
{
	for stage in enrich match ship; do
		"$@" || { echo "secmon-$stage: $*; status $status, said: $output" >&2; return 1; }
	done
}

# ends STATUS TEXT ITEM...: with that stream, the stage ends so and says TEXT
ends()
{
	through "$stage" < <(mkstream "${@:3}")
	[ "$status" -eq "$1" ] && [[ $output == *"$2"* ]]
}

# keeps ITEM: these bytes come out of the stage as they went in
keeps()
{
	mkstream "$1" >"$T/item"
	through "$stage" < <(mkstream hello "$1" 'event open {"proc.pid": 7}' end)
	[ "$status" -eq 0 ] && "$PYTHON" -c '
import sys
sys.exit(open(sys.argv[1], "rb").read() not in open(sys.argv[2], "rb").read())' "$T/item" "$T/out"
}

@test "a msgpack library that is not ours reads what a stage writes" {
	for stage in enrich match; do
		through $stage < <(mkstream hello 'event open {"proc.pid": 7, "fd.name": "/etc/x"}' end)
		status_is 0
		dump "$T/out" >"$T/json"
		jq -es 'map(.kind) | .[0] == "HELLO" and .[-1] == "END" and any(. == "STATS")' "$T/json"
		jq -es 'any(.[]; .kind == "EVENT" and .["fd.name"] == "/etc/x" and .["proc.pid"] == 7)' "$T/json"
	done
}

@test "HELLO names every field and argument, so that a foreign reader can" {
	through enrich < <(mkstream hello end)
	status_is 0
	"$PYTHON" - "$T/out" <<-'EOF'
	import msgpack, re, sys
	o = next(msgpack.Unpacker(open(sys.argv[1], "rb"), strict_map_key=False))
	names = {i: line[0] for i, line in o[1][7].items()}
	table = re.findall(r'^FIELD\(\s*(\d+), \w+, "([^"]+)", (\w+), (\w+)',
	                   open("common/fields.def").read(), re.M)
	for i, name, _, filled in table:
	    if filled in ("CAPTURE", "ENRICH", "ALERT"):
	        assert names.pop(int(i)) == name, name
	for i, name in re.findall(r'^ARG\(\s*(\d+), \w+, "([^"]+)"', open("common/args.def").read(), re.M):
	    assert names.pop(512 + int(i)) == "evt.arg." + name, name
	    assert names.pop(1024 + int(i)) == "evt.argtext." + name, name
	assert not names, names
	EOF
}

@test "an object of an unknown kind passes untouched" {
	for stage in enrich match; do
		keeps 'object [77, {1: "x", "y": [1, 2.5, None, {"z": b"\xff"}]}]'
		keeps 'object [65000, {}]'
	done
}

@test "an unknown kind does not trouble ship" {
	stage=ship
	ends 0 "" hello 'object [77, {1: "x"}]' end
}

@test "an unknown field passes untouched, and so does an unknown event" {
	for stage in enrich match; do
		through $stage < <(mkstream hello 'event open {"proc.pid": 7, "1535": [1, {"a": 2}]}' \
			'event 499 {"proc.pid": 8, "60000": "later"}' end)
		status_is 0
		dump "$T/out" | jq -es 'any(.[]; .["proc.pid"] == 7 and (.["1535"] == [1, {"a": 2}]))'
		dump "$T/out" | jq -es 'any(.[]; .type == 499 and .["60000"] == "later")'
	done
}

@test "another stage's STATS and LOSS pass untouched" {
	for stage in enrich match; do
		keeps 'stats capture {"capture.in": 5, "capture.out": 5}'
		keeps 'object [4, {0: "later", 1: 1, 2: 2, 3: True, 4: {127: 3}, 99: "new"}]'
		keeps 'object [5, {0: "capture", 1: 6, 3: 12, 4: 1, 5: 2}]'
	done
}

@test "a later minor version is read, a later major refused with status 2, saying whose" {
	each ends 0 "" 'hello {"version": [1, 99]}' end
	each ends 2 "speaks protocol 2" 'hello {"version": [2, 0], "program": "later"}' end
}

@test "dictionary lines of a later version travel on" {
	through enrich < <(mkstream 'hello {"fields": {"1535": ["new.field", "UINT8"]}}' end)
	status_is 0
	run -0 dump "$T/out"
	says '"1535": ["new.field", "UINT8"]'
}

@test "a stream that does not begin with HELLO is refused, saying where" {
	each ends 1 "byte 0:" 'event open {"proc.pid": 7}' end
	each ends 1 "byte 0:" 'hex 7f454c46'
}

@test "an empty input is no stream" {
	each ends 1 "no stream"
}

@test "a stream without END: its writer died, status 1, and what there was is handed on" {
	each ends 1 "without END" hello 'event open {"proc.pid": 7}'
	for stage in enrich match; do
		through $stage < <(mkstream hello 'event open {"proc.pid": 7}')
		dump "$T/out" | jq -es 'any(.[]; .["proc.pid"] == 7)'
		dump "$T/out" | jq -es '.[-1].kind == "END" and .[-1].complete == false'
	done
}

@test "an END that says incomplete is passed on as incomplete, status 1" {
	each ends 1 "not complete" hello 'end incomplete'
	stage=enrich
	through enrich < <(mkstream hello 'end incomplete')
	dump "$T/out" | jq -es '.[-1].complete == false'
}

@test "a stream cut at any byte ends with status 1 and no crash" {
	mkstream hello 'event open {"proc.pid": 7, "fd.name": "/a", "proc.args": ["x"]}' >"$T/whole"
	for n in $(seq 1 "$(($(wc -c <"$T/whole") - 1))"); do
		stage=enrich
		through enrich < <(head -c "$n" "$T/whole")
		status_is 1
		[[ $output == *"breaks off"* || $output == *"without END"* || $output == *"byte "* ]]
	done
}

@test "an event whose size is a lie is refused at the byte that says so" {
	# wire.size stands 13 bytes into the object
	each ends 1 "byte $((hello + 13)):" hello 'hex 9202df0000000200cd000201ce00000003'
	each ends 1 "byte $((hello + 13)):" hello 'hex 9202df0000000200cd000201ce00010001'
}

@test "an event that claims more fields than its bytes can hold is refused at that byte" {
	each ends 1 "byte $((hello + 3)):" hello 'hex 9202df7fffffff00cd000201ce00000011'
}

@test "an object larger than 65536 bytes is refused" {
	each ends 1 "byte $hello:" hello "big 65537" end
	each ends 0 "" hello "big 65536" end
}

@test "a container that claims 50 million items takes no memory and is refused" {
	[[ $BIN == *asan* ]] || ulimit -v 500000
	each ends 1 "byte $((hello + 2)):" hello 'hex 924ddf02faf080' 'pad 66000'
	each ends 1 "byte $((hello + 4)):" hello 'hex 924d8101dd02faf08001' 'pad 66000'
}

@test "nesting deeper than 8 is refused" {
	each ends 0 "" hello 'object [77, {1: [[[[[1]]]]]}]' end
	each ends 1 "nested more than" hello 'object [77, {1: [[[[[[[[[1]]]]]]]]]}]' end
}

@test "a byte that is never msgpack is refused where it stands" {
	each ends 1 "byte $hello:" hello 'pad 1' end
	each ends 1 "byte $((hello + 4)):" hello 'hex 924d8101c1' end
}

@test "two streams one behind the other are one" {
	each ends 0 "" hello 'event open {"proc.pid": 7}' end hello 'event open {"proc.pid": 8}' end
	through enrich < <(mkstream hello 'event open {"proc.pid": 7}' end hello 'event open {"proc.pid": 8}' end)
	[ "$(events <"$T/out" | jq -s 'map(.["proc.pid"]) == [7, 8]')" = true ]
	[ "$(dump "$T/out" | grep -c '"END"')" -eq 1 ]
}

@test "no number of the tables stands for two things" {
	for def in fields args events stats; do
		double=$(sed -nE "s/^(FIELD|ARG|EVENT|STAT)\( *([0-9]+),.*/\2/p" "$REPO/common/$def.def" |
			sort | uniq -d)
		[ -z "$double" ] || { echo "$def.def: $double"; false; }
	done
}
