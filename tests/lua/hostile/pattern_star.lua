-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
print(string.find(("a"):rep(3000), (".*"):rep(30) .. "b"))
