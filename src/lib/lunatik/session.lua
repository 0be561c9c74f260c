-- SPDX-License-Identifier: MIT OR GPL-2.0-only

--- The script of each open of the control device: takes a chunk, and returns its result.
-- Globals last as long as the file is open.
--
-- Plain use: write(2) a chunk, read(2) the text of its first result, or of its error.
--
-- Framed use, by the command `lunatik`: the chunk is preceded by the byte 1. The answer, read until the end of file, is
-- a line `STATUS OUTLEN TRACELEN RESULTLEN`, then the text that was printed, the tracebacks, and the
-- results, separated by tabs. STATUS is `ok` or `error`. With the byte 2 instead, results are for a person to read: tables
-- are written out.
-- @script lunatik.session

local lunatik = require("lunatik")

lunatik.runner = require("lunatik.runner")
_G.lunatik = lunatik

--- `help` and `help()` show its text, which is read on that occasion.
_G.help = setmetatable({}, {
	__tostring = function ()
		return require("lunatik.help")
	end,
	__call = tostring,
})

local FRAMED <const> = "\1"
local SHOWN <const> = "\2"

-- Each part of an answer; a chunk may produce far more, and both sides have to hold it.
local PART_MAX <const> = 1 << 20

-- The answers to a chunk that was cut off are made beforehand: there may be no memory left then.
local ABORTED <const> = "the chunk was cut off"
local UNREADABLE <const> = "not enough memory for the answer"

local function frame(status, output, trace, result)
	return string.format("%s %d %d %d\n", status, #output, #trace, #result) .. output .. trace .. result
end

local ABORTED_FRAME <const> = frame("error", "", "", ABORTED)
local UNREADABLE_FRAME <const> = frame("error", "", "", UNREADABLE)

local session = {}

local answer, position, aborted

local function bounded(text)
	if #text <= PART_MAX then
		return text
	end
	return text:sub(1, PART_MAX) .. string.format("\n... %d bytes more\n", #text - PART_MAX)
end

-- An error value's own text, as tostring gives it. A broken __tostring must not hide the error.
local function describe(message)
	local ok, text = pcall(tostring, message)
	return ok and text or "(error object is a " .. type(message) .. " value)"
end

-- A message gets a traceback. An object that knows its text does not: its text is complete.
local function traceback(message)
	if type(message) ~= "string" then
		return {describe(message), ""}
	end
	local trace = debug.traceback(nil, 2)
	-- The frames below the chunk are this file's own.
	return {message, trace:gsub("\n[^\n]*lunatik/session%.lua:.*", "") .. "\n"}
end

local function evaluate(chunk, last, shown)
	local results = table.pack(chunk())
	local texts = {}
	local text = shown and require("lunatik.show") or tostring
	for i = 1, last and math.min(results.n, last) or results.n do
		texts[i] = text(results[i])
	end
	return table.concat(texts, "\t")
end

local function compile(text, isframed)
	if isframed then
		return load(text:sub(2), "=stdin", "t")
	end
	return load(text, nil, "t")
end

-- STATUS, the result or message, and the traceback, from what xpcall has returned.
local function outcome(ok, result)
	if ok then
		return "ok", result, ""
	elseif type(result) ~= "table" then -- there was no chunk, or the message handler itself failed
		return "error", describe(result), ""
	end
	return "error", result[1], result[2]
end

local function framed(ok, result)
	local status, text, trace = outcome(ok, result)
	local output, tracebacks = lunatik.output()
	return frame(status, bounded(output), bounded(tracebacks .. trace), bounded(text))
end

local function plain(ok, result)
	local _, text = outcome(ok, result)
	lunatik.output()
	return bounded(text)
end

--- Compiles and runs a chunk, and makes the answer.
-- One protected call after the other, for each takes stack from what is called in it.
-- @treturn boolean whether there is an answer
-- @treturn string the answer
local function run(text, isframed)
	local compiled, chunk, message = pcall(compile, text, isframed)
	local ok, result = false, message or chunk
	if compiled and chunk then
		ok, result = xpcall(evaluate, traceback, chunk, not isframed and 1 or nil, text:sub(1, 1) == SHOWN)
	end
	return pcall(isframed and framed or plain, ok, result)
end

function session:open()
end

function session:release()
end

--- Runs the chunk in the writer's context. The write itself succeeds whatever comes of the chunk.
function session:write(text)
	local kind = text:sub(1, 1)
	local isframed = kind == FRAMED or kind == SHOWN
	-- When this entry is aborted, nothing after the chunk runs: set the answer for read before.
	answer, position, aborted = isframed and ABORTED_FRAME or ABORTED, 0, isframed
	local ok, result = run(text, isframed)
	answer, aborted = ok and result or isframed and UNREADABLE_FRAME or UNREADABLE, nil
end

-- Output that the chunk printed before it was cut off is still worth showing.
local function salvage()
	local ok, output, trace = pcall(lunatik.output)
	if ok then
		answer = frame("error", bounded(output), bounded(trace), ABORTED)
	end
end

--- Gives the answer, or what is left of it, then the end of file.
function session:read(length)
	if not answer then
		return nil
	end
	if aborted then
		aborted = nil
		pcall(salvage)
	end
	if position == 0 and #answer <= length then -- needs no memory
		local whole = answer
		answer = nil
		return whole
	end
	local part = answer:sub(position + 1, position + length)
	position = position + #part
	if position >= #answer then
		answer = nil
	end
	return part
end

return session
