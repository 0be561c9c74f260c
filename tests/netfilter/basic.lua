-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Hooks that a softirq runtime may register, and those that it may not.

local nf = require("netfilter")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function options(changes)
	local ops = {
		pf = nf.family.INET,
		hooknum = nf.inet_hooks.LOCAL_IN,
		priority = nf.ip_priority.FILTER,
		hook = function() return nf.action.ACCEPT end,
	}
	for name, value in pairs(changes or {}) do
		ops[name] = value
	end
	return ops
end

local function refused(text, changes, removed)
	local ops = options(changes)
	if removed then
		ops[removed] = nil
	end
	raises(text, nf.register, ops)
end

test("constants", function()
	local expected = {
		family = {UNSPEC = 0, INET = 1, IPV4 = 2, ARP = 3, NETDEV = 5, BRIDGE = 7, IPV6 = 10},
		action = {DROP = 0, ACCEPT = 1, STOLEN = 2, QUEUE = 3, REPEAT = 4, STOP = 5, CONTINUE = 0xffffffff, RETURN = -5},
		inet_hooks = {PRE_ROUTING = 0, LOCAL_IN = 1, FORWARD = 2, LOCAL_OUT = 3, POST_ROUTING = 4},
		bridge_hooks = {PRE_ROUTING = 0, LOCAL_IN = 1, FORWARD = 2, LOCAL_OUT = 3, POST_ROUTING = 4},
		arp_hooks = {IN = 0, OUT = 1, FORWARD = 2},
		-- Since Linux 5.16; run.sh wants packets from it where the kernel has it.
		netdev_hooks = {INGRESS = 0, EGRESS = nf.netdev_hooks.EGRESS and 1},
		ip_priority = {FIRST = -2147483648, RAW_BEFORE_DEFRAG = -450, CONNTRACK_DEFRAG = -400, RAW = -300,
			SELINUX_FIRST = -225, CONNTRACK = -200, MANGLE = -150, NAT_DST = -100, FILTER = 0, SECURITY = 50,
			NAT_SRC = 100, SELINUX_LAST = 225, CONNTRACK_HELPER = 300, LAST = 2147483647},
		bridge_priority = {FIRST = -2147483648, NAT_DST_BRIDGED = -300, FILTER_BRIDGED = -200, BRNF = 0,
			NAT_DST_OTHER = 100, FILTER_OTHER = 200, NAT_SRC = 300, LAST = 2147483647},
	}
	for space, names in pairs(expected) do
		for name, value in pairs(names) do
			equal(nf[space][name], value, space .. "." .. name)
		end
		for name in pairs(nf[space]) do
			equal(names[name] ~= nil, true, space .. "." .. name)
		end
	end
end)

test("A16: register returns the hook, and stop may be repeated", function()
	local hook = nf.register(options())
	equal(type(hook), "userdata")
	hook:stop()
	hook:stop()
	raises("object expected", hook.stop, 1)
end)

test("every family and hook registers", function()
	for _, family in ipairs{"INET", "IPV4", "IPV6"} do
		for _, hooknum in pairs(nf.inet_hooks) do
			nf.register(options{pf = nf.family[family], hooknum = hooknum}):stop()
		end
	end
	for _, hooknum in pairs(nf.bridge_hooks) do
		nf.register(options{pf = nf.family.BRIDGE, hooknum = hooknum, priority = nf.bridge_priority.BRNF}):stop()
	end
	for _, hooknum in pairs(nf.arp_hooks) do
		nf.register(options{pf = nf.family.ARP, hooknum = hooknum}):stop()
	end
	for _, hooknum in pairs(nf.netdev_hooks) do
		nf.register(options{pf = nf.family.NETDEV, hooknum = hooknum, dev = "lo"}):stop()
	end
end)

test("fields are mandatory and of one type", function()
	refused("bad field 'pf' (number expected, got nil)", {}, "pf")
	refused("bad field 'hooknum' (number expected, got nil)", {}, "hooknum")
	refused("bad field 'priority' (number expected, got nil)", {}, "priority")
	refused("bad field 'hook' (function expected, got nil)", {}, "hook")
	refused("bad field 'pf' (number expected, got string)", {pf = "2"})
	refused("bad field 'mark' (number expected, got string)", {mark = "2"})
	refused("bad field 'fallback' (number expected, got boolean)", {fallback = true})
	raises("table expected", nf.register)
	raises("table expected", nf.register, 1)
end)

test("A23: values are validated", function()
	refused("bad field 'pf'", {pf = nf.family.UNSPEC})
	refused("bad field 'pf'", {pf = 12})
	refused("bad field 'pf'", {pf = 13})
	refused("bad field 'pf'", {pf = 2 + (1 << 32)})
	for family, names in pairs{INET = nf.inet_hooks, IPV4 = nf.inet_hooks, IPV6 = nf.inet_hooks, BRIDGE = nf.bridge_hooks,
			ARP = nf.arp_hooks} do
		local count = 0
		for _ in pairs(names) do
			count = count + 1
		end
		for _, hooknum in ipairs{count, -1, 255, 1 << 32, math.maxinteger, math.mininteger} do
			refused("bad field 'hooknum'", {pf = nf.family[family], hooknum = hooknum})
		end
	end
	refused("bad field 'hooknum'", {pf = nf.family.NETDEV, hooknum = 2, dev = "lo"})
	refused("bad field 'priority'", {priority = nf.ip_priority.LAST + 1})
	refused("bad field 'priority'", {priority = nf.ip_priority.FIRST - 1})
	refused("bad field 'mark'", {mark = -1})
	refused("bad field 'mark'", {mark = 1 << 32})
	refused("bad field 'fallback'", {fallback = nf.action.STOLEN})
	refused("bad field 'fallback'", {fallback = -1})
end)

test("D-NF-11: a device for NETDEV, and only there", function()
	refused("bad field 'dev' (string expected, got nil)", {pf = nf.family.NETDEV, hooknum = 0})
	refused("bad field 'dev'", {dev = "lo"})
	refused("no device 'nosuch0'", {pf = nf.family.NETDEV, hooknum = 0, dev = "nosuch0"})
	refused("no device", {pf = nf.family.NETDEV, hooknum = 0, dev = ("x"):rep(1000)})
end)

test("D-NF-14: a stopped hook leaves nothing", function()
	local function cycles(count)
		for _ = 1, count do
			nf.register(options()):stop()
		end
		collectgarbage()
		return collectgarbage("count")
	end
	local before = cycles(20)
	equal(cycles(200) < before + 4096, true)
end)

cases.finish()
