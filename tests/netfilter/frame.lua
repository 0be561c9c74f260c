-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A callback that calls no function, and fails while a variable is to be closed. Closing it needs more stack, so that
-- the collector runs there, and calls finalizers of what another callback has left.

local nf = require("netfilter")

local names = {}
for i = 1, 100 do
	names[i] = "a" .. i
end
local closing = setmetatable({}, {__close = load("local " .. table.concat(names, ","))})
local finalized = setmetatable({}, {__index = {n = 0}})

local function litter()
	setmetatable({}, {__gc = function() finalized.n = finalized.n + 1 end})
end

local function fail()
	local variable <close> = closing
	return nil + 1
end

for point, hook in pairs{LOCAL_OUT = litter, LOCAL_IN = fail} do
	nf.register{pf = nf.family.IPV4, hooknum = nf.inet_hooks[point], priority = nf.ip_priority.FILTER, hook = hook}
end
