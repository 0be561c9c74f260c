-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Passes every packet, for program.bpf.c.

local xdp = require("xdp")

local PASS <const> = xdp.action.PASS

xdp.attach(function() return PASS end)
