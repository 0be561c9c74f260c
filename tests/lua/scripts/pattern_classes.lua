-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = "aB3 _\t%.~\n\x01\xe9"
for _, c in ipairs {"%a", "%c", "%d", "%g", "%l", "%p", "%s", "%u", "%w", "%x", "%A", "%C", "%D", "%G", "%L", "%P", "%S", "%U", "%W", "%X", "."} do
	print(c, select(2, s:gsub(c, "")))
end
