-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
assert(load("\x1bLuaT\0\x19\x93\r\n\x1a\n\4\x08\x08xV\0\0\0\0\0\0\0\0\0\0\0(w@\1", "b"))
