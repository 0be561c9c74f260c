-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- mutate.lua MUTATIONS NUMBER FOLDER - break the translator in FOLDER in one way of the list, and print the way's name.
-- Exit status: 2 behind the end of the list, 1 if what is to be replaced is not in the file exactly once.

local escapes = { n = "\n", t = "\t", ["\\"] = "\\" }

local function unescape(text)
	return (text:gsub("\\(.)", escapes))
end

local function line_of(name, wanted)
	local number = 0

	for line in io.lines(name) do
		number = number + (line:find("^#") and 0 or 1)
		if number == wanted and not line:find("^#") then
			return line
		end
	end
end

local function contents(name)
	local file = assert(io.open(name, "rb"))
	local text = file:read("a")

	file:close()
	return text
end

local line = line_of(arg[1], tonumber(arg[2]))
if not line then
	os.exit(2)
end

local name, file, from, to = line:match("^([^\t]+)\t([^\t]+)\t([^\t]+)\t([^\t]+)$")
local path = arg[3] .. "/" .. file
local text = contents(path)
local first, last = text:find(unescape(from), 1, true)

print(name)
if not first or text:find(unescape(from), last + 1, true) then
	io.stderr:write("what is to be replaced is not there exactly once\n")
	os.exit(1)
end
local changed = assert(io.open(path, "wb"))
changed:write(text:sub(1, first - 1), unescape(to), text:sub(last + 1))
changed:close()
