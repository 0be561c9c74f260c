-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
print(pcall(string.match, ("a"):rep(300), ("(a?"):rep(31) .. (")"):rep(31) .. ("a?"):rep(200)))
