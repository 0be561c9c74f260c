-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A body that waits for a socket, and says how that ended: 0 what to do, 8 how far it is, 16 the errno.

local calls = {
	function (s) s:accept() end,
	function (s) s:receive(10) end,
	function (s)
		local text = ("x"):rep(60000)
		while true do
			s:send(text)
		end
	end,
	-- Nobody answers there: run.sh sees to that.
	function (s) s:connect(10 << 24 | 77 << 16 | 2, 9) end,
	function (s, name) s:connect(name) end,
	function (s, name)
		while true do
			s:send("x", name)
		end
	end,
}

local function body(d, s)
	return function ()
		d:setnumber(8, 1)
		local ok, err = pcall(calls[d:getnumber(0)], s, d:getstring(24))
		d:setnumber(16, not ok and math.type(err) == "integer" and err or -1)
		d:setnumber(8, 2)
	end
end

return function (d, s)
	return body(d, s)
end
