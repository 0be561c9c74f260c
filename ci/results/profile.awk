# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Print the instructions of one event by function. First file: lines `profile EVENT COUNT`, one for each pair of marks. Second
# file, sorted: symbols, `ADDRESS - NAME`, and executed blocks, `ADDRESS NUMBER-OF-MARKS INSTRUCTIONS`. Of an event, the marks
# with the highest and the lowest count are compared, so that what surrounds the events is left out; of equal counts,
# the marks with the fewest instructions, as an interrupt came between the others.

FNR == NR {
	event[++runs] = $2
	times[runs] = $3
	if (!($2 in seen))
		order[++events] = $2
	seen[$2]
	next
}
$2 == "-" {
	# Of several functions at one address, the first is as good as any. These are none.
	if ($3 ~ /^__pfx_|^__.*_(start|end)$/ || $1 == address)
		next
	name = $3
	address = $1
	next
}
{
	place = ($1 "") < "8" ? "(user space)" : name
	sub(/^__x86_indirect_(its_)?thunk_.*/, "(retpolines)", place)
	spent[$2, place] += $3
	total[$2] += $3
	places[place]
}

# Return the marks of an event with a count.
function quietest(which, count, run, best) {
	for (run = 1; run <= runs; run++)
		if (event[run] == which && times[run] == count && (!best || total[run] < total[best]))
			best = run
	return best
}

function row(place, text, i, value, sum) {
	text = "| " place
	for (i = 1; i <= events; i++) {
		value = (spent[long[i], place] - spent[short[i], place]) / (high - low)
		sum += value
		if (value < 12) {
			rest[i] += value
			value = 0
		} else
			large[place]
		text = text " | " (value ? sprintf("%.0f", value) : "")
	}
	if (place in large)
		printf "%d\t%s |\n", sum, text | "sort -rn | cut -f 2-"
}

END {
	for (run = 1; run <= runs; run++) {
		if (!low || times[run] < low)
			low = times[run]
		if (times[run] > high)
			high = times[run]
	}
	head = "| function"
	line = "| ---"
	for (i = 1; i <= events; i++) {
		long[i] = quietest(order[i], high)
		short[i] = quietest(order[i], low)
		head = head " | " order[i]
		line = line " | ---:"
	}
	print head " |\n" line " |"
	fflush()
	for (place in places)
		row(place)
	close("sort -rn | cut -f 2-")
	last = "| all below 12"
	sum = "| **all**"
	for (i = 1; i <= events; i++) {
		last = last " | " sprintf("%.0f", rest[i])
		sum = sum " | " sprintf("%.0f", (total[long[i]] - total[short[i]]) / (high - low))
	}
	print last " |\n" sum " |"
}
