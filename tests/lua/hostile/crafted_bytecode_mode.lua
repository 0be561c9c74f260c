-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
assert(load("\x1bLua", "x", "b"))
