# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Compare the costs of Lua (last column) in a kernel's tables, first file, with those that were just measured, second file: none
# may be more than 5 percent higher. Prints KTAP. Variable: kernel.
BEGIN { FS = " *[|] *" }
FNR == NR { if (/^## /) inside = $0 ~ ("^## " kernel ":") }
!/^[|].*[0-9] [|]$/ { next }
FNR == NR {
	if (inside)
		known[$2] = $(NF - 1)
	next
}
{
	limit = int(known[$2] * 1.05)
	printf "%s %d costs: %s: %d instructions, at most %d\n", $(NF - 1) <= limit ? "ok" : "not ok", ++results, $2, $(NF - 1), limit
	if ($(NF - 1) < known[$2] * 0.95)
		print "# which is less than doc/admin/costs.md has: run `make bench`"
	delete known[$2]
}
END {
	for (name in known)
		printf "not ok %d costs: %s: not measured\n", ++results, name
	print "1.." results + 0
}
