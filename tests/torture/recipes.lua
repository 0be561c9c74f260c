-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Arguments that mostly work, for tests/torture/generate: so calls get further than their first check.
-- A function that is not here is called all the same: with its class's object first, and with all sorts of values.

return function(tools)
	local random, chance, pick = tools.random, tools.chance, tools.pick

	local recipes = {}

	-- ---- functions: the kinds of their arguments, and
	--	makes	class of the result
	--	sleeps	callbacks that may not sleep are refused
	--	blocks	wrong arguments may make it wait for ever, so the body gets none
	--	where	contexts in which it works (p, s, h), otherwise all
	--	rare	it ends much that other steps need
	local calls = {
		["data.new"] = {"size", makes = "data", sleeps = true},
		["fifo.new"] = {"size", makes = "fifo", sleeps = true},
		["fifo:push"] = {"obj:fifo", "string"},
		["fifo:pop"] = {"obj:fifo", "small"},
		["fifo:pushmessage"] = {"obj:fifo", "string"},
		["fifo:popmessage"] = {"obj:fifo"},
		["completion.new"] = {makes = "completion", sleeps = true},
		["completion:complete"] = {"obj:completion"},
		["completion:wait"] = {"obj:completion", "timeout", sleeps = true, blocks = true},
		["mailbox.inbox"] = {"size", sleeps = true},
		["mailbox.outbox"] = {"size", sleeps = true},
		["rcu.table"] = {"small", makes = "rcu", sleeps = true},
		["rcu.insert"] = {"obj:rcu", "name", "obj:any"},
		["rcu.map"] = {"obj:rcu", "func"},
		["rcu:__index"] = {"obj:rcu", "name"},
		["rcu:__newindex"] = {"obj:rcu", "name", "obj:any"},
		["map.hash"] = {"small", "map options", makes = "map", sleeps = true},
		["map.lru"] = {"small", "map options", makes = "map", sleeps = true},
		["map.array"] = {"small", "map options", makes = "map", sleeps = true},
		["map.histogram"] = {"histogram options", makes = "map", sleeps = true},
		["map.open"] = {"pinned", makes = "map", sleeps = true},
		["map:__index"] = {"obj:map", "map key"},
		["map:__newindex"] = {"obj:map", "map key", "map value"},
		["map:get"] = {"obj:map", "map key"},
		["map:set"] = {"obj:map", "map key", "map value"},
		["map:add"] = {"obj:map", "map key", "small"},
		["map:rows"] = {"obj:map", "map key"},
		["map:histogram"] = {"obj:map", "histogram options", sleeps = true},
		["map:pin"] = {"obj:map", "pinned", sleeps = true},
		["btf.struct"] = {"type", "type module", sleeps = true},
		["btf.sizeof"] = {"type", "type module", sleeps = true},
		["btf.offsetof"] = {"type", "type path", sleeps = true},
		["btf.enum"] = {"type", sleeps = true},
		["btf.args"] = {"symbol", sleeps = true},
		["ring.new"] = {"ring options", makes = "ring", sleeps = true},
		["ring:emit"] = {"obj:ring", "map value", "string"},
		["ring:print"] = {"obj:ring", "any", "string"},
		["ring:read"] = {"obj:ring"},
		["ring:wait"] = {"obj:ring", "timeout", where = "p", sleeps = true, blocks = true},
		["linux.random"] = {"small", "small"},
		["linux.schedule"] = {"timeout", sleeps = true, blocks = true},
		["linux.lookup"] = {"symbol", sleeps = true},
		["linux.ifindex"] = {"interface"},
		["linux.tracing"] = {"bool"},
		["device.new"] = {"driver", makes = "device", where = "p", sleeps = true},
		["device.stop"] = {"obj:device", where = "p"},
		["device:stop"] = {"obj:device", where = "p"},
		["lunatik.runtime"] = {"child", "runtimeoptions", makes = "runtime", where = "p", sleeps = true},
		["lunatik.start"] = {"started", "child", "runtimeoptions", makes = "runtime", where = "p", sleeps = true},
		["lunatik.stop"] = {"started", where = "p", sleeps = true},
		["lunatik.rearm"] = {"running", where = "p", sleeps = true},
		["lunatik.list"] = {"bool", sleeps = true},
		["lunatik.runner.run"] = {"child", "runtimeoptions", makes = "runtime", where = "p", sleeps = true},
		["lunatik.runner.spawn"] = {"child", "runtimeoptions", makes = "thread", where = "p", sleeps = true},
		["lunatik.runner.stop"] = {"child", where = "p", sleeps = true},
		["lunatik.runner.rearm"] = {"running", where = "p", sleeps = true},
		["lunatik.runner.shutdown"] = {where = "p", sleeps = true, rare = true},
		["lunatik.flush"] = {where = "p", sleeps = true, rare = true},
		["runtime:resume"] = {"obj:runtime", "obj:any", "obj:data", where = "p"},
		["runtime:stop"] = {"obj:runtime", where = "p", sleeps = true},
		["runtime:__close"] = {"obj:runtime", where = "p", sleeps = true},
		["thread.run"] = {"obj:runtime", "name", makes = "thread", where = "p", sleeps = true},
		["thread.current"] = {makes = "thread", where = "p"},
		["thread:stop"] = {"obj:thread", where = "p", sleeps = true},
		["thread:task"] = {"obj:thread", where = "p"},
		["socket.new"] = {"family", "const:socket.sock", "protocol", makes = "socket", where = "p", sleeps = true},
		["socket:bind"] = {"obj:socket", "address", "port", where = "p", sleeps = true},
		["socket:listen"] = {"obj:socket", "small", where = "p", sleeps = true},
		["socket:connect"] = {"obj:socket", "address", "port", "nonblock", where = "p", sleeps = true, blocks = true},
		["socket:accept"] = {"obj:socket", "nonblock", makes = "socket", where = "p", sleeps = true, blocks = true},
		["socket:send"] = {"obj:socket", "string", "address", "port", where = "p", sleeps = true, blocks = true},
		["socket:receive"] = {"obj:socket", "small", "dontwait", "bool", where = "p", sleeps = true, blocks = true},
		["socket.inet.tcp"] = {where = "p", sleeps = true},
		["socket.inet.udp"] = {where = "p", sleeps = true},
		["fib.newrule"] = {"table number", "rule priority", where = "p", sleeps = true},
		["fib.delrule"] = {"table number", "rule priority", where = "p", sleeps = true},
		["sysctl.read"] = {"parameter", where = "p", sleeps = true},
		["sysctl.write"] = {"parameter", "small", where = "p", sleeps = true},
		["netfilter.register"] = {"netfilter", makes = "netfilter", where = "s", sleeps = true},
		["netfilter:stop"] = {"obj:netfilter", where = "s"},
		["xtable.match"] = {"match", makes = "xtable", where = "s", sleeps = true},
		["xtable.target"] = {"target", makes = "xtable", where = "s", sleeps = true},
		["xtable:stop"] = {"obj:xtable", where = "s"},
		["xdp.attach"] = {"cb:xdp", where = "s", sleeps = true},
		["xdp.detach"] = {where = "s", sleeps = true},
		["notifier.keyboard"] = {"cb:keyboard", makes = "notifier", where = "ph", sleeps = true},
		["notifier.vterm"] = {"cb:vterm", makes = "notifier", where = "ph", sleeps = true},
		["notifier.netdevice"] = {"cb:netdevice", makes = "notifier", where = "p", sleeps = true},
		["notifier:stop"] = {"obj:notifier"},
		["notifier:delete"] = {"obj:notifier"},
		["probe.new"] = {"place", "handlers", makes = "probe", where = "ph", sleeps = true},
		["probe.entry"] = {"place", "cb:handler", makes = "probe", where = "ph", sleeps = true},
		["probe.exit"] = {"place", "cb:handler", makes = "probe", where = "ph", sleeps = true},
		["probe.call"] = {"place", "callhandlers", makes = "probe", where = "ph", sleeps = true},
		["probe.tracepoint"] = {"tracepoint", "cb:handler", makes = "probe", where = "ph", sleeps = true},
		["probe.every"] = {"interval", "cb:handler", makes = "probe", where = "ph", sleeps = true},
		["probe.profile"] = {"interval", "cb:handler", makes = "probe", where = "ph", sleeps = true},
		["probe.user"] = {"program", "function", "cb:handler", makes = "probe", where = "ph", sleeps = true},
		["probe.userexit"] = {"program", "function", "cb:handler", makes = "probe", where = "ph", sleeps = true},
		["probe.symbols"] = {"symbol", where = "ph", sleeps = true},
		["probe:enable"] = {"obj:probe", "bool", where = "ph", sleeps = true},
		["probe:stop"] = {"obj:probe", where = "ph"},
		["syscall.address"] = {"small"},
		["trigger.new"] = {"cb:trigger", "trigger", makes = "trigger", sleeps = true},
		["trigger.fire"] = {"string"},
		["net.aton"] = {"ip"},
		["_G.print"] = {"string", "int"},
		["_G.pcall"] = {"func", "any"},
		["_G.xpcall"] = {"func", "func", "any"},
		["_G.load"] = {"chunk"},
		["_G.loadfile"] = {"file", sleeps = true},
		["_G.dofile"] = {"file", sleeps = true},
		["_G.require"] = {"module", sleeps = true},
		["_G.setmetatable"] = {"table", "metatable"},
		["_G.collectgarbage"] = {"collect", "small"},
		["coroutine.create"] = {"func"},
		["coroutine.wrap"] = {"func"},
		["coroutine.resume"] = {"coroutine", "any"},
		["coroutine.close"] = {"coroutine"},
		["string.rep"] = {"string", "small"},
		["string.format"] = {"format", "any", "any"},
		["string.gsub"] = {"string", "pattern", "func"},
		["string.find"] = {"string", "pattern"},
		["string.pack"] = {"pack", "int", "string"},
		["string.unpack"] = {"pack", "string"},
		["table.sort"] = {"list", "func"},
		["table.concat"] = {"list", "string"},
		["table.move"] = {"list", "small", "small", "small"},
		["table.unpack"] = {"list", "small", "small"},
	}
	for _, bits in ipairs{"byte", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "number"} do
		calls["data:get" .. bits] = {"obj:data", "offset"}
		calls["data:set" .. bits] = {"obj:data", "offset", "int"}
	end
	calls["data:getstring"] = {"obj:data", "offset", "small"}
	calls["data:setstring"] = {"obj:data", "offset", "string"}
	recipes.calls = calls

	-- The first calls of a script, by context.
	recipes.makers = {
		p = {"data.new", "fifo.new", "completion.new", "rcu.table", "map.hash", "map.histogram", "ring.new", "device.new", "device.new", "lunatik.runtime", "lunatik.runtime",
			"socket.new", "socket.new", "notifier.netdevice", "notifier.keyboard", "notifier.vterm", "probe.new", "thread.run", "lunatik.start",
			"trigger.new", "lunatik.runner.spawn"},
		s = {"data.new", "fifo.new", "completion.new", "rcu.table", "map.hash", "map.histogram", "ring.new", "netfilter.register", "netfilter.register", "netfilter.register",
			"netfilter.register", "xtable.match", "xtable.target", "xdp.attach", "trigger.new"},
		h = {"data.new", "fifo.new", "completion.new", "rcu.table", "map.hash", "map.histogram", "ring.new", "probe.new", "probe.new", "probe.entry", "probe.exit", "probe.call", "probe.tracepoint", "probe.every", "probe.profile", "probe.user",
			"notifier.keyboard", "notifier.vterm", "trigger.new"},
		c = {"data.new", "fifo.new", "completion.new", "rcu.table", "map.hash", "map.histogram", "ring.new", "netfilter.register", "probe.new", "notifier.keyboard", "xdp.attach",
			"xtable.match", "device.new", "socket.new"},
	}

	-- The arguments of a function that is not described: a method gets its object first.
	function recipes.unknown(entry)
		local kinds = {}
		if entry.class and not chance(5) then
			kinds[1] = "obj:" .. entry.class
		end
		for _ = 1, random(4) - 1 do
			kinds[#kinds + 1] = "any"
		end
		return kinds
	end

	-- ---- values ------------------------------------------------------------------------------------------------------------

	local kinds = {}

	local function list(...)
		local values = {...}
		return function()
			return pick(values)
		end
	end

	local function value(place, kind)
		local name, argument = kind:match("^(%l+):(.*)$")
		if name then
			return kinds[name](place, argument)
		end
		return kinds[kind](place)
	end
	recipes.value = value

	kinds.int = list("0", "1", "2", "-1", "255", "65536", "1 << 31", "1 << 32", "math.maxinteger", "math.mininteger")
	kinds.small = list("0", "1", "2", "3", "8", "16", "64", "100")
	kinds.size = list("1", "2", "8", "64", "100", "1500", "4096", "65536", "1 << 20")
	kinds.offset = list("0", "0", "1", "2", "7", "12", "20", "63", "64", "1499", "4095", "-1", "math.maxinteger")
	kinds["map key"] = list("0", "0", "1", "2", "63", '"one"', '"two"', "-1", "math.maxinteger", '"add"')
	kinds["map value"] = list("0", "1", "nil", '"one"', "255", "math.mininteger")
	kinds["map options"] = list("nil", "nil", "{percpu = true}", "{shared = true}", "{value = 16}", '{value = "uint32", shared = true}', '{value = "c3"}',
		'{key = 8}', '{key = "uint8", percpu = true}')
	kinds["histogram options"] = list("nil", "{key = 8, entries = 4}", "{min = 0, max = 100, step = 10}", "{shared = true}", "{percpu = false}")
	kinds.pinned = list('"/sys/fs/bpf/torture1"', '"/sys/fs/bpf/torture2"', '"/sys/fs/bpf/no/such"', '"/etc/passwd"')
	kinds.type = list('"task_struct"', '"struct list_head"', '"pid_type"', '"pid_t"', '"no_such_type"', '""')
	kinds["type module"] = list("nil", "nil", "nil", '"lunatik"', '"no_such_module"', '"../kernel"')
	kinds["type path"] = list('"comm"', '"se.vruntime"', '"comm[3]"', '"comm[99]"', '"mm.owner"', '"next"', '"["')
	kinds["ring options"] = list("nil", "{size = 4096}", "{size = 1 << 18}", "{size = 0}", "{sise = 1}")
	kinds.bool = list("true", "false", "nil")
	kinds.timeout = list("0", "1", "5", "20")
	kinds.string = list('""', '"x"', '"torture"', '("x"):rep(64)', '("y"):rep(4096)', '"a\\0b"', '"\\255\\254\\0\\1"', '("z"):rep(70000)', '"%d%s"')
	kinds.name = list('"one"', '"two"', '"three"', '"four"', '""', '("n"):rep(255)', '("n"):rep(256)', '"a\\0b"')
	kinds.interface = list('"lo"', '"t0"', '"t1"', '"tc0"', '"nosuch"', '""')
	kinds.nonblock = list("L.socket.sock.NONBLOCK")
	kinds.dontwait = list("L.socket.msg.DONTWAIT", "L.socket.msg.DONTWAIT | L.socket.msg.PEEK", "L.socket.msg.DONTWAIT | L.socket.msg.TRUNC")
	kinds.port = list("0", "7000", "7001", "7002", "65535", "nil")
	kinds.protocol = list("0", "0", "0", "6", "17", "1", "255", "0x300", "16")
	kinds.ip = list('"10.79.1.2"', '"256.1.1.1"', '"127.0.0.1"', '""')
	kinds.address = list("0x7f000001", "0", "0x0a4f0102", '"\\0torture"', '"/tmp/torture.socket"', '"/run"', "1", '("a"):rep(126)', '("a"):rep(127)',
		"0xffffffff", '"\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0"')
	kinds.parameter = list('"net.ipv4.ip_default_ttl"', '"net/ipv4/ip_default_ttl"', '"kernel.ostype"', '"no..name"')
	kinds["table number"] = list("1000", "1001", "0", "1 << 32", "-1")
	kinds["rule priority"] = list("40000", "40001", "1 << 32", "-1")
	kinds.started = list('"torture/x1"', '"torture/x2"', '"torture/x3"')
	kinds.running = list('"torture/s"', '"torture/h"', '"torture/a"', '"torture/x1"')
	kinds.trigger = list('"process"', '"softirq"', '"hardirq"', '"probe"')
	kinds.chunk = list('"return 1"', '"return ..."', '"error(1)"', '"x ="', '("("):rep(200)', '"local a <close> = 1"', '"goto x"')
	kinds.file = list('"/lib/modules/lua/net.lua"', '"/lib/modules/lua/tests/torture/nothing.lua"', '"/etc/passwd"', '"/dev/zero"', '"/"',
		'"/etc/lunatik/torture/c.lua"', '"/etc/lunatik/../shadow"')
	kinds.module = list('"net"', '"mailbox"', '"data"', '"nosuch"', '"socket.inet"', '""', '"torture.c"', '"../x"')
	kinds.collect = list('"collect"', '"step"', '"count"', '"incremental"', '"generational"', '"stop"', '"restart"', '"isrunning"')
	kinds.format = list('"%d %s"', '"%s"', '"%q"', '"%99d%x"', '"%5.3s%i"', '"%c%c"', '"%"', '"%100d"')
	kinds.pattern = list('"."', '"(x)(y?)"', '"%w+"', '"%b()"', '"%f[%w]"', '"(.-)%1"', '"["', '"^(a*)*$"', '"%g%Z"')
	kinds.pack = list('"i4z"', '">I2s1"', '"j"', '"!8 i8"', '"s8"', '"i17"', '"Xi4"', '"c1000000000"')
	kinds.list = list("{}", "{3, 1, 2}", '{"a", "b"}', "{1, nil, 3}", "table.pack((\"x\"):rep(50):byte(1, -1))", "setmetatable({}, {__len = function() return 1 << 40 end})")
	kinds.table = list("{}", "{1, 2, 3}", "o", "{x = 1}", "setmetatable({}, {__index = function() error(\"index\") end})")

	-- Families that sockets are made of mostly; the others are among the constants.
	function kinds.family(place)
		if chance(30) then
			return kinds.const(place, "socket.af")
		end
		return pick{"L.socket.af.INET", "L.socket.af.UNIX", "L.socket.af.INET6", "L.socket.af.NETLINK", "L.socket.af.PACKET"}
	end

	function kinds.const(_, name)
		local library, constants = name:match("^(.*)%.([^.]*)$")
		local names = tools.constants[name]
		return names and string.format("L[%q].%s[%q]", library, constants, pick(names)) or "0"
	end

	function kinds.obj(place, class)
		if chance(12) then
			class = "any"
		end
		if class == "rcu" and chance(25) then
			return "E"
		elseif class == "data" and place.lent and chance(70) then
			return place.lent
		end
		return string.format("o[%d]", tools.slot_of(place, class))
	end

	function kinds.symbol()
		if #tools.symbols > 0 and chance(25) then
			return string.format("%q", pick(tools.symbols))
		end
		return string.format("%q", pick(recipes.symbols))
	end

	function kinds.place(place)
		local symbol = kinds.symbol()
		if chance(10) then
			return symbol .. pick{' .. "+0"', ' .. "+4"', ' .. "+1"', ' .. "+0x10"'}
		elseif chance(15) then
			return string.format("L.linux.lookup(%s)", symbol)
		end
		return symbol
	end

	-- Functions that everything calls, that few call, and those of our own surroundings.
	recipes.symbols = {"__x64_sys_getppid", "__x64_sys_getsid", "__x64_sys_openat", "__x64_sys_read", "__x64_sys_close", "vfs_read", "vfs_write",
		"__kmalloc_noprof", "__kmalloc", "kfree", "kmem_cache_free", "get_page_from_freelist", "try_to_wake_up", "finish_task_switch.isra.0",
		"__schedule", "update_curr", "vprintk_emit", "irq_work_queue", "__queue_work", "wake_up_process", "_raw_spin_lock_irqsave", "vsnprintf",
		"hrtimer_interrupt", "ip_rcv", "ip_output", "__netif_receive_skb_core", "dev_queue_xmit", "__dev_queue_xmit", "kfree_skb_reason", "consume_skb",
		"cpu_up", "cpu_down", "unregister_netdevice_many_notify", "register_netdevice", "do_exit", "kthread_stop", "__rcu_read_unlock", "no_such_symbol",
		"synchronize_rcu", "call_rcu", "rtnl_lock", "schedule_timeout", "security_file_open", "module_put", "try_module_get"}

	function kinds.any(place)
		return value(place, pick{"int", "small", "string", "bool", "table", "obj:any", "obj:data", "func", "name", "size", "coroutine", "list"})
	end

	function kinds.coroutine(place)
		return string.format("coroutine.create(%s)", kinds.func(place))
	end

	function kinds.metatable(place)
		return string.format("{__gc = %s, __close = %s, __mode = %s, __len = %s}", kinds.func(place), kinds.func(place), pick{'"k"', '"v"', '"kv"', "nil", "1"},
			kinds.func(place))
	end

	-- An argument that is wrong. In a body, what would wait for ever is not among them.
	function recipes.hostile(place, recipe)
		if recipe and recipe.blocks and not place.atomic and not place.running then
			return pick{'"x"', "{}", "true", "-1", "math.mininteger", "o"}
		end
		return value(place, pick{"any", "any", "int", "string", "table", "obj:any", "func"})
	end

	-- ---- functions of scripts ------------------------------------------------------------------------------------------------

	local parameters = {
		netfilter = "a, b, c", match = "a, b, c", target = "a, b, c", check = "c, b, a", xdp = "a, b, c", keyboard = "c, b, a, d",
		vterm = "c, b, a", netdevice = "c, b, a", handler = "c, b, a", trigger = "c, b, a", file = "d, c, b", plain = "c, b, a",
	}

	local lends = {netfilter = true, match = true, target = true, xdp = true}
	local verdicts = {
		netfilter = function(place)
			if chance(70) then
				return "L.netfilter.action.ACCEPT" .. pick{"", "", ", 5", ", 1 << 32", ", -1"}
			end
			return kinds.const(place, "netfilter.action") .. pick{"", " | 0x8000", " | 5 << 16"}
		end,
		match = list("true", "false"),
		target = function(place) return kinds.const(place, "xtable.action") end,
		xdp = function(place) return chance(60) and "L.xdp.action.PASS" or kinds.const(place, "xdp.action") end,
		keyboard = function(place) return kinds.const(place, "notifier.notify") end,
		file = list('"text"', '("x"):rep(5000)', "nil", "1", "2, 0", '"", 1 << 40', '"x", -1'),
	}
	verdicts.vterm, verdicts.netdevice = verdicts.keyboard, verdicts.keyboard

	-- How a callback ends. Only the kernel's own calls are left running for ever: a body would wait for itself.
	local function ending(place, kind)
		local n = random(100)
		if n <= 50 and verdicts[kind] then
			return "return " .. verdicts[kind](place)
		elseif n <= 62 then
			return "return " .. kinds.any(place)
		elseif n <= 70 then
			return "error(" .. pick{'"on purpose"', "nil", "{}", "o[1]", "setmetatable({}, {__tostring = error})", '("e"):rep(5000)'} .. ")"
		elseif n <= 73 and kind ~= "plain" then
			return "while true do end"
		elseif n <= 76 then
			return "local t = {} for i = 1, 100000 do t[i] = {i .. \"\"} end"
		elseif n <= 79 then
			return "coroutine.yield(" .. kinds.any(place) .. ")"
		elseif n <= 82 then
			return "local function f() return 1 + f() end f()"
		elseif n <= 86 then
			local class = pick{"netfilter", "xtable", "notifier", "probe", "trigger", "device"}
			return string.format("m.%s.stop(%s)", class, kinds.obj(place, class))
		end
		return ""
	end

	local function callback(place, kind)
		local atomic, lent = place.atomic, place.lent
		place.atomic = atomic or kind ~= "file" and kind ~= "plain"
		place.lent = lends[kind] and "a" or lent
		local text = "function(" .. parameters[kind] .. ")\n"
		if kind == "handler" and chance(20) then
			text = text .. "pcall(b)\n"
		end
		if lends[kind] and chance(20) then
			text = text .. string.format("o[%d] = a\n", random(tools.slots))
		end
		text = text .. tools.block(place, place.depth < 2 and random(4) - 1 or 0) .. ending(place, kind) .. "\nend"
		place.atomic, place.lent = atomic, lent
		return text
	end

	function kinds.func(place)
		if chance(40) or place.depth > 2 then
			return pick{"print", "error", "function(...) return ... end", "collectgarbage", "coroutine.yield", "coroutine.running", "function() error() end",
				"coroutine.wrap(function() coroutine.yield(1) end)", "tostring", "pcall"}
		end
		return callback(place, "plain")
	end

	function kinds.cb(place, kind)
		return callback(place, kind)
	end

	-- ---- tables of options: right ones, with a field that is missing, wrong, or of another name now and then -----------------------------

	local function options(place, fields)
		local parts = {}
		for _, field in ipairs(fields) do
			local name, text = field[1], field[2]
			local n = random(100)
			if n <= 3 then
				text = kinds.any(place)
			elseif n <= 5 then
				name = name .. "_"
			end
			if n > 8 and text ~= "nil" then
				parts[#parts + 1] = string.format("[%q] = %s", name, text)
			end
		end
		return "{" .. table.concat(parts, ", ") .. "}"
	end

	function kinds.runtimeoptions(place)
		if chance(20) then
			return pick{"nil", "true", "false", '"process"', '"softirq"', '"hardirq"', '"nosuch"'}
		end
		return options(place, {
			{"context", pick{'"process"', '"process"', '"softirq"', '"hardirq"'}},
			{"memory", pick{"nil", "131072", "262144", "1 << 20", "1 << 40", "4 << 20"}},
			{"budget", pick{"nil", "1000", "10000", "100000", "200000", "0"}},
		})
	end

	function kinds.child()
		return pick{'"torture/c"', '"torture/c"', '"torture/t"', '"torture/t"', '"tests/torture/nothing"', '"no/such"', '"torture/b"'}
	end

	function kinds.driver(place)
		return options(place, {
			{"name", string.format("%q", "torture" .. random(6))},
			{"mode", pick{"nil", "438", "0", "-1", "L.linux.stat.IRUGO"}},
			{"session", chance(15) and pick{'"tests/device/session"', '"tests/torture/nothing"', '"torture/c"'} or "nil"},
			{"privileged", chance(10) and "true" or "nil"},
			{"open", chance(50) and "function() end" or callback(place, "file")},
			{"release", chance(50) and callback(place, "file") or "nil"},
			{"read", callback(place, "file")},
			{"write", callback(place, "file")},
		})
	end

	function kinds.netfilter(place)
		local family = pick{"INET", "INET", "IPV4", "IPV4", "IPV6", "ARP", "BRIDGE", "NETDEV"}
		local hooks = ({ARP = "arp_hooks", BRIDGE = "bridge_hooks", NETDEV = "netdev_hooks"})[family] or "inet_hooks"
		return options(place, {
			{"pf", "L.netfilter.family." .. family},
			{"hooknum", kinds.const(place, "netfilter." .. hooks)},
			{"priority", pick{"0", "-300", "L.netfilter.ip_priority.FILTER", "1 << 31", "-(1 << 31)", "100"}},
			{"hook", callback(place, "netfilter")},
			{"mark", chance(10) and "5" or "nil"},
			{"dev", (family == "NETDEV" or chance(3)) and pick{'"t0"', '"t1"', '"lo"', '"tc0"'} or "nil"},
			{"fallback", chance(20) and pick{"L.netfilter.action.DROP", "L.netfilter.action.ACCEPT"} or "nil"},
		})
	end

	local function extension(place, kind, name)
		return options(place, {
			{"name", chance(85) and string.format("%q", name) or pick{'"tortured"', '("n"):rep(28)', '("n"):rep(29)', '""'}},
			{"revision", chance(85) and "1" or pick{"0", "255", "256"}},
			{"family", kinds.const(place, "xtable.family")},
			{"proto", chance(80) and "0" or "17"},
			{"hooks", chance(80) and "0" or pick{"8", "31", "-1"}},
			{kind, callback(place, kind)},
			{"checkentry", callback(place, "check")},
			{"destroy", callback(place, "check")},
			{"fallback", chance(20) and pick{"true", "false", "0", "L.xtable.action.DROP"} or "nil"},
		})
	end

	function kinds.match(place)
		return extension(place, "match", "judge")
	end

	function kinds.target(place)
		return extension(place, "target", "JUDGE")
	end

	function kinds.handlers(place)
		local n = random(4)
		return options(place, {
			{"pre", n ~= 1 and callback(place, "handler") or "nil"},
			{"post", n ~= 2 and callback(place, "handler") or "nil"},
		})
	end

	function kinds.tracepoint()
		return pick{'"sched:sched_switch"', '"sched_waking"', '"kmem_cache_alloc"', '"timer_start"', '"raw_syscalls:sys_enter"', '"sys_exit"',
			'"mm_page_alloc"', '"irq_handler_entry"', '"softirq_entry"', '"console"', '"sched_process_exit"', '"no_such"'}
	end

	function kinds.program()
		return pick{'"/bin/bash"', '"/bin/true"', '"/lib/x86_64-linux-gnu/libc.so.6"', '"/etc/passwd"', '"/dev/null"', '"/no/such"'}
	end

	kinds["function"] = function(place)
		return chance(10) and kinds.any(place) or pick{'"main"', '"malloc"', '"read"', '"execute_command"', '"getenv"', '"no_such"'}
	end

	function kinds.interval(place)
		return chance(20) and kinds.any(place) or pick{"1", "10", "97", "100", "1000"}
	end

	function kinds.callhandlers(place)
		return options(place, {
			{"entry", chance(70) and callback(place, "handler") or "nil"},
			{"exit", callback(place, "handler")},
			{"maxactive", pick{"nil", "nil", "1", "4096", "0"}},
		})
	end

	-- ---- statements of the language itself ------------------------------------------------------------------------------------------

	recipes.statements = {
		function(place, id)
			return string.format("try(%d, \"finalizer\", function() setmetatable({}, {__gc = %s}) end)", id, kinds.func(place))
		end,
		function(place, id)
			return string.format("try(%d, \"close\", function() local x <close> = %s end)", id, kinds.obj(place, "any"))
		end,
		function(place, id)
			return string.format("try(%d, \"share\", function() E[%s] = %s end)", id, kinds.name(place), kinds.obj(place, "any"))
		end,
		function(place, id)
			local slot = random(tools.slots)
			return string.format("o[%d] = try(%d, \"fetch\", function() return E[%s] end)", slot, id, kinds.name(place))
		end,
		function()
			return string.format("o[%d] = nil", random(tools.slots))
		end,
		function(place, id)
			return string.format("try(%d, \"coroutine\", function() local f = coroutine.wrap(function()\n%scoroutine.yield(%s)\n%send) f() f() f() end)", id,
				tools.block(place, 2), kinds.any(place), tools.block(place, 1))
		end,
		function(place, id)
			return string.format("try(%d, \"abandon\", function() local c = coroutine.create(function()\nlocal x <close> = setmetatable({}, {__close = function()\n%s" ..
				"end})\ncoroutine.yield()\nend) coroutine.resume(c) coroutine.close(c) end)", id, tools.block(place, 2))
		end,
		function(place, id)
			return string.format("try(%d, \"weak\", function() local t = setmetatable({}, {__mode = \"kv\"}) for i = 1, 50 do t[{}] = %s t[i] = {} end " ..
				"collectgarbage() end)", id, kinds.obj(place, "any"))
		end,
		function(place, id)
			return string.format("try(%d, \"method\", function() return %s.stop end)", id, kinds.obj(place, "any"))
		end,
		function(place, id)
			return string.format("try(%d, \"compare\", function() return %s == %s, #%s, tostring(%s) end)", id, kinds.obj(place, "any"), kinds.obj(place, "any"),
				kinds.obj(place, "data"), kinds.obj(place, "any"))
		end,
	}

	return recipes
end
