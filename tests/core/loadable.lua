-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The files that require and loadfile find, in a process runtime.

local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local folder = "/lib/modules/lua/tests/core/"

test("a Lua file by its name, once", function()
	local first = require("tests.core.module_file")
	equal(first, require("tests.core.module_file"))
	equal(first.name, "tests.core.module_file")
	equal(first.path, folder .. "module_file.lua")
end)

test("a library of C", function()
	equal(type(require("linux").time), "function")
	equal(require("linux"), require("linux"))
end)

test("a file does not shadow a library", function()
	-- tests/core/loader.sh has put /lib/modules/lua/data.lua there.
	equal(type(require("data").new), "function")
end)

test("preload goes first", function()
	package.preload["tests.preloaded"] = function(name) return {name = name} end
	equal(require("tests.preloaded").name, "tests.preloaded")
end)

test("a missing module names the tried files", function()
	local message = raises("module 'tests.nowhere' not found", require, "tests.nowhere")
	assert(message:find("no file '/lib/modules/lua/tests/nowhere.lua'", 1, true), message)
	assert(message:find("no field package.preload['tests.nowhere']", 1, true), message)
end)

test("a missing library names the module to load", function()
	local message = raises("module 'nolibrary' not found", require, "nolibrary")
	assert(message:find("lunatik-lib-nolibrary", 1, true), message)
end)

test("names that are none", function()
	for _, name in ipairs{"", "../x", "a/../../etc/passwd", "x\0y", ("x"):rep(5000), "kfree", "%s%s%n", "X", "a b"} do
		equal(pcall(require, name), false, name:sub(1, 20))
	end
end)

test("package.path cannot lead out", function()
	local path = package.path
	package.path = "/etc/?;/proc/self/?;/lib/modules/lua/../../../etc/?"
	equal(pcall(require, "passwd"), false)
	equal(pcall(require, "hostname"), false)
	package.path = path
end)

test("package.searchpath", function()
	equal(package.searchpath("tests.core.module_file", package.path), folder .. "module_file.lua")
	equal(package.searchpath("passwd", "/etc/?"), nil)
end)

test("loadfile and dofile", function()
	equal(dofile(folder .. "module_file.lua").name, nil)
	equal(type(loadfile(folder .. "module_file.lua")), "function")
	equal(loadfile(folder .. "module_file.lua", "b"), nil)
	local chunk, message = loadfile(folder .. "nowhere.lua")
	equal(chunk, nil)
	equal(message, "cannot open " .. folder .. "nowhere.lua")
	raises("cannot open", dofile, folder .. "nowhere.lua")
end)

test("loadfile stays inside", function()
	for _, name in ipairs{"/etc/passwd", "/proc/self/status", "/dev/zero", "passwd", "", folder .. "../../../../../etc/passwd",
		"/lib/modules/lua", folder, "/etc/lunatik/../passwd", folder .. "link.lua/../x",
		("x"):rep(10000), "/lib/modules/lua/" .. ("x/"):rep(3000)} do
		local chunk, message = loadfile(name)
		equal(chunk, nil, name:sub(1, 40))
		assert(message:find("^cannot open"), message)
	end
end)

test("a script of somebody else's is refused", function()
	for _, name in ipairs{"writable", "owned", "grouped"} do
		local chunk, message = loadfile(folder .. name .. ".lua")
		equal(chunk, nil, name)
		assert(message:find("it must belong to root and be writable by nobody else", 1, true), message)
	end
end)

test("a file that is not plain is refused", function()
	for _, name in ipairs{"fifo", "folder", "device"} do
		equal(loadfile(folder .. name .. ".lua"), nil, name)
	end
end)

test("a huge file is refused", function()
	local chunk, message = loadfile(folder .. "huge.lua")
	equal(chunk, nil)
	assert(message:find("larger than 16 MiB", 1, true), message)
end)

test("a syntax error names its line", function()
	local chunk, message = loadfile(folder .. "broken.lua")
	equal(chunk, nil)
	assert(message:find("core/broken.lua:3:", 1, true), message)
end)

cases.finish()
