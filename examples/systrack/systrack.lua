-- SPDX-License-Identifier: MIT OR GPL-2.0-only
--
-- /dev/systrack: how often some system calls were made since the script was started.
--
--	# lunatik run examples/systrack
--	# cat /dev/systrack

local device = require("device")
local linux = require("linux")
local probe = require("probe")
local syscall = require("syscall.table")

local names = {"openat", "read", "write", "readv", "writev", "close"}
local counts = {}

local function nop() end

for _, name in ipairs(names) do
	counts[name] = 0
	probe.new(syscall[name], {
		pre = function() counts[name] = counts[name] + 1 end,
		post = nop,
	})
end

local driver = {name = "systrack", mode = linux.stat.IRUGO, open = nop, release = nop}

local function format()
	local lines = {}
	for i, name in ipairs(names) do
		lines[i] = ("%s: %d\n"):format(name, counts[name])
	end
	return table.concat(lines)
end

-- Each file is given the text that was made when its first byte was read, in pieces of whatever length it asks for: which
-- text that was is kept in the upper half of its offset.
local FILES_MAX <const> = 64
local texts, last = {}, 0

function driver:read(length, offset)
	if offset == 0 then
		last = last + 1
		texts[last], texts[last - FILES_MAX] = format(), nil
		offset = last << 32
	end
	local text, position = texts[offset >> 32] or "", offset & 0xffffffff
	local piece = text:sub(position + 1, position + length)
	return piece, offset + #piece
end

device.new(driver)
