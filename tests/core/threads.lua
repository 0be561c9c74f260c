-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The threads on which the kernel's callbacks and bodies run are the host's: a script cannot use them as coroutines,
-- whether anything runs on them or not.

local linux = require("linux")
local lunatik = require("lunatik")
local notifier = require("notifier")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local NOT_SUSPENDED <const> = "cannot resume non-suspended coroutine"
local main <const> = coroutine.running()

-- The thread of a hook, and what it found out about others: the replay calls it at once.
local function hook(action)
	local thread, result
	local n = notifier.netdevice(function()
		if not thread then
			thread = coroutine.running()
			result = action and table.pack(action())
		end
	end)
	return thread, n, result
end

local function refused(thread, ...)
	local ok, message = coroutine.resume(thread, ...)
	equal(ok, false)
	equal(message, NOT_SUSPENDED)
	equal(coroutine.status(thread), "normal")
	raises("cannot close a normal coroutine", coroutine.close, thread)
end

test("a hook between its events", function()
	local thread, n = hook()
	refused(thread)
	refused(thread, -5)
	refused(thread, {}, print)
	n:stop()
	refused(thread)
end)

test("another hook, from a callback", function()
	local thread, n = hook()
	local _, other, result = hook(function() return coroutine.resume(thread) end)
	equal(result[1], false)
	equal(result[2], NOT_SUSPENDED)
	n:stop()
	other:stop()
end)

test("the main thread, from a callback", function()
	local _, n, result = hook(function()
		return coroutine.status(main), pcall(coroutine.close, main)
	end)
	equal(result[1], "normal")
	equal(result[2], false)
	n:stop()
end)

test("the main thread, from a coroutine", function()
	coroutine.wrap(function() refused(main) end)()
end)

test("callbacks know what may sleep", function()
	local _, n, result = hook(function() return pcall(lunatik.rearm, "nobody") end)
	equal(result[1], false)
	equal(result[2]:find("lunatik.rearm may sleep", 1, true) ~= nil, true, result[2])
	n:stop()
	equal(lunatik.rearm("nobody"), nil)
end)

test("coroutines of the script are as ever", function()
	local thread = coroutine.create(function(a) return coroutine.yield(a + 1) end)
	equal(select(2, coroutine.resume(thread, 1)), 2)
	equal(coroutine.status(thread), "suspended")
	equal(coroutine.close(thread), true)
	equal(coroutine.status(thread), "dead")
	linux.schedule(1)
end)

cases.finish()
