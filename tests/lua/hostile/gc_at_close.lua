-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
setmetatable({}, {__gc = function() while true do end end})
