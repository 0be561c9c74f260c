-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local c = setmetatable({}, {__call = function(self, ...) return select("#", ...), ... end})
print(c(), c(1, nil), pcall(c, 5), select("#", c()))
local d = setmetatable({}, {__call = c}) print(d(7) == 2)
print(pcall(function() local x = {} x() end) == true)
