-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
assert(load("return " .. ("f("):rep(10000) .. (")"):rep(10000)))
