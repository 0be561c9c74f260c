-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- Answers of DNS over IPv4.

local IPPROTO_UDP <const> = 17
local UDP_HEADER <const> = 8
local DNS_HEADER <const> = 12
local NAME_MAX <const> = 255
local POINTER <const> = 0xc0

local dns = {}

local function u16(skb, offset)
	return (">I2"):unpack(skb:getstring(offset, 2))
end

-- The position behind a name, which ends with a zero byte or with a pointer to the rest of it.
local function skipname(skb, at)
	local stop = at + NAME_MAX
	while at < stop do
		local length = skb:getuint8(at)
		if length >= POINTER then
			return at + 2
		elseif length == 0 then
			return at + 1
		end
		at = at + 1 + length
	end
	error("a name that does not end")
end

--- Where the DNS message begins that a server sends to an address.
-- @tparam data skb the packet
-- @tparam integer ip where its IP header begins
-- @tparam integer client the address
-- @treturn ?integer nil if it is something else
function dns.reply(skb, ip, client)
	if skb:getuint8(ip) >> 4 ~= 4 or skb:getuint8(ip + 9) ~= IPPROTO_UDP then
		return nil
	end
	local udp = ip + (skb:getuint8(ip) & 0xf) * 4
	if (">I4"):unpack(skb:getstring(ip + 16, 4)) == client and u16(skb, udp) == 53 then
		return udp + UDP_HEADER
	end
end

--- Whether a message is about a name.
-- @tparam data skb
-- @tparam integer message where it begins
-- @tparam string name as in the message: each label behind its length
function dns.isabout(skb, message, name)
	local at = message + DNS_HEADER
	local stop = skipname(skb, at)
	return skb:getstring(at, stop - at - 1):lower() == name:lower()
end

--- Calls a function with where the address lies, for each address in the answers.
function dns.addresses(skb, message, callback)
	local at = message + DNS_HEADER
	for _ = 1, u16(skb, message + 4) do	-- questions: name, type, class
		at = skipname(skb, at) + 4
	end
	for _ = 1, u16(skb, message + 6) do	-- answers: name, type, class, time to live, length, data
		at = skipname(skb, at)
		local kind, class, _, length = (">I2I2I4I2"):unpack(skb:getstring(at, 10))
		at = at + 10
		if kind == 1 and class == 1 and length == 4 then
			callback(at)
		end
		at = at + length
	end
end

--- Puts another address into all answers about a name, and mends the checksum.
-- @tparam data skb
-- @tparam integer ip where the IP header begins
-- @tparam string name
-- @tparam integer client who asked
-- @tparam integer address
function dns.doctor(skb, ip, name, client, address)
	local message = dns.reply(skb, ip, client)
	if not message or not dns.isabout(skb, message, name) then
		return
	end
	local bytes = (">I4"):pack(address)
	dns.addresses(skb, message, function(at) skb:setstring(at, bytes) end)
	skb:checksum()
end

return dns
