# SPDX-License-Identifier: BSD-2-Clause
# What rules ask of live events is there.
load lib

@test "each field that the published rules ask of a type of event has a value in live events of that type" {
	need bpf
	need shared falco/rules
	cd "$T"
	local rules=() f
	for f in "$SHARED"/falco/rules/*.yaml; do
		rules+=(-r "$f")
	done
	"$match" -L --json "${rules[@]}" >desc 2>said
	"$PYTHON" "$REPO/tests/fields_asked.py" rules desc >rules.yaml
	mkdir calls netcalls taskcalls lives
	within 60 "$capture" --env -e all -o raw -- \
		sh -c "for p in calls netcalls taskcalls lives; do $TBIN/capture/\$p \$p; done" >said
	"$enrich" <raw | "$match" -r rules.yaml | "$ship" -s json:- >alerts
	run "$PYTHON" "$REPO/tests/fields_asked.py" check desc <alerts
	echo "$output"
	[ "$status" -eq 0 ]
}
