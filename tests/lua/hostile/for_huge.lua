-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
for i = 1, math.maxinteger do end
