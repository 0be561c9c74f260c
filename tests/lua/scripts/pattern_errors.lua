-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local function e(...) local _, m = pcall(string.match, ...) return (tostring(m):gsub("^.-:%d+: ", "")) end
for _, p in ipairs {"[a", "[", "%", "(", "(a", ")", "%f", "%b", "%bx", "a)", "%1", "(a)%2", "[%", "[a-", "[]", "%g("} do print(p, e("abc", p)) end
