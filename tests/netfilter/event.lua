-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The first byte of a UDP packet for port 7001 chooses what happens in the entry that it makes. A surprise raises an
-- error.

local nf = require("netfilter")
local packets = require("tests.netfilter.packets")

local cases = {}
local garbage = {}
local last = 0

-- More than a slice: the entry behind it has its whole budget again.
function cases.b()
	for i = 1, 3000 do
		garbage[i % 10] = {}
	end
end

-- The stack of the hook's thread moves, and shrinks when it is collected.
function cases.d()
	local function deep(n)
		return n == 0 and 0 or 1 + deep(n - 1)
	end
	assert(deep(500) == 500)
	for i = 1, 20 do
		garbage[i % 10] = {tostring(i)}
		collectgarbage("step")
	end
end

-- An error closes variables while the packet is still there.
function cases.c(skb)
	local variable <close> = setmetatable({}, {__close = function() last = #skb end})
	error("planned closing")
end

function cases.C()
	assert(last >= 29, "the packet was gone")
	last = 0
end

function cases.t()
	local co = coroutine.wrap(function(a)
		return coroutine.yield(a + 1) * 2
	end)
	assert(co(1) == 2 and co(5) == 10)
	assert(select(2, coroutine.running()) == false)
end

-- The abort passes the handler, which nothing else finds afterwards.
function cases.x()
	xpcall(function() while true do end end, function() return "planned handler" end)
end

function cases.e()
	error({})
end

function cases.n()
	local none
	return none.field
end

function cases.m(skb, network)
	assert(nf.action.ACCEPT == 1 and math.type(network) == "integer")
	return nf.action.ACCEPT, 77
end

local function hook(skb, network, ...)
	assert(select("#", ...) == 0)
	local port, at = packets.udp(skb, network)
	if port == 7001 then
		return cases[string.char(skb:getbyte(at + 8))](skb, network)
	end
	return nf.action.ACCEPT
end

-- Parameters for which there is no argument are nil, whatever lay there.
local function more(skb, network, a, b, c)
	assert(a == nil and b == nil and c == nil)
	a, b, c = 1, skb, network
	return nf.action.ACCEPT
end

local function fewer(skb)
	assert(#skb > 0)
end

local function none()
	return nil
end

for point, judge in pairs{LOCAL_OUT = hook, POST_ROUTING = more, LOCAL_IN = fewer, PRE_ROUTING = none} do
	nf.register{pf = nf.family.IPV4, hooknum = nf.inet_hooks[point], priority = nf.ip_priority.FILTER, hook = judge}
end
