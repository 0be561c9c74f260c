-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Access to the object of a packet, for a UDP packet to port 7400 (it holds the bytes 0, 1, ... 255, 0, ...),
-- and the remains of the object after its callback (D-NF-4, D-DATA-6).

local nf = require("netfilter")
local rcu = require("rcu")
local cases = require("tests.cases")
local packets = require("tests.netfilter.packets")

local test, equal, raises = cases.test, cases.equal, cases.raises
local shared = rcu.table(1)
local kept, resumed, done

local function bounds(skb)
	local widths = {byte = 1, uint16 = 2, int32 = 4, int64 = 8, number = 8}
	for name, width in pairs(widths) do
		local get, set = skb["get" .. name], skb["set" .. name]
		for _, offset in ipairs{-1, -14, #skb - width + 1, #skb, 1 << 31, 1 << 32, -1 << 32, math.maxinteger, math.mininteger} do
			raises("out of bounds", get, skb, offset)
			raises("out of bounds", set, skb, offset, 0)
		end
		get(skb, #skb - width)
	end
	for _, range in ipairs{{0, #skb + 1}, {0, -1}, {-1, 1}, {#skb, 1}, {1, math.maxinteger}, {math.maxinteger, math.maxinteger}} do
		raises("out of bounds", skb.getstring, skb, range[1], range[2])
	end
	raises("out of bounds", skb.setstring, skb, #skb - 1, "12")
	raises("out of bounds", skb.setstring, skb, math.mininteger, "12")
	raises("out of bounds", skb.setstring, skb, 0, ("x"):rep(#skb + 1))
	equal(skb:getstring(#skb), "")
	skb:setstring(#skb, "")
end

local function contents(skb, at)
	local payload = skb:getstring(at + 8)
	equal(#payload, #skb - at - 8)
	for offset = 0, #payload - 1, 97 do
		equal(skb:getbyte(at + 8 + offset), offset & 0xff, offset)
		equal(payload:byte(offset + 1), offset & 0xff, offset)
	end
	for offset = 0, #payload - 300, 777 do
		equal(skb:getstring(at + 8 + offset, 300) == payload:sub(offset + 1, offset + 300), true, offset)
		equal(skb:getstring(at + 8 + offset, 30) == payload:sub(offset + 1, offset + 30), true, offset)
	end
	equal(tostring(skb):sub(at + 9) == payload, true)
	return payload
end

local function writes(skb, at)
	local payload = contents(skb, at)
	local last = #skb - 9
	skb:setstring(last, "123456789")
	equal(skb:getstring(last, 9), "123456789")
	skb:setint64(last, -2)
	equal(skb:getint64(last), -2)
	skb:setstring(at + 8, payload)
	contents(skb, at)
	equal(skb:checksum(), true)
end

local function inside(skb, network)
	local port, at = packets.udp(skb, network)
	if port ~= 7400 or done then
		return
	end
	done = true
	kept = skb
	test("signed 64-bit offsets", bounds, skb)
	test("contents of " .. (#skb > 10000 and "many fragments" or "one packet"), contents, skb, at)
	test("writes", writes, skb, at)
	test("a packet is not shared", raises, "cannot share", function() shared.packet = skb end)
	resumed = coroutine.wrap(function()
		coroutine.yield()
		return skb:getbyte(0)
	end)
	resumed()
end

local function outside(skb, network)
	if not kept then
		return
	end
	local old = kept
	kept = nil
	test("a kept packet is void", function()
		equal(#old, 0)
		equal(tostring(old), "")
		for _, name in ipairs{"getbyte", "getint64", "getstring"} do
			raises("void", old[name], old, 0)
		end
		raises("void", old.setbyte, old, 0, 0)
		raises("void", old.setstring, old, 0, "x")
		raises("void", old.setstring, old, 0, "")
		raises("void", old.checksum, old)
		raises("void", resumed)
	end)
	print("ok the end")
end

local function register(priority, hook)
	nf.register{pf = nf.family.INET, hooknum = nf.inet_hooks.LOCAL_IN, priority = priority, hook = hook}
end

register(nf.ip_priority.FILTER, inside)
register(nf.ip_priority.FILTER + 1, outside)
