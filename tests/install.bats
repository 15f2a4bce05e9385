# SPDX-License-Identifier: BSD-2-Clause
# make install, uninstall, dist: what packages are made of.
load lib

setup()
{
	cd "$REPO"
	root=$T/root
}

make_() { make --no-print-directory -s "$@" DESTDIR="$root"; }

@test "install puts programs, man pages, rules, units and completion below DESTDIR, and nothing elsewhere" {
	run -0 make_ install
	for program in secmon-{capture,enrich,match,ship}; do
		run -0 "$root/usr/local/bin/$program" --version
		[ -s "$root/usr/local/share/man/man8/$program.8" ]
	done
	for f in man/man7/secmon.7 man/man7/secmon-wire.7 man/man7/secmon-fields.7 \
			man/man7/secmon-stats.7 man/man5/secmon-rules.5 \
			bash-completion/completions/secmon; do
		[ -s "$root/usr/local/share/$f" ]
	done
	[ "$(ls "$root"/usr/local/share/secmon/rules/*.yaml | wc -l)" = "$(ls rules/*.yaml | wc -l)" ]
	[ -s "$root/usr/local/lib/systemd/system/secmon-capture.service" ]
	[ "$(ls "$root")" = usr ]
}

@test "nobody but their owner may write what was installed, and only programs run" {
	run -0 make_ install
	[ -z "$(find "$root/usr" -type f -perm /022)" ]
	[ -z "$(find "$root/usr" -type f -perm /111 -not -path '*/bin/*')" ]
}

@test "the installed rules are good for the installed match" {
	run -0 make_ install
	run -0 "$root/usr/local/bin/secmon-match" -V -r "$root/usr/local/share/secmon/rules"
}

@test "the installed units are what systemd understands" {
	need cmd systemd-analyze
	run -0 make_ install
	# it must find the programs, and documentation is not installed here
	sed -i "s,ExecStart=/usr/local,ExecStart=$root/usr/local,; /^Documentation/d" "$root"/usr/local/lib/systemd/system/*.service
	run systemd-analyze verify --man=no --root="" "$root"/usr/local/lib/systemd/system/secmon*
	echo "$output"
	! grep -q secmon <<<"$output"
}

@test "the plan that its unit makes of the installed rules is one that the unit of capture takes" {
	need bpf
	run -0 make_ install
	local units=$root/usr/local/lib/systemd/system
	local make_plan=$(sed -n 's/^ExecStart=//p' "$units/secmon-plan.service")
	local plan=$(sed -n 's/^StandardOutput=truncate://p' "$units/secmon-plan.service")
	grep -qF -- "--plan $plan " "$units/secmon-capture.service"
	${make_plan//\/usr\/local/$root/usr/local} >"$T/plan"
	[ -s "$T/plan" ]
	"$root/usr/local/bin/secmon-capture" --plan "$T/plan" -o "$T/stream" -- true
	[ -s "$T/stream" ]
}

@test "uninstall leaves no file" {
	run -0 make_ install
	run -0 make_ uninstall
	[ -z "$(find "$root" -not -type d)" ]
	[ -z "$(find "$root" -name '*secmon*')" ]
}

@test "install twice is install once" {
	run -0 make_ install
	find "$root" | sort >"$T/once"
	run -0 make_ install
	find "$root" | sort | diff "$T/once" -
}

@test "dist makes an archive of what git has, in one directory" {
	need cmd git
	run -0 make -s dist
	archive=${lines[-1]}
	[[ $(tar -tzf "$archive" | cut -d/ -f1 | sort -u) == secmon-[0-9]* ]]
	tar -tzf "$archive" | grep -q '/Makefile$'
	run tar -tzf "$archive" --wildcards '*/build/*'
	[ "$status" -ne 0 ]
}

@test "building leaves nothing outside build/" {
	need cmd git
	[ -n "${CI:-}" ] || skip "only from a fresh clone (CI=true)"
	run -0 git status --porcelain --ignored
	outside=$(grep -v '^!! build/$' <<<"$output" | grep '^\(??\|!!\)' || true)
	echo "$outside"
	[ -z "$outside" ]
}
