# SPDX-License-Identifier: MIT OR GPL-2.0-only
# From the numbers of tests/bench/run (event, handler, instructions), a kernel's table of doc/admin/costs.md. Variables: kernel, version.
function cell(event, handler, base) {
	base = handler == "nothing" ? 0 : number[event, "nothing"]
	return (event, handler) in number ? number[event, handler] - base : "-"
}
{ sub(/\r$/, "") }
/^[a-z]+ [a-z]+ [0-9]+$/ { number[$1, $2] = $3 }
END {
	print "## " kernel ": Linux " version "\n"
	print "| event | nobody handles it | C | iptables | eBPF | Lua |"
	print "| --- | ---: | ---: | ---: | ---: | ---: |"
	count = split("packet:a packet, accepted unseen|port:a packet, its port compared|xdp:the same at the driver (XDP)|" \
		"probe:a call of a function, counted|read:a byte read from a device, by dd", events, "|")
	for (i = 1; i <= count; i++) {
		split(events[i], event, ":")
		name = event[1]
		print "| " event[2] " | " cell(name, "nothing") " | " cell(name, "c") " | " cell(name, "iptables") " | " \
			cell(name, "ebpf") " | " cell(name, "lua") " |"
	}
}
