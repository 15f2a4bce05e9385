# SPDX-License-Identifier: BSD-2-Clause
# runs: alone
# The accounting of a flood, at four sizes of the rings, class by class.
load lib

setup()
{
	need bpf
	need msgpack
	cd "$T"
	: >marker
}

# flood OPTION... -- PARENTS KIDS BULK: what it did in $T/done, the stream in $T/stream
flood()
{
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	within 120 "$capture" -e execve,clone,procexit,openat,close "${options[@]}" -o raw -- \
		"$TBIN/common/flood" "$2" "$3" "$4" "$T/marker" >done
	"$PYTHON" "$REPO/tests/classes.py" <raw >classes
}

# learn: how often the loader opens and closes what, from floods of one kid and of three:
# $loader is {class: [once, for each kid]}
learn()
{
	flood --ring-size 16M -- 1 1 0
	mv classes one
	flood --ring-size 16M -- 1 3 0
	loader=$(jq -nc --slurpfile a one --slurpfile b classes '
		["openat", "close"] | map({key: ., value: (. as $k
			| (($b[0][$k][0] - $a[0][$k][0]) / 2) as $kid | [$a[0][$k][0] - $kid, $kid])}) | from_entries')
}

# sums STARTED: delivered + lost = seen = made, for each class; STARTED: processes beside the kids
sums()
{
	jq -n --slurpfile c classes --slurpfile d done --argjson l "$loader" --argjson started "$1" '
		$d[0] as $d
		| {execve: ($d.kids + 1), clone: ($d.kids + $started), procexit: ($d.kids + $started + 1),
		   openat: ($l.openat[0] + $d.kids * $l.openat[1] + $d.bulk_opens),
		   close: ($l.close[0] + $d.kids * $l.close[1] + $d.bulk_opens)}
		| to_entries | map($c[0][.key] as $got
			| {class: .key, made: .value, delivered: $got[0], lost: $got[1], seen: $got[2]})' >sums
	jq -c '.[]' sums
	jq -e 'all(.[]; .delivered + .lost == .made and .seen == .made)' sums >/dev/null
}

@test "delivered and lost are what the generators say they did, per class, at rings of 1, 2, 4 and 16 MB; nobody is mistaken" {
	learn
	for size in 1M 2M 4M 16M; do
		echo "rings of $size"
		flood --ring-size $size --life-ring-size $size -- 4 80 2
		sums 6
		"$enrich" <raw >stream
		"$PYTHON" "$REPO/tests/flood.py" done "$T/marker" root <stream
		ledger_adds_up capture enrich <stream
	done
}

@test "a life record that is lost is told again before the next event: nobody is mistaken then either" {
	mkfifo fifo
	"$capture" -e execve,clone,procexit,openat --ring-size 1M --life-ring-size 64K -o fifo -- \
		sh -c "'$TBIN/common/flood' 4 60 1 '$T/marker' >done
			sh -c 'while [ ! -e read ]; do :; done
				while [ ! -e stop ]; do : </etc/hostname; done'" &
	# nothing is read until the flood is over: the life ring is full long before, and of the
	# shell that follows it neither birth nor exec is told
	exec 7<fifo
	wait_for '[ -s done ]' 60
	cat <&7 >raw &
	: >read
	wait_for '[ "$(stat -c %s raw)" -gt 4000000 ]' 30
	: >stop
	wait
	exec 7<&-
	"$enrich" <raw >stream
	"$PYTHON" "$REPO/tests/flood.py" done "$T/marker" root <stream
	ledger_adds_up capture <raw
	dump raw | jq -se 'map(select(.kind == "STATS" and .stage == "capture"))[-1].counters
		| .["capture.drop.full"] > 0 and .["capture.recovered"] > 0'
}
