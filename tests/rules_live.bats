#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The shipped rules on a live kernel: each deed raises its alert, ordinary work raises none.

load lib

# watch CMD...: the command's own process tree through the pipeline, its alerts as JSON lines
watch()
{
	within 120 "$capture" -- "$@" 2>"$T/capture.err" | "$enrich" 2>"$T/enrich.err" |
		"$match" -r "$REPO/rules" 2>"$T/match.err" | "$ship" -s json:- 2>"$T/ship.err"
}

alerts() { jq -r .rule "$1" | sort | uniq -c; }

@test "rules: each deed raises the alert of its rule" {
	need bpf; need cmd unshare; need cmd setpriv; need cmd jq
	deeds=$DATA/rules/deeds.sh
	watch unshare -mn sh "$deeds" "$T/deeds" >"$T/alerts"
	sed -n 's/^deed //p' "$deeds" | grep -o '"[^"]*"' | tr -d '"' | sort -u >"$T/want"
	jq -r .rule "$T/alerts" | sort -u >"$T/got"
	run comm -23 "$T/want" "$T/got"
	echo "no alert from: $output"
	[ -z "$output" ]
	[ "$(wc -l <"$T/want")" -ge 50 ]
}

@test "rules: an alert names the process, its parent, user and path" {
	need bpf; need cmd jq
	watch sh -c 'cat /etc/shadow >/dev/null; true' >"$T/alerts"
	jq -es 'map(select(.rule == "Password file read by an untrusted program")) | length == 1 and (.[0].output_fields |
		."proc.exepath" == "/usr/bin/cat" and ."fd.name" == "/etc/shadow" and ."proc.pname" == "sh" and ."user.name" == "root")' "$T/alerts"
}

@test "rules: ordinary work on a Debian system raises no alert" {
	need bpf; need cmd jq
	cat >"$T/work.sh" <<-'W'
	set -e
	cd "$1"
	printf 'all: a.o\n\tcc -o a a.o\n' >Makefile
	echo 'int main(void){return 0;}' >a.c
	make -s && ./a
	apt-get --version; apt-get -s install bash; apt-cache policy bash; dpkg -l bash; dpkg -S /bin/ls
	git init -q r; cd r; git -c user.name=x -c user.email=x@x commit -q --allow-empty -m x; git log; cd ..
	ssh-keygen -q -t ed25519 -N '' -f key; ssh-keygen -lf key.pub
	passwd -S root; su -c true; id; getent passwd root; chage -l root
	tar cf x.tar r; gzip x.tar; tar tzf x.tar.gz; find . -name '*.c'; grep -r main a.c
	python3 -c 'import json, ssl; print(json.dumps({}))'; perl -e 'print 1'
	ps aux; top -bn1; ls -la /etc /var/log; df; mount; ss -ltn || true; ip addr || true
	ldconfig -p; update-alternatives --list editor || true; systemctl --version || true
	W
	watch sh "$T/work.sh" "$T" >"$T/alerts" 2>"$T/err"
	alerts "$T/alerts"
	[ ! -s "$T/alerts" ]
}
