-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
xpcall(error, function() while true do end end)
