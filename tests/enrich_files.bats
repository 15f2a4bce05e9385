#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What secmon-enrich reads beside the stream: passwd, group, runtimes' state, executables.

load lib

HEX=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

setup()
{
	need msgpack
	BOOT=$(cat /proc/sys/kernel/random/boot_id)
	ROOT=$T/root
	mkdir -p "$ROOT/etc"
	printf 'root:x:0:0::/root:/bin/sh\nann:x:1000:100:Ann:/home/ann:/bin/zsh\nbroken\nann2:x:1000:100::/:\n' >"$ROOT/etc/passwd"
	printf 'root:x:0:\nusers:x:100:ann\n' >"$ROOT/etc/group"
	chmod -R a+rX "$T"
}

teardown()
{
	exec 9>&- 2>/dev/null || :
}

by() { printf 'event openat {"evt.rawtime": 1, "proc.pid": 7, "proc.pid.ts": 8, "proc.ppid": 0, "thread.tid": 7, "proc.name": "x", %s}' "$1"; }
in_cgroup() { printf 'event snapshot {"evt.rawtime": 1, "proc.pid": 7, "proc.pid.ts": 8, "proc.ppid": 0, "thread.tid": 7, "proc.name": "x", "proc.exepath": "/x", "thread.cgroup.id": 9, "thread.cgroups": ["cgroup2=%s"]}' "$1"; }

# A stream that stays open on descriptor 9: begin [OPTION...], say ITEM..., finish
begin()
{
	mkfifo "$T/fifo"
	"$enrich" --root "$ROOT" "$@" -i "$T/fifo" -o "$T/out" &
	PID=$!
	exec 9>"$T/fifo"
	say "hello {\"boot_id\": \"$BOOT\"}"
}
say() { mkstream "$@" >&9; }
finish()
{
	say end
	exec 9>&-
	wait $PID
}
last() { events <"$T/out" 2>/dev/null | tail -n 1; }
# soon JQ ITEM: an event like ITEM gets so far, sooner or later
soon()
{
	local end=$((SECONDS + 10))
	until last | jq -e "$1" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { echo "never: $1"; last; return 1; }
		say "$2"
		sleep 0.05
	done
}

@test "enrich: --root says where passwd and group are; of two names of a uid the first counts" {
	begin
	soon '."user.name" == "ann" and ."user.homedir" == "/home/ann" and ."user.shell" == "/bin/zsh" and ."group.name" == "users"' \
		"$(by '"user.uid": 1000, "group.gid": 100')"
	finish
}

@test "enrich: passwd is read again when it changes" {
	begin
	soon '."user.name" == "ann"' "$(by '"user.uid": 1000')"
	printf 'anna:x:1000:100:Anna:/home/anna:/bin/sh\n' >"$ROOT/etc/passwd.new"
	mv "$ROOT/etc/passwd.new" "$ROOT/etc/passwd"
	soon '."user.name" == "anna"' "$(by '"user.uid": 1000')"
	finish
}

@test "enrich: a missing passwd leaves users without names" {
	rm "$ROOT/etc/passwd"
	begin
	soon '."group.name" == "users" and (has("user.name") | not)' "$(by '"user.uid": 1000, "group.gid": 100')"
	finish
}

@test "enrich: Docker's own state gives name, image, mounts and labels" {
	dir=$ROOT/var/lib/docker/containers/$HEX
	mkdir -p "$dir"
	cat >"$dir/config.v2.json" <<-J
	{"ID":"$HEX","Config":{"Image":"reg.example:5000/team/web:1.2@sha256:feed","Labels":{"app":"w\u00e9b","io.kubernetes.pod.name":"web-0","io.kubernetes.pod.namespace":"prod"}},
	"Image":"sha256:beef","Name":"/web","NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.2"}}},
	"MountPoints":{"/data":{"Source":"/srv","Destination":"/data","RW":true,"Mode":"z","Propagation":"rprivate"},"/var/run/docker.sock":{"Source":"/run/docker.sock","RW":false,"Mode":"","Propagation":""}}}
	J
	echo '{"Privileged":true,"PidMode":"host","NetworkMode":"bridge","IpcMode":"private"}' >"$dir/hostconfig.json"
	begin
	say "$(in_cgroup "/system.slice/docker-$HEX.scope")"
	soon '."container.name" == "web"' "$(by '"thread.cgroup.id": 9')"
	finish
	last | jq -e '."container.image" == "reg.example:5000/team/web:1.2@sha256:feed" and ."container.image.repository" == "reg.example:5000/team/web"
		and ."container.image.tag" == "1.2" and ."container.image.digest" == "sha256:feed" and ."container.image.id" == "sha256:beef"'
	last | jq -e '."container.privileged" and ."container.host_pid" and (."container.host_network" | not)'
	last | jq -e '."container.mounts" == ["/srv:/data:z:true:rprivate", "/run/docker.sock:/var/run/docker.sock::false:"]'
	last | jq -e '."container.labels" == "app:wéb" and ."k8s.pod.name" == "web-0" and ."k8s.ns.name" == "prod" and ."container.ip" == "172.17.0.2"'
	last | jq -e 'has("evt.incomplete") | not'
}

