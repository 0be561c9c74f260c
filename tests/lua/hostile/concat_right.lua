-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
assert(load("return " .. ("1 .. "):rep(10000) .. "1"))
