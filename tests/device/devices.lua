-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Devices that tests/device/run.sh reads and writes. None is kept: the runtime owns them.

local device = require("device")
local linux = require("linux")

local function nop() end

local function new(name, driver)
	driver.name = "device_test_" .. name
	driver.open = driver.open or nop
	driver.release = driver.release or nop
	device.new(driver)
end

-- Gives one text and then the end of file.
local function once(result, ...)
	local more = table.pack(...)
	return function(_, _, offset)
		if offset == 0 then
			return result, table.unpack(more)
		end
	end
end

new("plain", {mode = linux.stat.IRUGO, read = function(_, _, offset)
	return ("hello\n"):sub(offset + 1)
end})
new("args", {read = function(self, length, offset)
	return self.name .. " " .. length .. " " .. offset .. "\n", 1000 + offset
end})
new("number", {read = once(42)})
new("empty", {read = function() return "" end})
new("nothing", {read = nop})
new("long", {read = function(_, length) return ("x"):rep(length + 100) end})
new("zeros", {read = once("a\0b\0")})
new("badtype", {read = function() return {} end})
new("badoffset", {read = function() return "text", {} end})
new("negative", {read = function() return "text", -1 end})
new("raises", {read = function() error("no reading here") end, write = function() error({}) end})
new("noread", {})
device.new{name = "device_test_noopen", release = nop, read = once("no open\n")}
device.new{name = "device_test_norelease", open = nop, read = once("no release\n")}
new("openfails", {open = function() error("not today") end})
new("endless", {read = function() while true do end end})
new("blocks", {read = function() linux.schedule() end})
new("notafunction", {read = 5})

-- A reader gets the last text that was written, and how it was written.
local written
new("write", {
	mode = linux.stat.IRUSR | linux.stat.IWUSR | linux.stat.IWGRP,
	write = function(_, text, offset)
		written = #text .. "@" .. offset .. ":" .. text:sub(1, 20)
	end,
	read = function(_, _, offset)
		return offset == 0 and written or nil
	end
})
new("partial", {write = function(_, text) return (#text + 1) // 2 end})
new("toomuch", {write = function() return 1 << 40 end})
new("all", {write = function() return -1 end})
new("none", {write = function(_, _, offset) return nil, offset + 100 end})
new("badwritten", {write = function() return {} end})
new("badposition", {write = function() return 1, -5 end})

-- Callbacks are looked up at each call; metatables count.
local changing = setmetatable({}, {__index = {read = once("first\n")}})
new("changing", changing)
new("change", {write = function()
	changing.read = once("second\n")
end})

-- Counts opens and releases.
local opens, releases = 0, 0
new("counted", {
	open = function() opens = opens + 1 end,
	release = function() releases = releases + 1 end,
	read = function(_, _, offset)
		return offset == 0 and opens .. " " .. releases .. "\n" or nil
	end
})

-- Stops itself while it is read.
local own
own = device.new{
	name = "device_test_own",
	open = nop,
	release = nop,
	read = function()
		own:stop()
		own:stop()
		return "last words\n"
	end
}

collectgarbage()
