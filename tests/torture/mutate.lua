-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- mutate.lua frames SEED COUNT: writes COUNT mutated chunks to sessions of /dev/lunatik, framed and not, reads what comes back in
-- pieces, closes in between. mutate.lua script SEED FILE: prints the text of a script, mutated. For user space.

local state

local function random(n)
	state = state ~ state << 13
	state = state ~ state >> 7
	state = state ~ state << 17
	return ((state * 0x2545f4914f6cdd1d) >> 33) % n + 1
end

local chunks <const> = {
	"return 1", "return 1, nil, 'x'", "print('text', 2)", "return lunatik.list(true)", "error('x')", "error({})", "return lunatik.status().memory",
	"for i = 1, 10 do print(i) end", "return ('x'):rep(1000)", "return coroutine.wrap(function() coroutine.yield(1) end)()",
	"lunatik.runner.run('tests/torture/nothing')", "lunatik.runner.stop('tests/torture/nothing')", "return lunatik.runner.list()",
	"local t <close> = setmetatable({}, {__close = print}) error('closed')", "return setmetatable({}, {__tostring = error})", "return 1 +",
	"x = (x or 0) + 1 return x", "return lunatik.output()", "return require('data').new(100)", "lunatik = nil", "return string.format('%5d', 3)",
	"lunatik.runner.spawn('tests/torture/nothing')", "return pcall(error)", "return load('return ' .. ('('):rep(300))", "return #lunatik._ENV",
}

local tokens <const> = {
	"(", ")", "end", "function", "{", "}", "\0", "\1", "\27Lua", "1 << 63", "nil", "[[", "]]", "--", "local", "<close>", "goto", "::a::", "\"", "'", "\\u{7fffffff}",
	"\\z", "return", "...", "\255", "_ENV", "0x", "1e5", "for i = 1, 3 do", ",", "=", "..", "#", "not", "string.rep", "coroutine.yield()",
}

local function mutated(text)
	for _ = 1, random(4) - 1 do
		local at = random(#text + 1)
		local n = random(20)
		local kind = random(7)
		if kind == 1 then
			text = text:sub(1, at - 1) .. string.char(random(256) - 1) .. text:sub(at + 1)
		elseif kind == 2 then
			text = text:sub(1, at - 1) .. text:sub(at + n)
		elseif kind == 3 then
			text = text:sub(1, at + n) .. text:sub(at)
		elseif kind == 4 then
			text = text:sub(1, at - 1) .. tokens[random(#tokens)] .. text:sub(at)
		elseif kind == 5 then
			text = text:sub(1, at)
		elseif kind == 6 then
			text = text:sub(1, at) .. text:sub(at, at + n):rep(random(1000)) .. text:sub(at + 1)
		else
			text = text:sub(1, at - 1) .. " " .. tokens[random(#tokens)] .. " " .. text:sub(at)
		end
	end
	return text
end

local function frames(count)
	local file
	for _ = 1, count do
		if not file or random(3) == 1 then
			if file then
				file:close()
			end
			file = assert(io.open("/dev/lunatik", "r+"))
			file:setvbuf("no")
		end
		local text = mutated(chunks[random(#chunks)])
		if random(50) == 1 then
			text = text .. (" "):rep(1 << 20 | random(100000))
		end
		file:write((random(4) > 1 and "\1" or "") .. text)
		file:seek("cur", 0) -- C wants something between writing and reading
		for _ = 1, random(4) - 1 do
			file:read(random(3) == 1 and 1 or random(5000))
		end
	end
end

local kind, seed, what = arg[1], math.tointeger(arg[2]), arg[3]
state = (seed + 1) * 0x9e3779b97f4a7c15 | 1
if kind == "frames" then
	frames(math.tointeger(what))
else
	local file <close> = assert(io.open(what))
	io.write(mutated(mutated(file:read("a"))))
end
