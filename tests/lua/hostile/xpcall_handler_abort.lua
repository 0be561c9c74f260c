-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
while true do xpcall(function() while true do end end, function() while true do end end) end
