-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The first byte of a UDP packet for port 7000 chooses what the hook returns.

local nf = require("netfilter")
local packets = require("tests.netfilter.packets")

local action = nf.action
local repeats = 0

local choices = {
	A = function() return action.ACCEPT end,
	D = function() return action.DROP end,
	S = function() return action.STOLEN end,
	T = function() return action.STOP end,
	N = function() end,
	-- Nobody listens to this queue.
	Q = function() return action.QUEUE | 9 << 16 end,
	B = function() return action.QUEUE | 9 << 16 | 0x8000 end,
	r = function()
		repeats = repeats + 1
		return repeats % 3 == 0 and action.ACCEPT or action.REPEAT
	end,
	e = function() return action.REPEAT end,
	C = function() return action.CONTINUE end,
	R = function() return action.RETURN end,
	x = function() return "1" end,
	y = function() return 6 end,
	z = function() return action.DROP | 1 << 32 end,
	b = function() return true end,
	m = function() return action.DROP, "5" end,
	M = function() return action.DROP, 1 << 32 end,
	-- yielding out of the hook is an error
	Y = function() coroutine.yield() end,
}

local function hook(skb, network)
	local port, at = packets.udp(skb, network)
	if port == 7000 then
		local choose = choices[string.char(skb:getbyte(at + 8))]
		if choose then
			return choose()
		end
	end
end

nf.register{pf = nf.family.INET, hooknum = nf.inet_hooks.LOCAL_OUT, priority = nf.ip_priority.FILTER, hook = hook}
