-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- Prints and returns.

print("hello", 42)
print("again")
