# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Count the results of KTAP, flat or nested as tests/run does (group, file, result): prints "PASSED FAILED SKIPPED".
# A file or group that failed though no result in it did (no plan, time, kernel log) counts as one failure.

# Count a line that is a result of its own.
function result() {
	if (/^ *not/)
		failed++
	else if (/# SKIP/)
		skipped++
	else
		passed++
}

# Count a line that sums up others, if it fails and they did not since.
function summary(before) {
	if (/^ *not/ && failed == before)
		failed++
}

/^    # Subtest/ { nested = 1 }
/^        (not )?ok / { result() }
/^    (not )?ok / { summary(before_file); before_file = failed }
/^(not )?ok / {
	if (nested)
		summary(before_group)
	else
		result()
	before_file = before_group = failed
	nested = 0
}
END { print passed + 0, failed + 0, skipped + 0 }
