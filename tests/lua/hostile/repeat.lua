-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
repeat local x = 1 until false
