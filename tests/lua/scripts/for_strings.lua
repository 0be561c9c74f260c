-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- Strings as the values of a numeric for.
local function run(first, last, step)
	local seen = {}
	local ok, message = pcall(function()
		for i = first, last, step do
			seen[#seen + 1] = tostring(math.tointeger(i))
			if #seen == 10 then
				break
			end
		end
	end)
	print(table.concat(seen, " "), ok or message)
end
local first, last = ("80-82"):match("(%d+)-(%d+)")
run(first, last, 1)
run(80, last, 1)
run(first, 82, 1)
run(1, 3, "1")
run(3, 1, "-1")
run(" 1 ", "0x10", "5")
run("3", 1, 1)
run(1, 2, "0")
run("a", 1, 1)
run(1, "b", 1)
run(1, 2, "c")
run("", 1, 1)
