-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
assert(load(("do "):rep(190) .. (" end"):rep(190)))
