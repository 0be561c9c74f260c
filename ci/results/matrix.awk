# SPDX-License-Identifier: MIT OR GPL-2.0-only
# From the KTAP of tests/run, a kernel's part of doc/admin/kernel-matrix.md: its row, then a line for each result that is no success.
# Variables: kernel, groups (names of the columns), version, run (what ends the row).
function note(kind, text) {
	notes[++count] = sprintf("- `%s`, %s, %s: %s", kernel, name, kind, text)
}
{ sub(/\r$/, "") }
/^    # Subtest: / {
	name = $3
	passed = failed = skipped = before = 0
}
/^        (not )?ok / {
	text = $0
	sub(/^ *(not )?ok [0-9]+ (- )?/, "", text)
	if (/^ *not/) {
		failed++
		note("failed", text)
	} else if (sub(/ *# SKIP/, ":", text)) {
		skipped++
		note("skipped", text)
	} else {
		passed++
	}
}
# A file that failed though no result in it did: its time, its plan, the kernel's log.
/^    (not )?ok / {
	if (/^ *not/ && failed == before) {
		failed++
		note("failed", $NF)
	}
	before = failed
}
/^# end/ { ended = 1 }
/^(not )?ok / { cell[name] = sprintf(failed ? "**%d/%d/%d**" : "%d/%d/%d", passed, failed, skipped) }
END {
	row = sprintf("| %s | %s |", kernel, version)
	columns = split(groups, names, " ")
	for (i = 1; i <= columns; i++) {
		name = names[i]
		if (!(name in cell)) {
			cell[name] = "**none**"
			note("failed", "no result")
		}
		row = row " " cell[name] " |"
	}
	name = "all"
	if (!ended)
		note("failed", "the machine did not reach its end")
	print row " " run " |"
	for (i = 1; i <= count; i++)
		print notes[i]
}
