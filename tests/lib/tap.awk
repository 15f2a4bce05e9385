# SPDX-License-Identifier: BSD-2-Clause
# Counts one job's TAP: "passed failed skipped". -v status= of the job; a test
# that was planned and never reported, or a bad status without a "not ok", is a
# failure too. cmocka writes a skipped test as "not ok N # SKIP".
/^1\.\.[0-9]+/ { sub(/^1\.\./, ""); planned += $1; next }
/^(not )?ok [0-9]+.*# *[Ss][Kk][Ii][Pp]/ { skipped++; next }
/^not ok [0-9]+/ { failed++; next }
/^ok [0-9]+/ { passed++ }
END {
	missing = planned - passed - failed - skipped
	if (missing > 0)
		failed += missing
	if (status != 0 && !failed)
		failed++
	if (status == 0 && !planned)
		failed++
	print passed + 0, failed + 0, skipped + 0
}
