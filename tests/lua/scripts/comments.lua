-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- a line
--[[ a block
over lines ]] print("after block")
--[==[ another ]] ]==] print("after level 2")
---[[ not a block
print("line comment")
--]]
