-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The hook points that crowd.lua has filled, and those that it has not.

local nf = require("netfilter")

local function try(family, point)
	local ok, message = pcall(nf.register, {hook = function() end, pf = nf.family[family], hooknum = nf.inet_hooks[point],
		priority = nf.ip_priority.FILTER})
	print(family, point, ok and "registered" or message)
end

try("IPV4", "LOCAL_OUT")
try("INET", "LOCAL_OUT")
try("IPV6", "LOCAL_OUT")
try("IPV4", "LOCAL_IN")
