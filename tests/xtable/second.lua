-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- An extension of another script: the match "second", for packets of a length. Nobody learns of its failures.

local xtable = require("xtable")

local function nop() end

xtable.match{
	name = "second", revision = 0, family = xtable.family.IPV4, proto = 1, hooks = 1 << xtable.inet_hooks.LOCAL_OUT,
	fallback = true,
	match = function(skb, _, userargs)
		local size = tonumber(userargs:match("^%d+"))
		return #skb == (size or error("no size"))
	end,
	checkentry = nop,
	destroy = nop,
}
