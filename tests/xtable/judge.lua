-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The match "judge" and the target "JUDGE": the rule's text says what to do with a packet. The target "frames" is the same
-- for bridges.

local lunatik = require("lunatik")
local xtable = require("xtable")

local ICMP <const> = 1
local DATA <const> = 48			-- of an echo request over IPv4, behind what ping puts first

local action = xtable.action
local kept

local matches = {
	all = function() return true end,
	none = function() return false end,
	fail = function() error("judge fails") end,
	loop = function() while true do end end,
	heavy = function() for _ = 1, 25000 do end return false end,
	hotdrop = function(_, par) par.hotdrop = true end,
	icmp = function(skb) return skb:getuint8(9) == ICMP and skb:getuint8(0) >> 4 == 4 end,
	icmp6 = function(skb) return skb:getuint8(6) == 58 and skb:getuint8(0) >> 4 == 6 end,
	written = function(skb) return skb:getstring(DATA, #"written") == "written" end,
	readonly = function(skb) return not pcall(skb.setuint8, skb, DATA, 0) end,
	outside = function(skb)
		return not (pcall(skb.getuint8, skb, #skb) or pcall(skb.getuint8, skb, -1) or pcall(skb.getuint8, skb, 1 << 40))
	end,
	par = function(_, par)
		return par.hotdrop == false and par.thoff == 20 and par.fragoff == 0 and par.hooknum == xtable.inet_hooks.LOCAL_OUT
	end,
	-- The next packet finds all fields again.
	spoil = function(_, par)
		par.hotdrop, par.thoff, par.fragoff, par.hooknum, par.more = nil, nil, nil, nil, {}
		return true
	end,
	keep = function(skb) kept = skb end,
	[("x"):rep(256)] = function() return true end,
	litter = function()
		local t = {}
		for i = 1, 20 do t[i] = {i .. ""} end
		return #t == 20
	end,
}

local targets = {
	accept = function() return action.ACCEPT end,
	drop = function() return action.DROP end,
	stolen = function() return action.STOLEN end,
	continue = function() return action.CONTINUE end,
	["return"] = function() return action.RETURN end,
	["repeat"] = function() return action.REPEAT end,
	queue = function() return action.QUEUE end,
	stop = function() return action.STOP end,
	["nil"] = function() end,
	string = function() return "DROP" end,
	huge = function() return 1 << 40 end,
	fail = function() error("JUDGE fails") end,
	write = function(skb)
		skb:setstring(DATA, "written")
		skb:checksum()
	end,
}

local function text(userargs)
	return (userargs:match("^%Z*"))
end

local function check(userargs)
	assert(#userargs == 256)
	if text(userargs) == "refuse" then
		error("judge refuses")
	end
	if text(userargs) == "other" and lunatik.cpu() ~= 0 then
		error("judge refuses for one CPU")
	end
	if text(userargs) == "void" then
		assert(kept and not pcall(kept.getuint8, kept, 0))
	end
	print("checkentry " .. text(userargs))
end

local function destroy(userargs)
	print("destroy " .. text(userargs))
end

local function judge(functions)
	return function(skb, par, userargs)
		return functions[text(userargs)](skb, par)
	end
end

xtable.match{
	name = "judge", revision = 1, family = xtable.family.UNSPEC, proto = 0, hooks = 0,
	match = judge(matches), checkentry = check, destroy = destroy,
}

xtable.target{
	name = "JUDGE", revision = 1, family = xtable.family.UNSPEC, proto = 0, hooks = 0,
	target = judge(targets), checkentry = check, destroy = destroy,
}

xtable.target{
	name = "frames", revision = 0, family = xtable.family.BRIDGE, proto = 0, hooks = 0,
	target = judge(targets), checkentry = check, destroy = destroy,
}
