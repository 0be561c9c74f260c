-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
local s, set = ("a"):rep(100000), "[" .. ("b"):rep(100000) .. "a]*"
for i = 1, 1000 do s:match(set) end