@test "enrich: metadata that comes late is filled in, what is missing meanwhile is marked" {
	begin
	say "$(in_cgroup "/system.slice/docker-$HEX.scope")"
	soon '."container.id" == "0123456789ab" and ."evt.incomplete" == ["container.image:pending"]' "$(by '"thread.cgroup.id": 9')"
	mkdir -p "$ROOT/var/lib/docker/containers/$HEX"
	echo '{"Name":"/late","Config":{"Image":"img"}}' >"$ROOT/var/lib/docker/containers/$HEX/config.v2.json"
	soon '."container.name" == "late" and ."container.image" == "img" and (has("evt.incomplete") | not)' "$(by '"thread.cgroup.id": 9')"
	finish
}

@test "enrich: containerd's bundle gives the pod of a Kubernetes container" {
	dir=$ROOT/run/containerd/io.containerd.runtime.v2.task/k8s.io/$HEX
	mkdir -p "$dir"
	cat >"$dir/config.json" <<-J
	{"annotations":{"io.kubernetes.cri.container-name":"app","io.kubernetes.cri.image-name":"docker.io/library/nginx:1","io.kubernetes.cri.sandbox-id":"$HEX","io.kubernetes.cri.sandbox-name":"app-1","io.kubernetes.cri.sandbox-namespace":"prod"},
	"mounts":[{"destination":"/proc","type":"proc","source":"proc"},{"destination":"/h","source":"/","options":["rbind","ro","rslave"]}],
	"linux":{"namespaces":[{"type":"pid"},{"type":"mount"}]}}
	J
	begin
	say "$(in_cgroup "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod11111111_2222_3333_4444_555555555555.slice/cri-containerd-$HEX.scope")"
	soon '."container.name" == "app"' "$(by '"thread.cgroup.id": 9')"
	finish
	last | jq -e '."k8s.pod.uid" == "11111111-2222-3333-4444-555555555555" and ."k8s.pod.name" == "app-1" and ."k8s.ns.name" == "prod"'
	last | jq -e '."container.type" == "containerd" and ."k8s.pod.sandbox_id" == "0123456789ab"'
	last | jq -e '."container.mounts"[1] == "/:/h::false:rslave" and (."container.host_pid" | not) and ."container.host_network"'
}

@test "enrich: Podman's list of containers gives name and image" {
	dir=$ROOT/var/lib/containers/storage/overlay-containers
	mkdir -p "$dir"
	echo '[{"id":"ffff","metadata":"{\"name\":\"other\"}"},{"id":"'$HEX'","names":["pod"],"metadata":"{\"image-name\":\"quay.io/x/y:z\",\"name\":\"mine\"}"}]' >"$dir/containers.json"
	begin
	say "$(in_cgroup "/machine.slice/libpod-$HEX.scope/container")"
	soon '."container.name" == "mine" and ."container.image.tag" == "z" and ."container.type" == "podman"' "$(by '"thread.cgroup.id": 9')"
	finish
}

@test "enrich: state of a runtime that is no JSON is not believed" {
	mkdir -p "$ROOT/var/lib/docker/containers/$HEX"
	printf '{"Name":"/x","Config":{' >"$ROOT/var/lib/docker/containers/$HEX/config.v2.json"
	begin
	say "$(in_cgroup "/docker/$HEX")"
	soon '."container.id" == "0123456789ab" and (has("container.name") | not)' "$(by '"thread.cgroup.id": 9')"
	finish
}

exe_event()	# path ctime-offset
{
	local dev ino ctime
	dev=$(stat -c %d "$1") ino=$(stat -c %i "$1")
	ctime=$("$PYTHON" -c 'import os, sys; print(os.stat(sys.argv[1]).st_ctime_ns + int(sys.argv[2]))' "$1" "$2")
	printf 'event execve {"evt.rawtime": 1, "proc.pid": 7, "proc.pid.ts": 8, "proc.ppid": 0, "thread.tid": 7, "proc.name": "x", "evt.rawres": 0, "proc.exepath": "%s", "proc.exe_dev": %s, "proc.exe_ino": %s, "proc.exe_ino.ctime": %s}' "$1" "$dev" "$ino" "$ctime"
}

hashed()	# OPTION ITEM...
{
	mkstream "hello {\"boot_id\": \"$BOOT\"}" "${@:2}" end | "$enrich" $1 >"$T/out"
}

@test "enrich: --hash-exe adds the hash of the executed file" {
	seq 100000 >"$T/exe"; chmod 755 "$T/exe"
	hashed --hash-exe "$(exe_event "$T/exe" 0)" "$(by '"fd.name": "f"')"
	last | jq -e --arg h "$(sha256sum <"$T/exe" | cut -d' ' -f1)" '."proc.exe_hash.sha256" == $h'
	hashed "" "$(exe_event "$T/exe" 0)"
	last | jq -e 'has("proc.exe_hash.sha256") | not'
}

@test "enrich: a file that is not the executed one any more, or is too large, is not hashed but marked" {
	seq 100000 >"$T/exe"; chmod 755 "$T/exe"
	hashed --hash-exe "$(exe_event "$T/exe" 1)"
	last | jq -e '(has("proc.exe_hash.sha256") | not) and (."evt.incomplete" | index("proc.exe_hash.sha256:changed"))'
	hashed --hash-exe=1K "$(exe_event "$T/exe" 0)"
	last | jq -e '."evt.incomplete" | index("proc.exe_hash.sha256:too-large")'
}
