-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- compiles.lua FILE...: fails if one of them is not Lua.

for _, name in ipairs(arg) do
	assert(loadfile(name, "t"))
end
