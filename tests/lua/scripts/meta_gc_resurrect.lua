-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local saved
do local o = setmetatable({v = 1}, {__gc = function(o) saved = o end}) end
local a, b, c collectgarbage() collectgarbage() print(saved and saved.v)
