-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("ab"):rep(3), ("ab"):rep(0), ("ab"):rep(-1), ("ab"):rep(3, ","), ("x"):rep(1, ","), #("xyz"):rep(1000), (""):rep(100))
