#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# File identity: what secmon-capture(8) says of files that a plan names, under any other name.
load lib

setup() { need bpf; need msgpack; need cmd jq; cd "$T"; echo secret >secret; ln secret old; }

# identity HOW [N]: the helper program, on the watched file
identity() { "$TBIN/capture/identity" "$1" "$T/secret" "${2:-}"; }

# watch [OPTION]... -- COMMAND: with the file watched; events to $T/json
watch()
{
	within 60 "$capture" -e +open_by_handle_at --path "$T/secret" -o "$T/stream" "$@" \
		>"$T/said" 2>"$T/err" || { cat "$T/err"; return 1; }
	dump "$T/stream" >"$T/json"
}

# For steps that turn a path twice: "looked N" waits until capture has told what was done
# before. A path that means another file twice before it has looked is more than it promises.
looked='looked() { sh -c : "looked$1"; until grep -aq "looked$1" stream; do :; done; }'

# count FILTER: events of $T/json that pass the jq filter
count() { jq -c "select(.kind == \"EVENT\" and ($1))" "$T/json" | wc -l; }
found() { count ".\"fd.name\" == \"$T/secret\" and .\"fd.identity\" == \"inode\" and ($1)"; }

# alerts CONDITION COMMAND...: what the whole pipeline says of a rule, as the reached names
alerts()
{
	printf -- '- rule: r\n  desc: d\n  condition: %s\n  output: "%%fd.name %%fd.nameraw"\n  priority: INFO\n' \
		"$1" >rules.yaml
	shift
	"$match" -r rules.yaml --plan >plan
	within 60 "$capture" -e +open_by_handle_at --plan plan -- "$@" 2>said |
		"$enrich" | "$match" -r rules.yaml | "$ship" -s json:- 2>ship.err |
		jq -r '.output_fields | "\(."fd.name") \(."fd.nameraw")"'
}

@test "a watched file raises the rule on its path when it is read by a hard link, a bind mount or a handle; another file does not" {
	rule="evt.type in (open, openat, open_by_handle_at) and fd.name = $T/secret"
	run -0 alerts "$rule" cat old
	[ "$output" = "$T/secret old" ]
	run -0 alerts "$rule" "$TBIN/capture/identity" link "$T/secret"
	[ "$output" = "$T/secret linked" ]
	run -0 alerts "$rule" "$TBIN/capture/identity" mount "$T/secret"
	[ "$output" = "$T/secret mounted" ]
	run -0 alerts "$rule" "$TBIN/capture/identity" handle "$T/secret"
	[ "$output" = "$T/secret null" ]
	run -0 alerts "$rule" "$TBIN/capture/identity" unrelated "$T/secret"
	[ -z "$output" ]
}

@test "fd.name is the watched path, fd.nameraw what was asked for, fd.reached what was reached, fd.identity inode" {
	watch -- cat old "$T/secret"
	[ "$(count '.type == "openat"')" -eq 2 ]
	[ "$(found ".\"fd.nameraw\" == \"old\" and .\"fd.reached\" == \"$T/old\"")" -eq 1 ]
	[ "$(count ".\"fd.name\" == \"$T/secret\" and (has(\"fd.identity\") or has(\"fd.reached\") | not)")" -eq 1 ]
}

@test "below another root, through /proc/self/root, and by a symbolic link the path is the file's own" {
	for how in root chroot; do
		watch -- "$TBIN/capture/identity" $how "$T/secret"
		[ "$(count ".\"fd.name\" == \"$T/secret\" and has(\"fd.identity\") == false")" -eq 1 ]
	done
	ln -s secret sym
	watch -- cat sym
	[ "$(count ".\"fd.name\" == \"$T/secret\" and .\"fd.nameraw\" == \"sym\"")" -eq 1 ]
}

@test "a path that is a symbolic link is watched as the file that it means, also when it is turned" {
	echo other >other
	ln -s other which
	cat >steps <<-'EOF'
		cat other secret
		ln -s secret next; mv next which
		cat other secret old
	EOF
	within 60 "$capture" -e openat --path "$T/which" -o stream -- sh steps >said
	dump stream >json
	jq -r 'select(."fd.identity") | ."fd.name" + " " + ."fd.nameraw"' json >names
	diff names - <<-EOF
		$T/which other
		$T/which secret
		$T/which old
	EOF
}

