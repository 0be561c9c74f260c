-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The functions of the notifier library, in a script's body.

local data = require("data")
local linux = require("linux")
local lunatik = require("lunatik")
local notifier = require("notifier")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises
local notify, netdev = notifier.notify, notifier.netdev

local function nothing() end

local function names(t)
	local count = 0
	for name, value in pairs(t) do
		equal(math.type(value), "integer", name)
		count = count + 1
	end
	return count
end

test("constants", function()
	equal(notify.DONE, 0)
	equal(notify.OK, 1)
	equal(notify.BAD, 0x8002)
	equal(notify.STOP, 0x8001)
	equal(names(notify), 4)
	equal(names(notifier.kbd), 5)
	equal(notifier.kbd.KEYCODE, 1)
	equal(notifier.kbd.POST_KEYSYM, 5)
	equal(names(notifier.vt), 5)
	equal(notifier.vt.VT_PREWRITE, 5)
	equal(netdev.UP, 1)
	equal(netdev.REGISTER, 5)
	equal(netdev.UNREGISTER, 6)
	-- Every kernel has so many; run.sh knows which have more.
	equal(names(netdev) >= 34, true)
	local seen = {}
	for name, value in pairs(netdev) do
		equal(seen[value], nil, name)
		seen[value] = name
	end
end)

test("stop and delete, again and again", function()
	for _, new in ipairs {notifier.keyboard, notifier.vterm, notifier.netdevice} do
		local n = new(nothing)
		equal(select("#", n:stop()), 0)
		n:stop()
		n:delete()
		local d = new(nothing)
		d:delete()
		d:stop()
	end
end)

test("wrong arguments", function()
	for _, new in ipairs {notifier.keyboard, notifier.vterm, notifier.netdevice} do
		raises("function expected", new)
		raises("function expected", new, {})
	end
	local n = notifier.keyboard(nothing)
	raises("notifier expected, got data", n.stop, data.new(1))
	raises("object expected", n.stop)
	n:stop()
end)

test("netdevice reports the interfaces that exist before it returns", function()
	local seen = {}
	local n = notifier.netdevice(function(event, name)
		seen[#seen + 1] = name .. event
	end)
	n:stop()
	equal(seen[1], "lo" .. netdev.REGISTER)
	local count = #seen
	linux.schedule(10)
	equal(#seen, count, "not of their end when it stops")
end)

test("a veto in the replay ends the registration, and undoes it", function()
	local undone = false
	local function refuse(event)
		if event == netdev.UNREGISTER then
			undone = true
		end
		return event == netdev.REGISTER and notify.BAD or notify.DONE
	end
	for _ = 1, 3 do
		raises("couldn't create notifier (its callback refused an interface, error 1)", notifier.netdevice, refuse)
	end
	equal(undone, false, "the first interface was refused")
end)

test("errors in the replay are OK", function()
	local calls = 0
	local n = notifier.netdevice(function()
		calls = calls + 1
		error("replayed")
	end)
	n:stop()
	equal(calls > 0, true)
end)

test("an endless loop in the replay ends", function()
	notifier.netdevice(function() while true do end end):stop()
end)

test("known problem 19: no registration from inside a callback", function()
	local message
	local n = notifier.netdevice(function()
		local _
		_, message = pcall(notifier.netdevice, nothing)
	end)
	n:stop()
	equal(message:find("may not sleep", 1, true) ~= nil, true, message)
end)

test("no sleep in a callback, and the state is whole afterwards", function()
	local message
	local n = notifier.netdevice(function()
		local _
		_, message = pcall(linux.schedule, 1)
	end)
	n:stop()
	equal(message:find("linux.schedule may sleep", 1, true) ~= nil, true, message)
	linux.schedule(1)
end)

test("a notifier stops another in the replay", function()
	local victim = notifier.netdevice(nothing)
	notifier.netdevice(function() victim:stop() end):stop()
	lunatik.flush()
	victim:stop()
end)

test("many notifiers, forgotten", function()
	local rt <close> = lunatik.runtime("tests/notifier/many")
end)

test("a limit holds, and a stop gives its share back", function()
	for _ = 1, 2 do
		raises("(there are 64 of its kind, error 28)", lunatik.runtime, "tests/notifier/toomany")
	end
	notifier.netdevice(nothing):stop()
end)

cases.finish()
