-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
assert(load("return " .. ("{"):rep(190) .. ("}"):rep(190)))
