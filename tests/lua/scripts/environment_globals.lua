-- SPDX-License-Identifier: MIT OR GPL-2.0-only
x = 5 print(x, _G.x, _ENV.x, _G._G == _G) _G.y = 6 print(y) x, y = nil print(x, y)
setmetatable(_G, {__index = function(_, k) return "undef " .. k end}) print(foo) setmetatable(_G, nil) print(foo)
