-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The libraries of the command in sessions: lunatik.json, lunatik.command.
local json = require("lunatik.json")
local command = require("lunatik.command")

local function is(wanted, got)
	if got ~= wanted then
		error(string.format("got %s, not %s", got, wanted), 2)
	end
end

is("null", json(nil))
is("[]", json({}))
is('[1,-9223372036854775808,true,false,"x"]', json({1, math.mininteger, true, false, "x"}))
is('{"1":2,"a":{"b":[[]]}}', json({a = {b = {{}}}, ["1"] = 2}))
is('"\\"\\\\\\n\\u0000\\u007fü"', json('"\\\n\0\127ü'))
is('"(not UTF-8)"', json("\xff"))
is('"function', json(print):sub(1, 9))
local endless = {}
endless[1] = endless
local ok, message = pcall(json, endless)
is(false, ok)
is("tables are nested deeper than 16 levels", message)

is("string.rep\nstring.reverse", command.complete("string.re"))
is("require", command.complete("requ"))
is("and", command.complete("an"))
is("", command.complete("nothing.there"))
is("expression", command.classify("1 + 2"))
is("chunk", command.classify("x = 1"))
is("incomplete", command.classify("for i = 1, 2 do"))
is("chunk", command.classify("x = = 1"))
is("", command.parent("nobody"))
local _, failure = pcall(command.call, "stop", "/nowhere/at/all")
is("'/nowhere/at/all' is in no script folder: copy it to /etc/lunatik, and run it as 'all'", tostring(failure))
