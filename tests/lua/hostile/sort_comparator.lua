-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
table.sort({3, 2, 1}, function() while true do end end)
