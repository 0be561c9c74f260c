-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The function that program.bpf.c asks: the first byte that a UDP packet carries says what to do with it.

local netfilter = require("netfilter")
local xdp = require("xdp")

local action = xdp.action
local PAYLOAD <const> = 42
local JUMBO <const> = 8000

local kept, void

local choices = {
	A = function() return action.ABORTED end,
	D = function() return action.DROP end,
	P = function() return action.PASS end,
	R = function() return action.REDIRECT end,
	T = function() return action.TX end,
	N = function() end,
	-- values that are not an action
	["5"] = function() return 5 end,
	["-"] = function() return -1 end,
	H = function() return action.DROP | 1 << 32 end,
	S = function() return "1" end,
	B = function() return true end,
	E = function() error("judge fails") end,
	L = function() while true do end end,
	-- the bytes that the program passes
	W = function(_, argument) argument:setuint32(0, argument:getuint32(0) + 70) end,
	e = function(_, argument) return #argument == 0 and action.DROP end,
	u = function() return action.DROP end,
	K = function(buffer, argument) kept = {buffer, argument} end,
	V = function() return void and action.DROP end,
	J = function(buffer)
		local last = PAYLOAD + JUMBO - 1
		return #buffer == last + 1 and buffer:getuint8(last) == ("J"):byte() and #buffer:getstring(0) == last + 1 and
			not pcall(buffer.setuint8, buffer, last, 0) and not pcall(buffer.getuint8, buffer, last + 1) and action.DROP
	end,
	Q = function() xdp.detach() end,
}

local function judge(buffer, argument)
	return choices[string.char(buffer:getuint8(PAYLOAD))](buffer, argument)
end

local function is_void(object)
	return #object == 0 and not pcall(object.getuint8, object, 0) and not pcall(object.setuint8, object, 0, 0)
end

-- Each takes the place of the one before; other arguments mean nothing.
xdp:detach()
xdp.attach(function() error("replaced") end)
xdp:detach()
xdp.detach()
xdp.attach(function() error("replaced") end)
xdp.attach(judge, "another", {})

-- Behind the program: looks at what was kept.
netfilter.register{
	pf = netfilter.family.IPV4, hooknum = netfilter.inet_hooks.PRE_ROUTING, priority = netfilter.ip_priority.FIRST,
	hook = function()
		if kept then
			void = is_void(kept[1]) and is_void(kept[2])
			kept = nil
		end
	end,
}
