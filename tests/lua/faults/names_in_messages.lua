-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- 5.4.7 calls a field of the string "_ENV" a global, and 5.4 names the last line of a function that assigns to a constant.
local ok, message = pcall(load('return ("_ENV").x()'))
assert(not ok and message:match("field 'x'"), message)
message = select(2, load("local x <const> = 1\nfunction x()\n\nend"))
assert(message:match(":2: attempt to assign to const variable 'x'$"), message)
