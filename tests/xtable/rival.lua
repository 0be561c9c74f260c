-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Another script with the extension of second.lua, of which the kernel takes one.

require("tests.xtable.second")
