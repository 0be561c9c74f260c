# SPDX-License-Identifier: MIT OR GPL-2.0-only
# From the numbers of tests/bench/run (event, handler, instructions), a kernel's tables of doc/admin/costs.md. Variables: kernel, version.

# Print what handling adds to an event that nobody handles.
function cell(event, handler, unhandled) {
	return (event, handler) in number ? number[event, handler] - number[unhandled, "nothing"] : "-"
}

# Print what a loop takes.
function loop(name, where) {
	return (name, where) in number ? number[name, where] : "-"
}

{ sub(/\r$/, "") }
/^[a-z]+ [a-z]+ [0-9]+$/ { number[$1, $2] = $3 }
END {
	print "## " kernel ": Linux " version "\n"
	print "| event | nobody handles it | C | iptables | nftables | eBPF | Lua, native | Lua |"
	print "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
	# Event, the event that it is when nobody handles it, text.
	count = split("packet:packet:a packet, accepted unseen|fields:packet:a packet, two fields compared|" \
		"port:packet:a packet, its port compared|pass:xdp:a packet at the driver (XDP), passed unseen|" \
		"xdp:xdp:a packet at the driver, its port compared|probe:probe:a call of a function, counted|" \
		"counts:probe:a call of a function, counted by process|" \
		"read:read:a byte read from a device|random:read:a random character read from a device", events, "|")
	for (i = 1; i <= count; i++) {
		split(events[i], event, ":")
		name = event[1]
		base = event[2]
		print "| " event[3] " | " number[base, "nothing"] " | " cell(name, "c", base) " | " cell(name, "iptables", base) " | " \
			cell(name, "nftables", base) " | " cell(name, "ebpf", base) " | " cell(name, "native", base) " | " cell(name, "lua", base) " |"
	}
	print "\n| loop | Lua in user space | Lua |"
	print "| --- | ---: | ---: |"
	count = split("fib:fib(24)|add:200,000 additions|tables:20,000 small tables|concat:3,000 concatenations to one text|" \
		"gmatch:gmatch over 24 kB|array:an array of 100,000|create:a runtime created and stopped", events, "|")
	for (i = 1; i <= count; i++) {
		split(events[i], event, ":")
		print "| " event[2] " | " loop(event[1], "user") " | " loop(event[1], "lua") " |"
	}
	printf "\nCreating and stopping a runtime waits %d microseconds.\n", number["wait", "lua"] / 1000
}
