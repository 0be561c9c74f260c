-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
table.move({}, 1, 1 << 40, 2)
