-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Errors and methods of the device library, from a script's body.

local data = require("data")
local device = require("device")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function nop() end

local function driver(name, more)
	local t = {name = name, open = nop, release = nop}
	for key, value in pairs(more or {}) do
		t[key] = value
	end
	return t
end

test("D-DEV-9: names are validated", function()
	for _, name in ipairs{"", "a/b", "/dev/x", "..", ".", ".hidden", ("n"):rep(64), "a!b", "a b", "a\nb", "a\0b", "\200"} do
		raises("bad field 'name'", device.new, driver(name))
	end
	raises("bad field 'name' (string expected, got nil)", device.new, {})
	raises("bad field 'name' (string expected, got number)", device.new, driver(5))
	raises("table expected", device.new)
	raises("table expected", device.new, "name")
end)

test("names up to 63 characters", function()
	local d = device.new(driver(("n"):rep(63)))
	d:stop()
end)

test("names that are taken are refused", function()
	local d = device.new(driver("device_test_taken"))
	raises("failed to create a new device (-17): '/dev/device_test_taken' exists already", device.new, driver("device_test_taken"))
	raises("failed to create a new device (-17): '/dev/null' exists already", device.new, driver("null"))
	raises("exists already", device.new, driver("kmsg"))
	d:stop()
	device.new(driver("device_test_taken")):stop()
end)

test("A5: stop is a method and a function, and may be repeated", function()
	local d = device.new(driver("device_test_stop"))
	equal(select("#", d:stop()), 0)
	d:stop()
	device.stop(d)
	d = device.new(driver("device_test_stop"))
	device.stop(d)
	d:stop()
end)

test("D-CORE-10: only devices are accepted", function()
	raises("device expected", device.stop, data.new(1))
	raises("object expected", device.stop, {})
	raises("object expected", device.stop)
	local d = device.new(driver("device_test_class"))
	equal(getmetatable(d), false)
	d:stop()
end)

test("bad fields", function()
	raises("bad field 'session' (string expected, got number)", device.new, driver("device_test_bad", {session = 1}))
	raises("bad field 'session'", device.new, driver("device_test_bad", {session = ""}))
	raises("bad field 'session'", device.new, driver("device_test_bad", {session = ("s"):rep(200)}))
	for _, name in ipairs{"lunatik/session", "driver"} do
		raises("needs privileged = true", device.new, driver("device_test_bad", {session = name}))
		raises("needs privileged = true", device.new, driver("device_test_bad", {session = name, privileged = false}))
		device.new(driver("device_test_good", {session = name, privileged = true})):stop()
	end
	device.new(driver("device_test_bad", {mode = "444"})):stop()
end)

test("many devices", function()
	local all = {}
	for i = 1, 100 do
		all[i] = device.new(driver("device_test_many" .. i))
	end
	for i = 1, 100 do
		all[i]:stop()
	end
end)

cases.finish()
