# SPDX-License-Identifier: BSD-2-Clause
# The manual: clean, whole, and what the programs themselves say.
load lib

pages() { ls "$REPO"/man/*.[1-8] "$REPO"/build/man/*.[1-8]; }

# in_help PROGRAM: the options its --help lists, one a line: in lines that begin
# with one, up to the gap before the explanation
in_help()
{
	"$BIN/$1" --help | sed -nE 's/^ +(-.*)/\1/p' | sed 's/  .*//' | tr ' ,=[' '\n' |
		grep -xE -- '--?[A-Za-z0-9][A-Za-z0-9-]*' | sort -u
}

# in_page PROGRAM: the options its man page describes, ".It Fl o , -output Ar FILE":
# words behind Fl, up to the next macro
in_page()
{
	awk '$1 == ".It" && $2 == "Fl" {
		flag = 1
		for (i = 3; i <= NF; i++) {
			if ($i == "Fl")
				flag = 1
			else if ($i ~ /^[A-Z][a-z]$/)
				flag = 0
			else if (flag && $i != ",")
				print "-" $i
		}
	}' "$REPO/man/$1.8" | sort -u
}

@test "every man page passes mandoc's lint" {
	need cmd mandoc
	run -0 mandoc -T lint -W warning $(pages)
	[ -z "$output" ]
}

@test "every cross reference to a page of ours leads to one" {
	for ref in $(sed -n 's/^\.Xr \(secmon[a-z-]*\) \([0-9]\).*/\1.\2/p' $(pages) | sort -u); do
		pages | grep -q "/$ref\$" || { echo "no page $ref"; false; }
	done
}

@test "there is a page for the suite, each program, the rules, the stream, fields and counters" {
	for page in secmon.7 secmon-{capture,enrich,match,ship}.8 secmon-rules.5 \
			secmon-{wire,fields,stats}.7; do
		pages | grep -q "/$page\$" || { echo "no page $page"; false; }
	done
}

@test "every option in --help is in the man page" {
	for program in secmon-{capture,enrich,match,ship}; do
		[ -n "$(in_help $program)" ]
		missing=$(comm -23 <(in_help $program) <(in_page $program))
		[ -z "$missing" ] || echo "$program.8 lacks: $missing" | tee -a "$T/missing"
	done
	[ ! -e "$T/missing" ]
}

@test "every option in the man page is in --help" {
	for program in secmon-{capture,enrich,match,ship}; do
		[ -n "$(in_page $program)" ]
		missing=$(comm -13 <(in_help $program) <(in_page $program))
		[ -z "$missing" ] || echo "$program --help lacks: $missing" | tee -a "$T/missing"
	done
	[ ! -e "$T/missing" ]
}

@test "completion offers every long option that --help lists, and no other" {
	compopt() { :; }
	source "$REPO/contrib/completion/secmon.bash"
	PATH=$BIN:$PATH
	for program in secmon-{capture,enrich,match,ship}; do
		_secmon $program -- ''
		diff <(printf '%s\n' "${COMPREPLY[@]}" | sort -u) <(in_help $program | grep ^--)
	done
}

@test "every program knows --help and --version, on standard output, status 0" {
	for program in secmon-{capture,enrich,match,ship}; do
		run -0 --separate-stderr "$BIN/$program" --help
		[[ $output == *"$program"* && -z $stderr ]]
		run -0 --separate-stderr "$BIN/$program" --version
		[[ $output == "$program "[0-9]* && -z $stderr ]]
	done
}

@test "secmon-fields(7) has every field and event of the tables, secmon-stats(7) every counter" {
	page=$REPO/build/man/secmon-fields.7
	for name in $(sed -n 's/^FIELD([^"]*"\([^"]*\)".*/\1/p; s/^EVENT([^"]*"\([^"]*\)".*/\1/p' \
			"$REPO"/common/{fields,events}.def); do
		grep -qE "^\.It Li $name( Pq .*)?\$" "$page" || { echo "not there: $name"; false; }
	done
	for name in $(sed -n 's/^STAT([^"]*"\([^"]*\)".*/\1/p' "$REPO/common/stats.def"); do
		grep -q "^\.It Li $name " "$REPO/build/man/secmon-stats.7" || { echo "not there: $name"; false; }
	done
}
