-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- Test cases inside a script: prints a line for each, which tests/cases.sh turns into results.
-- @module tests.cases

local cases = {}

local failed = 0

--- Runs a case.
-- @tparam string name
-- @tparam function case raises if it fails
function cases.test(name, case, ...)
	local ok, message = pcall(case, ...)
	if ok then
		print("ok " .. name)
		return
	end
	failed = failed + 1
	print("# " .. tostring(message):gsub("\n", "\n# "))
	print("not ok " .. name)
end

--- Reports a case that this kernel cannot have.
-- @tparam string name
-- @tparam string reason
function cases.skip(name, reason)
	print("ok " .. name .. " # SKIP " .. reason)
end

local function show(value)
	return type(value) == "string" and string.format("%q", value) or tostring(value)
end

--- Raises unless two values are equal.
function cases.equal(actual, expected, what)
	if actual ~= expected then
		error(string.format("%sexpected %s, got %s", what and what .. ": " or "", show(expected), show(actual)), 2)
	end
end

--- Raises unless a function raises an error that holds a text; returns the error.
function cases.raises(text, f, ...)
	local ok, message = pcall(f, ...)
	if ok then
		error("no error raised, expected: " .. text, 2)
	elseif not tostring(message):find(text, 1, true) then
		error(string.format("expected an error with %q, got %q", text, tostring(message)), 2)
	end
	return message
end

--- Calls a function, as pcall does, whose first allocation of memory runs a finalizer.
-- @tparam function finalizer
-- @tparam function f
-- @return what pcall returns
function cases.finalizing(finalizer, f, ...)
	collectgarbage("incremental", 100, 100, 40) -- the first step is a whole cycle
	collectgarbage()
	collectgarbage("stop")
	setmetatable({}, {__gc = finalizer})
	collectgarbage("restart")
	local results = table.pack(pcall(f, ...))
	collectgarbage("incremental", 200, 100, 13)
	return table.unpack(results, 1, results.n)
end

--- Ends the script: raises if a case has failed.
function cases.finish()
	if failed > 0 then
		error(failed .. " cases failed", 0)
	end
end

return cases
