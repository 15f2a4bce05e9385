# SPDX-License-Identifier: BSD-2-Clause
# Who may include whom (design §12). Each rule is also shown to bite, on a tree
# planted with the offence.
load lib

# offences ROOT: every #include of the tree that goes the wrong way, "FILE: LINE"
offences()
(
	cd "$1" || exit
	local f dir inc
	find common cmd bpf -name '*.[ch]' 2>/dev/null | sort | while read -r f; do
		dir=${f%/*}
		grep -oP '^\s*#\s*include\s*"\K[^"]+' "$f" | while read -r inc; do
			may_include "$dir" "$inc" || echo "$f: $inc"
		done
	done
)

# may_include ROOM FILE: whether a file of that room may
may_include()
{
	case $1 in
	common)	[[ $2 == common/* || $2 != */* ]] ;;
	bpf)	[[ $2 == common/*.def || $2 == bpf/* || $2 != */* ]] ;;
	cmd/secmon-capture) # what it shares with the kernel side, but no code of that
		[[ $2 == common/* || $2 == $1/* || $2 != */* ||
		   $2 == bpf/*.def || $2 == bpf/*.h && $2 != *.bpf.h ]] ;;
	cmd/*)	[[ $2 == common/* || $2 == $1/* || $2 != */* && $2 != *.skel.h ]] ;;
	esac
}

# offends FILE TEXT: a tree with that one file is found out
offends()
{
	mkdir -p "$T/tree/${1%/*}"
	printf '#include "%s"\n' "$2" >"$T/tree/$1"
	run -0 offences "$T/tree"
	rm -r "$T/tree"
	[ "$output" = "$1: $2" ]
}

@test "common, bpf and each program include only what their layer may" {
	run -0 offences "$REPO"
	[ -z "$output" ]
}

@test "there is something to check: the four programs and common" {
	for dir in common bpf cmd/secmon-{capture,enrich,match,ship}; do
		[ -n "$(find "$REPO/$dir" -name '*.[ch]' | head -1)" ]
	done
}

@test "common that includes a program's header is found out" {
	offends common/x.c cmd/secmon-ship/queue.h
	offends common/x.c bpf/record.h
}

@test "a program that includes another's header is found out" {
	offends cmd/secmon-ship/x.c cmd/secmon-match/eval.h
	offends cmd/secmon-ship/x.c ../secmon-match/eval.h
}

@test "another program than capture that includes the skeleton or a kernel record is found out" {
	offends cmd/secmon-enrich/x.c capture.skel.h
	offends cmd/secmon-enrich/x.c bpf/record.h
	offends cmd/secmon-capture/x.c bpf/emit.bpf.h
}

@test "bpf that includes a header of common is found out" {
	offends bpf/x.bpf.h common/wire.h
}

@test "the programs link no object of another" {
	run -0 make -C "$REPO" -n -B all
	[ "$(grep -c -- ' -o build/bin/' <<<"$output")" -eq 4 ]
	while read -r line; do
		program=${line##* -o build/bin/}
		program=${program%% *}
		for o in $line; do
			[[ $o != build/obj/cmd/* || $o == build/obj/cmd/$program/* ]]
		done
	done < <(grep -- ' -o build/bin/' <<<"$output")
}
