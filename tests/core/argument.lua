-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Counts its bodies in the object that it gets.

local memory = assert(..., "an object, please")
assert(select("#", ...) == 1)

memory:setint32(0, memory:getint32(0) + 1)
