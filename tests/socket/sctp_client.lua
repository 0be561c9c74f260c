-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A client of tests/socket/sctp, connected until it is stopped.

local device = require("device")
local socket = require("socket")

local s = socket.new(socket.af.INET, socket.sock.STREAM, socket.ipproto.SCTP)
s:connect(0x0a590001, 1780)

-- The device holds the socket, which keeps it from being collected.
device.new({name = "socket_sctp", open = function () return s end, release = function () end})
