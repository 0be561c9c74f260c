-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local s = "return load(...)(...)"
print(pcall(load(s), s))
