-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A hook of the kind "hardirq" that sends what it is fired with.

return require("tests.sync.hooked")("hardirq")