@test "replaced by rename, or removed and made again: the path's new file is watched, the old one is not" {
	echo "$looked" >steps
	cat >>steps <<-'EOF'
		echo new >new; mv new secret
		ln secret second; cat second; cat old; looked 1
		rm secret; cat second
		echo newer >secret
		ln secret third; cat third; cat second
	EOF
	watch -- sh steps
	jq -r 'select(."fd.identity") | ."fd.nameraw"' json >names
	diff names - <<-'EOF'
		second
		third
	EOF
}

@test "with no time in between: replaced and opened by another name at once" {
	for how in replace remake; do
		for i in 1 2 3; do
			rm -f secret link0 new; echo secret >secret
			watch -- "$TBIN/capture/identity" $how "$T/secret" 1
			[ "$(found '."fd.nameraw" == "link0"')" -eq 1 ]
		done
	done
}

@test "a file that has the number of a watched one's inode, which is gone, is not taken for it" {
	watch -- "$TBIN/capture/identity" reuse "$T/secret" 100
	echo "$(cat said) of 100 had the number"
	[ "$(found true)" -eq 0 ]
	[ "$(count ".\"fd.name\" == \"$T/secret\"")" -eq 100 ]
}

@test "a path that is not there yet, and a directory that is not: watched once they are, and when one is replaced" {
	echo "$looked" >steps
	cat >>steps <<-'EOF'
		mkdir -p a/b; echo x >a/b/c; ln a/b/c here; cat here; looked 1
		mv a z; cat here
		mkdir -p y/b; echo y >y/b/c; ln y/b/c there; mv y a; cat there; cat here
	EOF
	within 60 "$capture" -e openat --path "$T/a/b/c" -o stream -- sh steps >said
	dump stream >json
	jq -r 'select(."fd.identity") | ."fd.name" + " " + ."fd.nameraw"' json >names
	diff names - <<-EOF
		$T/a/b/c here
		$T/a/b/c there
	EOF
}

@test "a mount over the path: what it means then is watched" {
	mkdir d; echo x >d/f; mkdir e; echo y >e/f; ln e/f name
	cat >steps <<-'EOF'
		mount --bind e d
		until cat name | grep -q y && [ -s seen ]; do ls /proc/self/ns >/dev/null; [ -e stop ] && exit; done
	EOF
	unshare -m sh -c "mount --make-rprivate /; exec '$capture' -e openat --path '$T/d/f' -o pipe.mp -- sh steps" &
	pid=$!
	wait_for "dump pipe.mp 2>/dev/null | grep -q '\"fd.reached\": \"$T/name\"'" 20
	touch stop seen
	wait $pid
}

@test "an event on a descriptor has the watched name, too" {
	watch -e openat,fchmod,ftruncate -- "$PYTHON" -c '
import os
fd = os.open("old", os.O_WRONLY)
os.fchmod(fd, 0o600)
os.ftruncate(fd, 0)'
	[ "$(found '.type == "fchmod"')" -eq 1 ]
	[ "$(found '.type == "ftruncate"')" -eq 1 ]
}

@test "a file reached by a path that the plan names is reported under that path" {
	within 60 "$capture" -e openat --path "$T/secret" --path "$T/old" -o stream -- cat old secret >said
	dump stream >json
	[ "$(count ".\"fd.name\" == \"$T/old\"")" -eq 1 ]
	[ "$(count ".\"fd.name\" == \"$T/secret\"")" -eq 1 ]
	[ "$(count 'has("fd.identity")')" -eq 0 ]
}

@test "one that the plan wants only under the path that was reached, under that" {
	printf 'plan 1\nneed *\nselect "a" unlinkat\n\tfd.name is "%s"\nselect "b" openat\n\tfd.name is ^"%s/"\n' \
		"$T/secret" "$T/d" >plan
	mkdir d; ln secret d/x
	within 60 "$capture" --plan plan -o stream -- cat d/x secret >said
	dump stream >json
	[ "$(count '.type == "openat"')" -eq 1 ]
	[ "$(count ".\"fd.name\" == \"$T/d/x\" and has(\"fd.identity\") == false")" -eq 1 ]
}

