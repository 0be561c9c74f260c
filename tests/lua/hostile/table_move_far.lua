-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
table.move({}, 1, math.maxinteger - 1, 2)
