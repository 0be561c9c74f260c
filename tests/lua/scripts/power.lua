-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(load("return 2 ^ 3", "=s"))
print(load("x = ^", "=s"))
