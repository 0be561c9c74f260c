-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- In a runtime that may not sleep: constants, and no sockets.

local socket = require("socket")

assert(socket.ipproto.TCP == 6 and socket.af.INET == 2)
socket.new(socket.af.INET, socket.sock.DGRAM, 0)
