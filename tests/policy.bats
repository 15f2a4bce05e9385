#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Tetragon's policies: secmon-policy(5), secmon-capture --policy.
load lib

setup_file() {
	need cmd jq
}

# policy NAME < SPEC: a policy file $T/NAME.yaml of that name
policy() {
	{ printf 'apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: "%s"\nspec:\n' "$1"
	  sed 's/^/  /'; } > "$T/$1.yaml"
}

# selected OPTION... -- COMMAND: what policies selected of a command's events, a line each:
# policy, event, process, file
selected() {
	need bpf
	timeout 30 "$BIN/secmon-capture" -q "$@" 2> "$T/capture.err" |
		"$BIN/secmon-ship" -s json:- --events 2> "$T/ship.err" |
		jq -r 'select(."policy.name") | [."policy.name", ."evt.type", ."proc.name",
			(."fd.name" // ."fs.path.name" // ."evt.arg.path" // ."evt.arg.name")] |
			join(" ")'
}

refused() {
	run -2 "$BIN/secmon-capture" --policy "$T/$1.yaml" --print-plan
}

# ---- the policies that users write

@test "the published policies load unmodified, and --print-plan shows what they are made into" {
	need shared tetragon
	for f in "$SHARED"/tetragon/*.yaml; do
		run -0 "$BIN/secmon-capture" --policy "$f" --print-plan
		[[ $output == "plan 1"*"select "*"policy"* ]]
		"$BIN/secmon-capture" --policy "$f" --print-plan > "$T/plan"
		run -0 "$BIN/secmon-capture" --plan "$T/plan" --print-plan
		diff "$T/plan" - <<< "$output"
	done
}

# unlinks, others and renames by two processes, one of them the one that is let off
unlinker() {
	cat > "$T/unlink.py" <<-'EOF'
		import os, sys
		for i in range(5):
		    for call in os.unlink, lambda p: os.unlink(os.path.basename(p), dir_fd=os.open(sys.argv[1], 0)):
		        p = "%s/f%d" % (sys.argv[1], i)
		        open(p, "w").close()
		        os.mkdir(p + "d")
		        os.rmdir(p + "d")
		        call(p)
	EOF
	cp "$(realpath "$PYTHON")" "$T/other"
}

# limited FILE: its policy selects the first call of each kind by a thread, of one binary none
limited() {
	need shared tetragon
	unlinker
	sed "s#/var/usr/bin/containerd#$(realpath "$PYTHON")#" "$SHARED/tetragon/$1" > "$T/p.yaml"
	run selected --policy "$T/p.yaml" -- sh -c "$PYTHON $T/unlink.py $T; $T/other $T/unlink.py $T
		rm -f $T/unlink.py; :"
}

@test "the unlink policy on sys_exit: three calls, one event in 90 s for a thread and call, not of the binary" {
	limited file-delete-tracepoint.yaml
	[ "$output" = "file-delete-tracepoint unlink other $T/f0
file-delete-tracepoint unlinkat other $T/f0
file-delete-tracepoint unlinkat rm $T/unlink.py" ]
	# what the limit held back is counted, and so is all else
	[ "$(jq -R 'select(startswith("capture"))' "$T/ship.err" | wc -l)" = 1 ]
}

@test "the unlink policy as kprobes does the same" {
	limited file-delete-kprobe.yaml
	[ "$output" = "file-delete-monitor unlink other $T/f0
file-delete-monitor unlinkat other $T/f0
file-delete-monitor unlinkat rm $T/unlink.py" ]
}

@test "security_file_permission: writes below a directory, one in a minute for a thread and file, no reads" {
	need shared tetragon
	mkdir "$T/etc"
	sed "s#/sbin#$T/etc#" "$SHARED/tetragon/file-permission-hot.yaml" > "$T/p.yaml"
	run selected --policy "$T/p.yaml" -- sh -c "exec 3> $T/etc/a 4> $T/b
		for i in 1 2 3; do echo x >&3; echo x >&4; done; cat /etc/hostname > /dev/null
		echo y > $T/etc/c; (echo z >> $T/etc/c)"
	[ "$output" = "file-permission-hot write sh $T/etc/a
file-permission-hot write sh $T/etc/c
file-permission-hot write sh $T/etc/c" ]
}

# ---- selectors, one by one

@test "matchBinaries: In, Prefix and Postfix, and followChildren" {
	cat "$(command -v cat)" > "$T/mycat"; chmod 755 "$T/mycat"
	policy in <<-EOF
		kprobes:
		- call: sys_openat
		  selectors:
		  - matchBinaries:
		    - operator: In
		      values: [ $T/mycat ]
		    matchArgs:
		    - { index: 1, operator: Equal, values: [ /etc/hostname ] }
		  args: [ { index: 1, type: string } ]
	EOF
	sed 's/In$/Postfix/; s#\[ .*mycat#[ /mycat#; s/"in"/"postfix"/' "$T/in.yaml" > "$T/postfix.yaml"
	sed "s/In\$/NotPrefix/; s#\\[ .*mycat#[ $T/#; s/\"in\"/\"notprefix\"/" "$T/in.yaml" > "$T/notprefix.yaml"
	run selected --policy "$T/in.yaml" -- sh -c "cat /etc/hostname > /dev/null; $T/mycat /etc/hostname"
	[ "$output" = "in openat mycat /etc/hostname" ]
	run selected --policy "$T/postfix.yaml" -- sh -c "cat /etc/hostname; $T/mycat /etc/hostname"
	[ "$output" = "postfix openat mycat /etc/hostname" ]
	run selected --policy "$T/notprefix.yaml" -- sh -c "cat /etc/hostname; $T/mycat /etc/hostname"
	[ "$output" = "notprefix openat cat /etc/hostname" ]
	cp "$(command -v dash)" "$T/mysh"
	sed "s#\\[ .*mycat#[ $T/mysh#; s/operator: In\$/&\\n        followChildren: true/" "$T/in.yaml" > "$T/follow.yaml"
	run selected --policy "$T/follow.yaml" -- sh -c "cat /etc/hostname
		$T/mysh -c 'sh -c \"$T/mycat /etc/hostname; :\"; :'; :"
	[ "$output" = "in openat mycat /etc/hostname" ]
	sed 's/operator: In$/operator: NotIn/' "$T/follow.yaml" > "$T/notin.yaml"
	run selected --policy "$T/notin.yaml" -- sh -c "cat /etc/hostname
		$T/mysh -c 'sh -c \"$T/mycat /etc/hostname; :\"; :'; :"
	[ "$output" = "in openat cat /etc/hostname" ]
}

@test "matchParentBinaries: the program of the parent" {
	cp "$(command -v dash)" "$T/mysh"
	policy parent <<-EOF
		kprobes:
		- call: security_file_open
		  args: [ { index: 0, type: file } ]
		  selectors:
		  - matchParentBinaries:
		    - { operator: In, values: [ $T/mysh ] }
		    matchArgs:
		    - { index: 0, operator: Equal, values: [ /etc/hostname ] }
	EOF
	run selected --policy "$T/parent.yaml" -- sh -c "cat /etc/hostname; $T/mysh -c 'cat /etc/hostname; :'; :"
	[ "$output" = "parent openat cat /etc/hostname" ]
}

@test "a program that is being executed is not yet the one that executes it" {
	cp "$(command -v dash)" "$T/mysh"
	policy exec <<-EOF
		lsmhooks:
		- hook: bprm_check_security
		  args: [ { index: 0, type: linux_binprm } ]
		  selectors:
		  - matchBinaries:
		    - { operator: In, values: [ $T/mysh ] }
		    matchArgs:
		    - { index: 0, operator: Postfix, values: [ /true ] }
	EOF
	run selected --policy "$T/exec.yaml" -- sh -c "true; env true; $T/mysh -c 'env true; /bin/true; :'; :"
	[ "$output" = "exec execve true " ]
}

@test "matchPIDs: In and NotIn, of the namespace too, and followForks" {
	need cmd unshare
	policy pid <<-EOF
		kprobes:
		- call: sys_mkdirat
		  selectors:
		  - matchPIDs:
		    - { operator: In, isNamespacePID: true, values: [ 1 ] }
		- call: sys_mkdir
		  selectors:
		  - matchPIDs:
		    - { operator: In, isNamespacePID: true, values: [ 1 ] }
	EOF
	sed 's/isNames/followForks: true, isNames/' "$T/pid.yaml" > "$T/forks.yaml"
	cmd="mkdir $T/a; unshare -pf mkdir $T/b; unshare -pf sh -c 'mkdir $T/c; :'; rmdir $T/?"
	run selected --policy "$T/pid.yaml" -- sh -c "$cmd"
	[ "$output" = "pid mkdir mkdir $T/b" ]
	sed 's/: In,/: NotIn,/' "$T/forks.yaml" > "$T/not.yaml"
	run selected --policy "$T/not.yaml" -- sh -c "$cmd"
	[ "$output" = "pid mkdir mkdir $T/a" ]
	run selected --policy "$T/forks.yaml" -- sh -c "$cmd"
	[ "$output" = "pid mkdir mkdir $T/b
pid mkdir mkdir $T/c" ]
}

@test "matchNamespaces with host_ns and matchCapabilities: as they are at the call" {
	need cmd unshare
	need cmd setpriv
	policy caps <<-EOF
		tracepoints:
		- subsystem: syscalls
		  event: sys_enter_openat
		  args: [ { index: 6, type: string } ]
		  selectors:
		  - matchArgs:
		    - { index: 6, operator: Prefix, values: [ /etc/host ] }
		    matchNamespaces:
		    - { namespace: Uts, operator: NotIn, values: [ host_ns ] }
		    matchCapabilities:
		    - { type: Effective, operator: NotIn, values: [ CAP_SYS_ADMIN ] }
	EOF
	drop="setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin"
	run selected --policy "$T/caps.yaml" -- sh -c "cat /etc/hosts; unshare -u cat /etc/hosts
		$drop cat /etc/hostname; unshare -u $drop cat /etc/hostname"
	[ "$output" = "caps openat cat /etc/hostname" ]
}

@test "the first selector that holds counts, and NoPost keeps the event back" {
	policy first <<-EOF
		kprobes:
		- call: sys_openat
		  args: [ { index: 1, type: string } ]
		  selectors:
		  - matchArgs: [ { index: 1, operator: Equal, values: [ /etc/hosts ] } ]
		    matchActions: [ { action: NoPost } ]
		  - matchArgs: [ { index: 1, operator: Prefix, values: [ /etc/host ] } ]
	EOF
	run selected --policy "$T/first.yaml" -- cat /etc/hosts /etc/hostname
	[ "$output" = "first openat cat /etc/hostname" ]
}

@test "flags are compared as the kernel has them, results with matchReturnArgs" {
	policy create <<-EOF
		kprobes:
		- call: sys_openat
		  return: true
		  returnArg: { index: 0, type: int }
		  args: [ { index: 1, type: string }, { index: 2, type: int } ]
		  selectors:
		  - matchArgs:
		    - { index: 1, operator: Prefix, values: [ $T/ ] }
		    - { index: 2, operator: Mask, values: [ 0x40 ] }
		    matchReturnArgs:
		    - { operator: GT, values: [ 0 ] }
	EOF
	run selected --policy "$T/create.yaml" -- sh -c "echo > $T/new; cat $T/new; echo > $T/none/new"
	[ "$output" = "create openat sh $T/new" ]
}

@test "sockets: SAddr and SPort of an address, DAddr and DPort of a socket, Family and Protocol" {
	policy net <<-EOF
		kprobes:
		- call: security_socket_connect
		  args: [ { index: 0, type: socket }, { index: 1, type: sockaddr } ]
		  selectors:
		  - matchArgs:
		    - { index: 1, operator: SAddr, values: [ 127.0.0.0/8 ] }
		    - { index: 1, operator: SPort, values: [ "9000:9001" ] }
		    - { index: 0, operator: Protocol, values: [ IPPROTO_UDP ] }
		    - { index: 1, operator: Family, values: [ AF_INET ] }
		- call: tcp_connect
		  args: [ { index: 0, type: sock } ]
		  selectors:
		  - matchArgs:
		    - { index: 0, operator: DAddr, values: [ "127.0.0.2" ] }
		    - { index: 0, operator: NotDPort, values: [ 1 ] }
	EOF
	cat > "$T/net.py" <<-'EOF'
		import socket
		def connect(family, type, address):
		    try: socket.socket(family, type).connect(address)
		    except OSError: pass
		for type in socket.SOCK_DGRAM, socket.SOCK_STREAM:
		    for port in 9000, 1: connect(socket.AF_INET, type, ("127.0.0.1", port))
		connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.2", 1))
		connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.2", 9001))
		connect(socket.AF_INET6, socket.SOCK_DGRAM, ("::1", 9000))
		connect(socket.AF_UNIX, socket.SOCK_STREAM, "/nowhere")
	EOF
	run selected --policy "$T/net.yaml" -- "$PYTHON" "$T/net.py"
	[[ $output =~ ^"net connect "[^\ ]+" 127.0.0.1:"[0-9]+"->127.0.0.1:9000"$'\n'"net connect "[^\ ]+" "[0-9.]+:[0-9]+"->127.0.0.2:9001"$ ]]
}

@test "FileType: what kind of file it is" {
	policy type <<-EOF
		kprobes:
		- call: security_file_open
		  args: [ { index: 0, type: file } ]
		  selectors:
		  - matchArgs:
		    - { index: 0, operator: FileType, values: [ dir, chr ] }
		    - { index: 0, operator: Postfix, values: [ /null, /etc ] }
	EOF
	run selected --policy "$T/type.yaml" -- sh -c 'cat /dev/null /etc/hostname; ls -d /etc; ls /etc > /dev/null; :'
	[ "$(sort -u <<< "$output")" = "type openat cat /dev/null
type openat ls /etc
type openat sh /dev/null" ]
}

@test "a system call without an event of its own is told as syscall, with its name" {
	policy other <<-EOF
		lists:
		- { name: odd, type: syscalls, values: [ sys_getpgid, sys_unlinkat, sys_getpriority ] }
		kprobes:
		- call: list:odd
	EOF
	need bpf
	"$BIN/secmon-capture" -q --policy "$T/other.yaml" -- "$PYTHON" -c 'import os; os.getpgid(0); os.getsid(0)
try: os.unlink("/nowhere", dir_fd=0)
except OSError: pass' | "$BIN/secmon-ship" -s json:- --events 2> /dev/null |
		jq -r 'select(."policy.name") | [."evt.type", ."evt.arg.ID"] | join(" ")' > "$T/out"
	diff - "$T/out" <<-EOF
		syscall getpgid
		unlinkat 
	EOF
}

# ---- several together, and with rules

@test "several policies and a directory of them; an event names its policy" {
	mkdir "$T/d"
	policy one <<-EOF
		kprobes:
		- call: sys_openat
		  args: [ { index: 1, type: string } ]
		  selectors:
		  - matchArgs: [ { index: 1, operator: Equal, values: [ /etc/hosts ] } ]
	EOF
	sed 's/hosts/hostname/; s/"one"/"two"/' "$T/one.yaml" > "$T/d/two.yml"
	{ sed 's/hosts/passwd/; s/"one"/"three"/' "$T/one.yaml"; echo ---
	  sed 's/hosts/group/; s/"one"/"four"/' "$T/one.yaml"; } > "$T/d/more.yaml"
	echo 'no policy' > "$T/d/README"
	run selected --policy "$T/one.yaml" --policy "$T/d" -- cat /etc/hosts /etc/hostname /etc/group /etc/passwd /etc/shells
	[ "$(grep -v shells <<< "$output")" = "one openat cat /etc/hosts
two openat cat /etc/hostname
four openat cat /etc/group
three openat cat /etc/passwd" ]
}

# ---- what is refused

@test "what cannot be done is refused by name, with file:line:column, all of it in one run" {
	policy bad <<-EOF
		uprobes:
		- path: /bin/sh
		kprobes:
		- call: sys_opennat
		- call: security_file_permision
		- call: sys_write
		  args: [ { index: 0, type: strnig } ]
		  selectors:
		  - matchArgs:
		    - { index: 1, operator: Equals, values: [ 1 ] }
		    matchCapabilityChanges: []
		    matchActions:
		    - action: Sigkill
		- call: list:nothing
		podSelector: {}
	EOF
	refused bad
	for text in ':6:3: uprobes: probes in programs are not done' \
		":9:11: 'sys_opennat': there is no such system call, did you mean sys_openat?" \
		":10:11: 'security_file_permision': no event tells of this function, did you mean security_file_permission?" \
		":12:31: type: 'strnig' is not known, did you mean string?" \
		":15:31: operator: 'Equals' is not known, did you mean Equal?" \
		":16:7: matchCapabilityChanges: not done" \
		":18:17: action Sigkill: secmon watches" \
		":19:11: spec.lists has no list 'nothing'" \
		":20:3: podSelector: not done"; do
		says "$T/bad.yaml$text"
	done
}

@test "a key that is unknown, or stands twice, is not left out in silence" {
	policy typo <<-EOF
		kprobes:
		- call: sys_openat
		  sycsall: true
		  syscall: true
		  syscall: true
	EOF
	refused typo
	says "typo.yaml:8:5: a kprobe has no 'sycsall', did you mean syscall?"
	says "typo.yaml:10:5: 'syscall' stands here twice"
}

@test "types that do not fit the argument are refused" {
	policy fit <<-EOF
		kprobes:
		- call: security_file_open
		  args: [ { index: 0, type: int } ]
		  selectors:
		  - matchArgs: [ { index: 0, operator: Equal, values: [ 1 ] } ]
	EOF
	refused fit
	says "argument 0 of security_file_open is not compared as 'int'"
}

@test "no YAML, no policy, no file: refused" {
	printf 'apiVersion: [\n' > "$T/yaml.yaml"
	refused yaml
	says "yaml.yaml:"
	: > "$T/empty.yaml"
	refused empty
	says "there is no policy in it"
	refused none
	says "No such file"
}

# ---- alerts

@test "secmon-match --policy-alerts makes an alert of each event that a policy selected, with no rules" {
	need bpf
	policy one <<-EOF
		kprobes:
		- call: security_file_open
		  args: [ { index: 0, type: file } ]
		  selectors:
		  - matchArgs: [ { index: 0, operator: Equal, values: [ /etc/hostname ] } ]
	EOF
	"$BIN/secmon-capture" -q --policy "$T/one.yaml" -- cat /etc/hosts /etc/hostname |
		"$BIN/secmon-enrich" | "$BIN/secmon-match" --policy-alerts=critical |
		"$BIN/secmon-ship" -s json:- 2> /dev/null > "$T/alerts"
	run -0 jq -r '[.rule, .priority, .output_fields["policy.name"], .output_fields["fd.name"],
		.output_fields["proc.exepath"]] | join(" ")' "$T/alerts"
	[ "$output" = "Tracing policy Critical one /etc/hostname $(realpath "$(command -v cat)")" ]
	run -2 "$BIN/secmon-match" --policy-alerts=urgent
	says "no such priority"
}

@test "a rule may ask for policy.name" {
	cat > "$T/rules.yaml" <<-'EOF'
		- rule: mine
		  desc: d
		  condition: policy.name = one and proc.name = cat
		  output: by %policy.name
		  priority: WARNING
	EOF
	mkstream hello 'event open {"proc.pid": 7, "proc.name": "cat", "policy.name": "one"}' \
		'event open {"proc.pid": 7, "proc.name": "cat", "policy.name": "two"}' \
		'event open {"proc.pid": 7, "proc.name": "cat"}' end > "$T/stream"
	"$BIN/secmon-match" -r "$T/rules.yaml" < "$T/stream" |
		"$BIN/secmon-ship" -s json:- 2> /dev/null > "$T/alerts"
	[ "$(jq -r .rule "$T/alerts")" = mine ]
}

@test "SIGHUP: policies are read again, a wrong one is refused and the old ones stay" {
	need bpf
	chmod 755 "$T"
	mkdir "$T/d"
	policy one <<-EOF
		kprobes:
		- call: sys_openat
		  args: [ { index: 1, type: string } ]
		  selectors:
		  - matchArgs: [ { index: 1, operator: Equal, values: [ /etc/hosts ] } ]
	EOF
	sed 's/hosts/hostname/; s/"one"/"two"/' "$T/one.yaml" > "$T/two"
	cp "$T/one.yaml" "$T/d/p.yaml"
	cat > "$T/steps.sh" <<-EOF
		cat /etc/hostname /etc/hosts
		until grep -q /etc/hosts $T/events; do :; done
		cp $T/two $T/d/p.yaml
		kill -HUP \$PPID
		until grep -q taken $T/err; do :; done
		cat /etc/hosts /etc/hostname
		echo 'spec: {}' > $T/d/p.yaml
		kill -HUP \$PPID
		until grep -q 'the old plan stays' $T/err; do :; done
		cat /etc/hosts /etc/hostname
	EOF
	timeout 20 "$BIN/secmon-capture" -v --policy "$T/d" -- sh "$T/steps.sh" 2> "$T/err" |
		"$BIN/secmon-ship" -s json:- --events 2> /dev/null > "$T/events"
	run jq -r 'select(."policy.name") | [."policy.name", ."fd.name"] | join(" ")' "$T/events"
	[ "$output" = "one /etc/hosts
two /etc/hostname
two /etc/hostname" ]
}
