-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, s in ipairs {"x =", "for", "if x then", "x = = 1", "return return", "local 1", "f(", "x + 1", "end", "::a", "goto", "'abc", "--[[", "x = }", "function f(a,) end", "local function 1() end", "return ... + function", "a = 1 b", "(f)", "f.x:y = 1"} do
	print((select(2, load(s, "=s"))))
end
