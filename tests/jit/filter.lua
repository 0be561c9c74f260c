-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- The first byte of a UDP packet for port 7002 chooses a hook, which computes something and prints it. The test runs
-- this script in native code and in the interpreter, and compares.

local nf = require("netfilter")

local ACCEPT <const> = 1
local DROP <const> = 0
local UDP <const> = 17
local LETTER <const> = 28

local sum, count, turns, kept = 0, 0, 0, nil
local box = {n = 0, text = "text", 1, 2, 3}

local function hook(judge)
	nf.register{pf = nf.family.IPV4, hooknum = nf.inet_hooks.LOCAL_OUT, priority = nf.ip_priority.FILTER, hook = judge}
end

local function ours(skb, network)
	return skb:getuint8(network + 9) == UDP and skb:getuint8(network + 22) == 0x1b and skb:getuint8(network + 23) == 0x5a
end

-- All packets: nothing but native code.
hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP then return ACCEPT end
	if skb:getuint8(network + 22) ~= 0x1b or skb:getuint8(network + 23) ~= 0x5a then return ACCEPT end
	count = count + 1
	return skb:getuint8(network + LETTER) == 0x44 and DROP or ACCEPT -- D
end)

-- v: fields of all sizes, at constant and computed offsets
hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x76 then return ACCEPT end
	local header = (skb:getuint8(network) & 15) * 4
	local a, b, c = skb:getuint32(network + 12), skb:getint16(network + header), skb:getuint16(network + header + 4)
	sum = sum ~ a * 3 - (c << 5) ~ (a >> 3)
	sum = sum + skb:getint8(network + LETTER + 1) + skb:getint64(network + 12) // 2 + skb:getnumber(network + 12)
	box.n = box.n + 1
	box[1] = box[2] + c
	print("v", a, b ~= 0, c, skb:getint32(network + 12), skb:getint8(network + LETTER + 1), sum, box.n, box[1], count)
end)

-- i: integers at the limits
hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x69 then return ACCEPT end
	local least, most, n = math.mininteger, math.maxinteger, 7
	local a = most + 1 == least
	local b = least // -1
	n = n * most ~ least
	local c = (n >> 63) + (n << 64) + (least >> 1) + -7 // 2 + -7 % 3 + 7 // n
	for i = most - 2, most do n = n + i end
	for i = least + 2, least, -1 do n = n ~ i end
	for i = 1, 10, 4611686018427387904 do n = n + i end
	print("i", a, b, c, n, 1 < n, n <= -1, n == 3)
end)

-- t: values of other types
hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x74 then return ACCEPT end
	local v = box.text == "text"
	if not v then return DROP end
	box.text = v
	v = kept and 1 or 2
	kept = box.none
	box.text = "text"
	box[4] = nil
	local w = v == 2 and box.text or kept
	print("t", v, w, box.text, kept, box[4], box[3])
	return nil
end)

-- s: stores into the packet
hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x73 then return ACCEPT end
	local old = skb:getuint8(network + LETTER + 1)
	skb:setuint8(network + LETTER + 1, 0x21)
	skb:setuint8(network + LETTER + 2, old)
	skb:setuint16(network + LETTER + 3, -2)
	print("s", old, skb:getuint8(network + LETTER + 1), skb:getuint8(network + LETTER + 2), skb:getuint16(network + LETTER + 3))
	skb:setuint8(network + LETTER + 1, old)
end)

-- k: the packet is kept, and void when it has gone
hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x6b then return ACCEPT end
	local f = function() return skb:getuint8(network + LETTER) end
	print("k", f(), ours(skb, network), coroutine.wrap(f)())
end)

-- e: an error of Lua's
hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x65 then return ACCEPT end
	local a = skb:getuint8(network + 9)
	local none
	sum = sum + a
	return none.field
end)

-- f: an error of a method's, at a constant offset. g: at a computed one. h: beyond the end of an integer
hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x66 then return ACCEPT end
	sum = sum + 1
	return skb:getuint8(5000)
end)

hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x67 then return ACCEPT end
	sum = sum + skb:getuint16(0)
	return skb:getuint32(network + LETTER + (skb:getuint8(network) & 15) * 100)
end)

hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x68 then return ACCEPT end
	return skb:getuint8(network - 9223372036854775807)
end)

-- w: a wrong verdict
hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x77 then return ACCEPT end
	return 77
end)

-- a, b, c, d: loops without an end. p prints how far each came
hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x61 then return ACCEPT end
	while true do turns = turns + 1 end
end)

hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x62 then return ACCEPT end
	for i = 1, math.maxinteger do turns = turns + (i & 3) end
end)

hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x63 then return ACCEPT end
	local i = 0
	repeat
		i = i + 2
		turns = turns + skb:getuint8(network + 9) // 17
	until i == 1
end)

hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x64 then return ACCEPT end
	::again::
	turns = turns + 1
	box.n = turns
	goto again
end)

-- p: all that the others have changed
hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x70 then return ACCEPT end
	print("p", turns, sum, count, box.n, box[1])
end)

-- q: more than a slice, less than the budget
hook(function(skb, network)
	if skb:getuint8(network + 9) ~= UDP or skb:getuint8(network + LETTER) ~= 0x71 then return ACCEPT end
	local n = 0
	for i = 1, 3000 do n = n + i * i end
	for i = 3000, 1, -3 do n = n ~ i end
	print("q", n)
end)
