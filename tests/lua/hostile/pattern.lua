-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
print(string.match(("a"):rep(60), (".-"):rep(18) .. "b"))
