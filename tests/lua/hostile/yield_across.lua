-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
print(pcall(table.sort, {3, 2, 1}, coroutine.wrap(function() coroutine.yield() end)))
