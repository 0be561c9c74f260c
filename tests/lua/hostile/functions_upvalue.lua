-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
assert(load("local a; " .. ("return function() "):rep(190) .. "return a" .. (" end"):rep(190)))
