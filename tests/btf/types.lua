-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Structures of the running kernel, where the values are known: its first task, and its own name.

local btf = require("btf")
local linux = require("linux")
local cases = require("tests.cases")

local test, equal, raises = cases.test, cases.equal, cases.raises

local task = btf.struct("task_struct")
local uts = btf.struct("struct uts_namespace")
local first = linux.lookup("init_task")
local init_uts = linux.lookup("init_uts_ns")

-- The task behind one in the kernel's list.
local function following(address)
	return task.tasks.next(address) - btf.offsetof("task_struct", "tasks")
end

test("numbers, strings and pointers", function ()
	equal(task.pid(first), 0)
	equal(task.comm(first):match("^swapper"), "swapper")
	equal(#task.comm(first) < 16, true, "no zero bytes")
	equal(task.mm(first), 0)
	equal(math.type(task.stack(first)), "integer")
	equal(select("#", task.pid(first)), 1)
end)

test("pointers on the way", function ()
	equal(task.group_leader.pid(first), 0)
	equal(task.parent.parent.group_leader.comm(first), task.comm(first))
	local pid1 = following(first)
	equal(task.pid(pid1), 1)
	equal(task.parent.pid(pid1), 0)
	equal(task.real_cred.uid.val(pid1), 0)
	equal(task.mm.owner.pid(pid1), 1)
	equal(task.thread_pid.numbers[0].nr(pid1), 1)
	equal(task.mm.mm_count.counter(pid1) > 0, true)
	equal(task.se.vruntime(pid1) ~= nil, true)
end)

test("a path may begin anywhere", function ()
	local address = task.group_leader(first)
	equal(task.comm(address), task.comm(first))
	equal(task.comm(task.group_leader(first)), task.comm(first))
	equal(btf.struct("list_head").next.prev(task.tasks.next(first)) ~= nil, true)
end)

test("integers and light userdata are addresses, nil is none", function ()
	local address = task.group_leader(first)
	equal(task.pid(address), task.pid(first))
	equal(task.pid(nil), nil)
	equal(task.comm(task.mm.owner(first)), nil)
	raises("number expected", task.pid, "x")
	raises("value expected", task.pid)
	raises("number expected, got table", task.pid, {})
end)

test("D-BTF-1: memory that is not there is nil", function ()
	for _, address in ipairs{0, 1, -1, -4096, 4096, 0x7fffffffffff, 1 << 63, (1 << 63) + 4096, 0x800000000000, math.maxinteger} do
		equal(task.pid(address), nil, address)
		equal(task.comm(address), nil, address)
		equal(task.mm.owner.comm(address), nil, address)
		equal(task(address).pid, nil, address)
		equal(task.mm(address, 100), nil, address)
	end
	equal(task.mm.owner.comm(first), nil)
	equal(task.mm.owner.mm.owner.mm.owner(first), nil)
end)

test("values", function ()
	local value = task(first)
	equal(value.pid, 0)
	equal(value.comm, task.comm(first))
	equal(value.mm, 0)
	equal(value.tasks.next, task.tasks.next(first))
	equal(task.group_leader[0](first).pid, 0)
	equal(uts(init_uts).name.sysname, "Linux")
	equal(uts.name(init_uts).sysname, "Linux")
	equal(tostring(value):match("^struct task_struct at %-?%d+$") ~= nil, true)
	equal(task.mm[0](first).owner, nil)
	raises("struct task_struct has no field 'pidd' (the nearest one is 'pid')", function () return value.pidd end)
end)

test("strings", function ()
	equal(uts.name.sysname(init_uts), "Linux")
	equal(uts.name.sysname(init_uts, 3), "Lin")
	equal(uts.name.sysname(init_uts, 4096), "Linux")
	equal(uts.name.sysname[1](init_uts), ("i"):byte())
	raises("out of range", uts.name.sysname, init_uts, 0)
	raises("out of range", uts.name.sysname, init_uts, 4097)
end)

test("text behind a pointer", function ()
	local type = btf.struct("file_system_type")
	local filesystems = linux.lookup("file_systems")
	-- The head of a list of types is a pointer to the first one.
	local head = btf.struct("list_head").next(filesystems)
	equal(type.name(head, 100):match("^%l+%d*$") ~= nil, true)
	equal(math.type(type.name(head)), "integer")
	equal(type.name(head, 2), type.name(head, 100):sub(1, 2))
end)

-- The pointer in a list's head, as a header of IPv4.
test("bit fields", function ()
	local header = btf.struct("iphdr")
	local address = task.tasks.next(first)
	local pointer = btf.struct("list_head").next(address)
	equal(table.concat({btf.offsetof("iphdr", "ihl")}, " "), "0 0 4")
	equal(table.concat({btf.offsetof("iphdr", "version")}, " "), "0 4 4")
	equal(header.ihl(address), pointer & 15)
	equal(header.version(address), pointer >> 4 & 15)
	equal(header.tos(address), pointer >> 8 & 255)
	equal(header.tot_len(address), pointer >> 16 & 0xffff)
end)

test("tostring has the type", function ()
	equal(tostring(task), "struct task_struct")
	equal(tostring(task.mm), "struct mm_struct *")
	equal(tostring(task.comm), "char [16]")
	equal(tostring(task.pid), "int")
	equal(tostring(task.tasks), "struct list_head")
end)

test("wrong fields and elements", function ()
	raises("struct task_struct has no field 'coma' (the nearest one is 'comm')", function () return task.coma end)
	raises("has no field 'zzzzzzzzzzzzzz'", function () return task.zzzzzzzzzzzzzz end)
	raises("struct mm_struct has no field 'ovner' (the nearest one is 'owner')", function () return task.mm.ovner end)
	raises("int has no fields", function () return task.pid.x end)
	raises("int has no elements", function () return task.pid[0] end)
	raises("char [16] has no element [16]", function () return task.comm[16] end)
	raises("has no element [-1]", function () return task.comm[-1] end)
	raises("void * has no fields", function () return task.stack.x end)
	raises("has no field ''", function () return task[""] end)
	raises("number expected", function () return task[true] end)
	raises("too far away", function () return task.group_leader[math.maxinteger] end)
	raises("more than 11 pointers", function ()
		local path = task
		for _ = 1, 12 do
			path = path.parent
		end
		return path.pid
	end)
end)

test("paths are what they are", function ()
	equal(getmetatable(task), false)
	equal(getmetatable(task(first)), false)
	equal(task.mm, task.mm)
	equal(task.tasks.next, task.tasks.next)
	raises("", function () task.x = 1 end)
end)

test("sizeof and offsetof", function ()
	equal(btf.sizeof("list_head"), 16)
	equal(btf.sizeof("struct list_head"), 16)
	equal(btf.sizeof("pid_t"), 4)
	equal(btf.sizeof("iphdr"), 20)
	equal(btf.sizeof("long unsigned int"), 8)
	equal(btf.offsetof("list_head", "prev"), 8)
	equal(btf.offsetof("iphdr", "saddr"), 12)
	equal(btf.offsetof("in6_addr", "in6_u.u6_addr32[3]"), 12)
	raises("no type 'nothing' in the BTF", btf.sizeof, "nothing")
	raises("the path follows a pointer", btf.offsetof, "task_struct", "mm.owner")
	raises("not a path such as a.b[2].c", btf.offsetof, "in6_addr", "in6_u.u6_addr32[x]")
	raises("not a path such as a.b[2].c", btf.offsetof, "in6_addr", "in6_u.u6_addr32[1")
	raises("has 1 to 255 bytes", btf.offsetof, "in6_addr", "")
end)

test("enumerations", function ()
	local types = btf.enum("pid_type")
	equal(types.PIDTYPE_PID, 0)
	equal(types.PIDTYPE_TGID, 1)
	equal(btf.enum("enum hrtimer_restart").HRTIMER_RESTART, 1)
	raises("no enum 'list_head' in the BTF", btf.enum, "list_head")
end)

test("arguments of functions", function ()
	equal(table.concat(btf.args("do_sys_openat2"), " "), "dfd filename how")
	raises("no function 'list_head' in the BTF", btf.args, "list_head")
end)

test("wrong names", function ()
	raises("no struct or union 'task_strukt' in the BTF", btf.struct, "task_strukt")
	raises("no struct or union 'pid_t' in the BTF", btf.struct, "pid_t")
	raises("no struct or union ''", btf.struct, "")
	raises("at most 255 bytes", btf.struct, ("x"):rep(256))
	raises("string expected", btf.struct)
	raises("not the name of a module", btf.struct, "task_struct", "../kernel")
	raises("not the name of a module", btf.struct, "task_struct", "")
	raises("failed to read BTF of no_such_module (no such module, or it has none, error 2)", btf.struct, "task_struct", "no_such_module")
end)

local function types_of_modules()
	local runtime = btf.struct("lunatik_runtime", "lunatik")
	equal(tostring(runtime), "struct lunatik_runtime")
	equal(btf.sizeof("lunatik_runtime", "lunatik") > 0, true)
	equal(btf.sizeof("list_head", "lunatik"), 16)
	raises("no struct or union 'lunatik_runtime'", btf.struct, "lunatik_runtime")
end

-- tests/btf/run.sh finds out whether our modules should have BTF.
local has, message = pcall(btf.sizeof, "list_head", "lunatik")
if has or not message:find("no such module, or it has none", 1, true) then
	test("types of modules", types_of_modules)
else
	cases.skip("types of modules", "Lunatik's modules have no BTF")
end

cases.finish()
