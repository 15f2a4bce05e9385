# SPDX-License-Identifier: BSD-2-Clause
# secmon-ship: the servers that people run, each with N alerts, all there exactly once.
load ship

N=${SHIP_ALERTS:-100000}

a_port() { shuf -i 20000-29999 -n 1; }

listens() { wait_for "exec 7<>/dev/tcp/127.0.0.1/$1"; }

# nginx PORT [LINE]...: nginx on that port with these lines in its server; bodies of requests go to $T/bodies
nginx_on()
{
	local port=$1
	shift
	mkdir -p "$T/ng"
	cat >"$T/ng/conf" <<-EOT
	daemon off; pid $T/ng/pid; error_log $T/ng/error.log; worker_processes 1;
	events { }
	http {
		access_log off; client_body_temp_path $T/ng/body; proxy_temp_path $T/ng/p;
		fastcgi_temp_path $T/ng/f; uwsgi_temp_path $T/ng/u; scgi_temp_path $T/ng/s;
		log_format bodies escape=none '\$request_body';
		log_format how '\$server_protocol \$ssl_client_s_dn \$http_via';
		client_body_buffer_size 4m; client_max_body_size 8m;
		server { $*
			location / { access_log $T/bodies bodies; access_log $T/how how; proxy_pass http://127.0.0.1:$port/sink; }
		}
		server { listen 127.0.0.1:$port; location /sink { return 200 ok; }
			location / { access_log $T/bodies bodies; access_log $T/how how; proxy_pass http://127.0.0.1:$port/sink; } }
	}
	EOT
	background nginx -e "$T/ng/error.log" -c "$T/ng/conf"
	listens "$port"
}

# each_once FILE: the ids 1..N are in FILE, none of them twice
each_once()
{
	wait_for "[ \$(grep -aoE 'gen-[0-9]+' '$1' | wc -l) -ge $N ]" 30
	ids "$1" >"$T/ids"
	[ "$(wc -l <"$T/ids")" -eq "$N" ]
	[ "$(sort -u "$T/ids" | wc -l)" -eq "$N" ]
}

# certificate NAME: $T/NAME.crt and $T/NAME.key, signed by itself
certificate()
{
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$T/$1.key" -out "$T/$1.crt" -days 2 \
		-subj "/CN=$1" -addext subjectAltName=DNS:localhost 2>/dev/null
	chmod 644 "$T/$1.key"
}

@test "nginx has each alert once, over HTTP" {
	need cmd nginx
	local port=$(a_port)
	nginx_on "$port" "listen 127.0.0.1:$((port + 10000));"
	$gen -n "$N" | $ship -q -g 60s -s "http://127.0.0.1:$port/" -O format=ndjson -O batch=500 -O queue=64M
	each_once "$T/bodies"
}

@test "nginx has each alert once, over HTTP/2 with certificates on both sides" {
	need cmd nginx
	need cmd openssl
	curl --version | grep -q HTTP2 || skip "needs a libcurl with HTTP/2"
	local port=$(a_port)
	certificate localhost
	certificate agent
	nginx_on "$port" "listen 127.0.0.1:$((port + 10000)) ssl http2; ssl_certificate $T/localhost.crt;
		ssl_certificate_key $T/localhost.key; ssl_client_certificate $T/agent.crt; ssl_verify_client on;"
	listens $((port + 10000))
	$gen -n "$N" | $ship -q -g 60s -s "https://localhost:$((port + 10000))/" -O format=ndjson -O batch=500 \
		-O ca-file="$T/localhost.crt" -O cert="$T/agent.crt" -O key="$T/agent.key" -O queue=64M
	each_once "$T/bodies"
	[ "$(sort -u "$T/how")" = "HTTP/2.0 CN=agent -" ]
	# and without ours, nothing
	run -1 --separate-stderr bash -c "$gen -n 3 | $ship -s https://localhost:$((port + 10000))/ \
		-O ca-file=$T/localhost.crt -O retries=0"
	says "HTTP 400"
}

@test "a proxy stands between, and the alerts come through it" {
	need cmd nginx
	need cmd tinyproxy
	local port=$(a_port) proxy=$(a_port)
	nginx_on "$port" "listen 127.0.0.1:$((port + 10000));"
	printf 'Port %s\nListen 127.0.0.1\nTimeout 60\nLogFile "%s"\nViaProxyName "between"\n' \
		"$proxy" "$T/proxy.log" >"$T/proxy.conf"
	background tinyproxy -d -c "$T/proxy.conf"
	listens "$proxy"
	$gen -n 2000 | $ship -q -g 60s -s "http://127.0.0.1:$port/" -O proxy="http://127.0.0.1:$proxy" -O format=ndjson
	wait_for "all_of 2000 '$T/bodies'"
	grep -q between "$T/how"
	! grep -qv between "$T/how"
}

@test "rsyslogd has each alert once, over TCP" {
	[ -x /usr/sbin/rsyslogd ] || skip "needs rsyslogd"
	local port=$(a_port)
	cat >"$T/rs.conf" <<-EOT
	global(workDirectory="$T" maxMessageSize="64k")
	module(load="imtcp")
	input(type="imtcp" port="$port" address="127.0.0.1")
	template(name="all" type="string" string="%structured-data% %msg%\n")
	*.* action(type="omfile" file="$T/rs.log" template="all")
	EOT
	background /usr/sbin/rsyslogd -n -f "$T/rs.conf" -i "$T/rs.pid"
	listens "$port"
	$gen -n "$N" | $ship -q -g 60s -s "syslog:tcp:127.0.0.1:$port" -O queue=64M
	each_once "$T/rs.log"
}

@test "syslog-ng has each alert once, over TCP and TLS" {
	local root=${XDG_CACHE_HOME:-$HOME/.cache}/secmon-unpacked/syslog-ng-core
	[ -d "$root" ] || skip "needs syslog-ng (make deps unpacks it)"
	need cmd openssl
	local port=$(a_port) tls
	tls=$((port + 10000))
	certificate localhost
	cat >"$T/sng.conf" <<-EOT
	@version: 3.38
	options { log-msg-size(65536); };
	source tcp { syslog(ip("127.0.0.1") port($port) transport("tcp")); };
	source tls { syslog(ip("127.0.0.1") port($tls) transport("tls")
		tls(key-file("$T/localhost.key") cert-file("$T/localhost.crt") peer-verify(no))); };
	destination tcp { file("$T/sng.tcp" template("\$SDATA \$MSG\n")); };
	destination tls { file("$T/sng.tls" template("\$SDATA \$MSG\n")); };
	log { source(tcp); destination(tcp); };
	log { source(tls); destination(tls); };
	EOT
	background env LD_LIBRARY_PATH="$root/usr/lib/syslog-ng" "$root/usr/sbin/syslog-ng" -F --no-caps \
		--module-path="$root/usr/lib/syslog-ng/3.38" -f "$T/sng.conf" -p "$T/sng.pid" -c "$T/sng.ctl" \
		-R "$T/sng.persist" 2>"$T/sng.err"
	listens "$port"
	listens "$tls"
	$gen -n "$N" | $ship -q -g 60s -s "syslog:tcp:127.0.0.1:$port" -O queue=64M \
		-s "syslog:tls:localhost:$tls" -O ca-file="$T/localhost.crt" -O queue=64M
	each_once "$T/sng.tcp"
	each_once "$T/sng.tls"
}

@test "Alertmanager has each alert once" {
	need cmd prometheus-alertmanager
	local port=$(a_port)
	printf 'route: {receiver: none}\nreceivers: [{name: none}]\n' >"$T/am.yml"
	background prometheus-alertmanager --config.file="$T/am.yml" --storage.path="$T/am" \
		--web.listen-address="127.0.0.1:$port" --cluster.listen-address= 2>"$T/am.err"
	wait_for "curl -sf http://127.0.0.1:$port/-/ready"
	$gen -n "$N" | $ship -q -g 60s -s "http://127.0.0.1:$port" -O format=alertmanager -O labels=alert.id -O queue=64M
	curl -s "http://127.0.0.1:$port/api/v2/alerts" | jq -r '.[].labels.alert_id' >"$T/am.ids"
	each_once "$T/am.ids"
}

@test "Prometheus scrapes us, and its sum is ours" {
	need cmd prometheus
	local port=$(a_port) ours=$(a_port)
	printf 'global: {scrape_interval: 1s}\nscrape_configs: [{job_name: secmon, static_configs: [{targets: ["127.0.0.1:%s"]}]}]\n' "$ours" >"$T/p.yml"
	mkfifo "$T/in"
	background $ship -q -g 60s -s "json:$T/log" -O name=log --metrics "127.0.0.1:$ours" -i "$T/in"
	exec 9>"$T/in"
	$gen -n "$N" -x >&9
	background prometheus --config.file="$T/p.yml" --storage.tsdb.path="$T/tsdb" \
		--web.listen-address="127.0.0.1:$port" 2>"$T/p.err"
	wait_for "curl -s 'http://127.0.0.1:$port/api/v1/query?query=secmon_sink_sent_total' | grep -q '\"$N\"'" 30
	exec 9>&-
	each_once "$T/log"
}
