-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Keeps the objects of 300 threads that have ended.

local lunatik = require("lunatik")
local linux = require("linux")
local thread = require("thread")

local runtime = lunatik.runtime("tests/thread/yields")

kept = {}
for i = 1, 300 do
	kept[i] = thread.run(runtime, "many")
	while kept[i]:task() do
		linux.schedule(1)
	end
end
