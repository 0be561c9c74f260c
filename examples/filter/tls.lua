-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- The name of the server that a TLS client asks for.

--- Finds the server name in the first record of a connection, a ClientHello.
-- Every length in it is the client's, and checked before it is used.
-- @tparam string hello
-- @treturn ?string the name, nil if the name is missing or incomplete
local HANDSHAKE <const> = 0x16
local CLIENT_HELLO <const> = 1
local SERVER_NAME <const> = 0
local SESSION_ID <const> = 44		-- behind record, handshake, version and random

-- The position behind what begins with its length in so many bytes, or nil.
local function skip(hello, at, bytes)
	if at + bytes - 1 > #hello then
		return nil
	end
	return at + bytes + (">I" .. bytes):unpack(hello, at)
end

local function extensions(hello)
	local at = skip(hello, SESSION_ID, 1)
	at = at and skip(hello, at, 2)		-- cipher suites
	at = at and skip(hello, at, 1)		-- compression methods
	return at and at + 2			-- behind the length of all extensions
end

-- In the extension: length of the list, type of the name, length of the name.
local function name(hello, at)
	local stop = skip(hello, at + 3, 2)
	if stop and stop - 1 <= #hello then
		return hello:sub(at + 5, stop - 1)
	end
end

return function(hello)
	if #hello < SESSION_ID or hello:byte(1) ~= HANDSHAKE or hello:byte(6) ~= CLIENT_HELLO then
		return nil
	end
	local at = extensions(hello)
	while at and at + 3 <= #hello do
		local kind = (">I2"):unpack(hello, at)
		if kind == SERVER_NAME then
			return name(hello, at + 4)
		end
		at = skip(hello, at + 2, 2)
	end
end