@test "a path that excludes an event is not watched as a file: a link is no way out" {
	printf 'plan 1\nneed *\nselect "a" openat\n\tnot fd.name is "%s"\n\tfd.name is ^"%s/d/"\n' \
		"$T/secret" "$T" >plan
	mkdir d; ln secret d/x
	within 60 "$capture" --plan plan -o stream -- cat d/x >said
	dump stream >json
	[ "$(count ".\"fd.name\" == \"$T/d/x\"")" -eq 1 ]
}

@test "--no-file-identity: files are known by their paths only" {
	watch --no-file-identity -- cat old "$T/secret"
	[ "$(count '.type == "openat"')" -eq 1 ]
	[ "$(count 'has("fd.identity")')" -eq 0 ]
}

@test "SIGHUP: the paths of the new plan are watched, those of the old one are not" {
	echo b >b; ln b bb
	plan() { printf 'plan 1\nneed *\nselect "a" openat\n\tfd.name is "%s"\n' "$1" >plan; }
	plan "$T/secret"
	chmod 755 "$T"; chmod 644 plan
	cat >steps <<-EOF
		cat old bb
		printf 'plan 1\nneed *\nselect "b" openat\n\tfd.name is "$T/b"\n' >plan
		kill -HUP \$PPID
		until grep -q taken err; do :; done
		cat old bb
	EOF
	within 60 "$capture" -v --plan plan -o stream -- bash steps >said 2>err
	dump stream >json
	jq -r 'select(."fd.identity") | ."fd.name" + " " + ."fd.nameraw"' json >names
	diff names - <<-EOF
		$T/secret old
		$T/b bb
	EOF
}

@test "at most 4096 paths are watched as files; the others are said and counted" {
	{
		printf 'plan 1\nneed *\nselect "a" openat\n\tfd.name is'
		seq -f " \"/nowhere/%g\"" 1 5000
	} | tr -d '\n' >plan
	sed -i 's/plan 1need \*select "a" openat\t/plan 1\nneed *\nselect "a" openat\n\t/' plan
	echo >>plan
	within 60 "$capture" --plan plan -o stream -- true 2>err
	grep -q '904 paths of the plan are known by name only: 4096' err
	dump stream | jq -s 'map(select(.kind == "STATS"))[-1].counters' >counters
	[ "$(jq '."capture.watched"' counters)" -eq 4096 ]
	[ "$(jq '."capture.unwatched"' counters)" -eq 904 ]
}

@test "the ledger adds up with watched files, and says how many were found by identity" {
	watch -- sh -c 'for i in 1 2 3 4 5 6 7 8 9; do cat old; touch old; done'
	"$PYTHON" "$REPO/tests/stream.py" ledger capture <stream
	[ "$(jq -s 'map(select(.kind == "STATS"))[-1].counters["capture.identified"]' json)" -eq "$(found true)" ]
	[ "$(found '."proc.name" == "cat"')" -eq 9 ]
}

@test "replay is unaffected: what was recorded under the watched name keeps it, nothing else gets one" {
	watch -w recorded.smp -- cat old
	within 60 "$capture" -e openat -o plain -w plain.smp -- cat old >said
	"$capture" -r recorded.smp --path "$T/secret" -o stream
	dump stream >json
	[ "$(found true)" -eq 1 ]
	"$capture" -r plain.smp --path "$T/secret" -o stream
	dump stream >json
	[ "$(count '.type == "openat"')" -eq 0 ]
}

# deeds KERNEL "HOOKS": tests/identity.sh there
deeds()
{
	local dir=$REPO/tests hooks=$2
	[ "$1" = native ] || dir=/data
	run -0 --separate-stderr "$REPO/tests/kernel/run.sh" -t 300 -f "$TBIN/capture/identity" \
		-f "$REPO/tests/identity.sh" "$1" "HOOKS='$hooks' sh $dir/identity.sh"
	for _ in $hooks; do
		cat <<-'EOF'
			before: 1
			link: 1
			mount: 1
			handle: 1
			replace: 1
			remake: 1
			reuse: 0
			unrelated: 0
			write: 1
		EOF
	done >expected
	echo "$output" | diff - expected
}

@test "file identity with the fallback hook, on this kernel" { deeds native fallback; }

@test "file identity with preferred hooks, on the oldest kernel and the newest" {
	need cmd qemu-system-x86_64
	for kernel in 5.10 7.2; do
		"$REPO/tests/kernel/fetch.sh" $kernel >/dev/null || skip "kernel $kernel is not to be had"
		deeds $kernel preferred
	done
}
