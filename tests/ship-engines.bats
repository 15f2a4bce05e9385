# SPDX-License-Identifier: BSD-2-Clause
# secmon-ship: NATS JetStream and Kafka, with a node of each lost in the middle.
load ship

N=${SHIP_ENGINE_ALERTS:-100000}

# node I: one of three nats-servers on loopback
node()
{
	cat >"$T/nats$1.conf" <<-EOT
	server_name: n$1
	listen: 127.0.0.1:$((base + $1))
	jetstream { store_dir: "$T/js$1" }
	cluster { name: c, listen: 127.0.0.1:$((base + 10 + $1)),
		routes: [ nats://127.0.0.1:$((base + 11)), nats://127.0.0.1:$((base + 12)), nats://127.0.0.1:$((base + 13)) ] }
	EOT
	background nats-server -c "$T/nats$1.conf" >"$T/nats$1.log" 2>&1
	node[$1]=$!
}

@test "a three-node JetStream cluster has each alert exactly once, with a node killed in the middle" {
	need cmd nats-server
	tool=$TBIN/ship/natstool
	$ship --help | grep -q nats:// || skip "built without libnats"
	base=$(shuf -i 20000-29000 -n 1)
	for i in 1 2 3; do node $i; done
	url=nats://127.0.0.1:$((base + 1))
	wait_for "$tool make $url alerts secmon.alerts 3" 30
	$gen -n "$N" -r $((N / 4)) | $ship -s "nats://127.0.0.1:$((base + 1)),127.0.0.1:$((base + 2)),127.0.0.1:$((base + 3))/secmon.alerts" \
		-O timeout=5s -O breaker=0 -O queue=64M -g 40s 2>"$T/err" 3>&- &
	pid=$!
	wait_for "[ \$($tool count $url alerts) -gt $((N / 5)) ]" 20
	kill -9 "${node[2]}"
	wait $pid
	cat "$T/err"
	wait_for "[ \$($tool count $url alerts) -eq $N ]" 20
}

@test "a NATS server that is not there: retried, and ended within the grace" {
	$ship --help | grep -q nats:// || skip "built without libnats"
	run -1 --separate-stderr within 10 bash -c "$gen -n 10 | $ship -s nats://127.0.0.1:1/x -g 300ms"
	[ "$(ledger dropped <<<"$stderr")" -ge 10 ]
}

@test "a Kafka cluster has each alert, with a broker down in the middle" {
	$ship --help | grep -q kafka:// || skip "built without librdkafka"
	$TBIN/ship/kafkamock "$T/brokers" alerts "$N" 90 $((N / 5)) >"$T/mock" 2>"$T/mock.err" 3>&- &
	mock=$!
	wait_for "[ -s '$T/brokers' ]"
	$gen -n "$N" -r $((N / 16)) | $ship -s "kafka://$(<"$T/brokers")/alerts" -O timeout=20s -O breaker=0 \
		-O queue=64M -g 40s 2>"$T/err"
	cat "$T/err"
	wait $mock || { cat "$T/mock"; false; }
}
