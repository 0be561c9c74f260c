-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: any
local s = "x"
while true do s = s .. s end
