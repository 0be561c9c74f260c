-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
for i = 1, 2, 0 do end
