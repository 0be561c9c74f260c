-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- How a program of `lunatik trace` is read.

local cases = require("tests.cases")
local clauses = require("lunatik.clauses")

local test, equal, raises = cases.test, cases.equal, cases.raises

local function parse(source)
	return clauses.parse(source, "trace")
end

-- The kinds and targets of all probes.
local function shape(source)
	local texts = {}
	for _, clause in ipairs(parse(source)) do
		for _, probe in ipairs(clause.probes) do
			texts[#texts + 1] = probe.kind .. " " .. (probe.every or probe.hertz or probe.target)
		end
	end
	return table.concat(texts, ", ")
end

-- The message of compiling or running the first clause.
local function message(source)
	local list = parse(source)
	local f, text = clauses.compile(list, 1, _G)
	if f then
		text = select(2, pcall(f, {}))
	end
	return clauses.message(source, "trace", list, text)
end

test("kinds of probes", function ()
	equal(shape("kprobe:vfs_read { print(1) }"), "kprobe vfs_read")
	equal(shape("BEGIN{}END{}"), "BEGIN , END ")
	equal(shape("kretprobe:a {} tracepoint:sched:sched_switch {} k:b{} kr:c{} t:d{}"),
		"kretprobe a, tracepoint sched:sched_switch, kprobe b, kretprobe c, tracepoint d")
	equal(shape("interval:s:5 {} i:ms:10 {} profile:hz:99 {} p:hz:1 {}"), "interval 5000, interval 10, profile 99, profile 1")
	equal(shape("kprobe:a, kprobe:b ,kprobe:c{}"), "kprobe a, kprobe b, kprobe c")
	local probe = parse("uprobe:/usr/bin/bash:readline {}")[1].probes[1]
	equal(probe.path, "/usr/bin/bash")
	equal(probe.target, "readline")
end)

test("spaces, comments, and a first line for the shell", function ()
	equal(shape("#!/usr/sbin/lunatik trace\n-- text {\n\n kprobe:a \n{ } --[[ kprobe:b {} ]] kprobe:c\n{\n}\n\n"), "kprobe a, kprobe c")
end)

test("braces and ends in texts and comments are neither", function ()
	for _, body in ipairs{"x = '}'", 'x = "\\"}"', "x = [[}]]", "x = [==[ ]] } ]==]", "-- }\n", "--[[ } ]]", "--[==[\n}]]\n]==]",
			"x = {1, {2}, [3] = {}}", "x = '\\\n}'", "x = '\\z   \n  }'", "x = a[b[1]]", "x = 1 -- [[ }\n", "x = #{} // 1 .. 2"} do
		local list = parse("kprobe:a { " .. body .. " } kprobe:b {}")
		equal(#list, 2, body)
		local f, text = clauses.compile(list, 1, {})
		equal(f and "function" or text, "function", body)
	end
end)

test("programs that are none", function ()
	raises("trace: there is no clause", parse, "")
	raises("trace: there is no clause", parse, " -- nothing\n")
	raises("trace:1:1: 'probe' is not a kind of probe: BEGIN, END, kprobe", parse, "probe:a {}")
	raises("trace:1:1: kprobe needs a name, as in kprobe:vfs_read", parse, "kprobe {}")
	raises("trace:2:3: BEGIN takes nothing behind it", parse, "END {}\n  BEGIN:x {}")
	raises("trace:1:9: '{' expected", parse, "kprobe:a print")
	raises("trace:1:1: a probe such as kprobe:vfs_read expected", parse, "{ print(1) }")
	raises("trace:1:13: a probe such as kprobe:vfs_read expected", parse, "kprobe:a {} }")
	raises("trace:1:10: this '{' has no '}'", parse, "kprobe:a { if x then")
	raises("trace:1:12: this text or comment has no end", parse, "kprobe:a { 'x }")
	raises("trace:1:12: this text or comment has no end", parse, "kprobe:a { [[x }")
	raises("trace:1:12: this text or comment has no end", parse, "kprobe:a { --[[x }")
	raises("uprobe needs a path and a function", parse, "uprobe:readline {}")
	raises("interval needs a unit and a number", parse, "interval:h:1 {}")
	raises("trace:1:1: '0' is not a number above 0", parse, "interval:s:0 {}")
	raises("'x' is not a number above 0", parse, "profile:hz:x {}")
	raises("profile needs a frequency", parse, "profile:ms:9 {}")
end)

test("messages have line and column of the program", function ()
	equal((message("kprobe:a { print(1 }"):gsub("at 1:1[27]", "at 1:N")), "trace:1:20: ')' expected (to close '(' at 1:N) before the '}'")
	equal(message("kprobe:a { x = = 1 }"), "trace:1:16: unexpected symbol near '='")
	equal(message("kprobe:a {\n  local x = 1\n  x = 1 +* 2\n}"), "trace:3:10: unexpected symbol near '*'")
	equal(message("kprobe:a { local x = event.nothing.more }"), "trace:1:36: attempt to index a nil value (field 'nothing')")
	equal(message("kprobe:a {\n\tlocal s = [[\n\n]]\n\tlocal x = event.nothing.more\n}"),
		"trace:5:26: attempt to index a nil value (field 'nothing')")
	equal(message("kprobe:a { error('no place', 0) }"), "no place")
end)

test("clauses run with an event and a value", function ()
	local list = parse("kprobe:a { return event.pid + (value or 0) + added }")
	local f = clauses.compile(list, 1, {added = 100})
	equal(f({pid = 7}), 107)
	equal(f({pid = 7}, 1000), 1107)
	equal(list[1].names.added, true)
	equal(list[1].names.pid, true)
	equal(list[1].names.nothing, nil)
end)

cases.finish()
