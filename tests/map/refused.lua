-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Paths and maps that cannot be opened.

local map = require("map")
local cases = require("tests.cases")

local raises = cases.raises

cases.test("paths", function()
	for _, path in ipairs{"", "/", "/etc/passwd", "/sys/fs/bpf", "x", "/sys/fs/bpf/a\0b", "/sys/fs/bpf/" .. ("x"):rep(250),
		"/sys/fs/bpf/../../kernel/notes", "/sys/fs/bpf/.", "/sys/fs/bpf/./lunatik_map_hits", "/sys/fs/bpf/x//.."} do
		raises("not a path below /sys/fs/bpf/", map.open, path)
	end
	raises("string expected", map.open)
	raises("there is no such file, error 2", map.open, "/sys/fs/bpf/nosuch")
	raises("not a map, error 22", map.open, "/sys/fs/bpf/")
	raises("not permitted, error 1", map.open, "/sys/fs/bpf/...")
	raises("not a map, error 22", map.open, "/sys/fs/bpf/lunatik_map_program")
end)

cases.test("D-MAP-9: symbolic links", function()
	local m = map.array(1, {shared = true})
	for _, path in ipairs{"/sys/fs/bpf/lunatik_map_folder/lunatik_map_hits", "/sys/fs/bpf/lunatik_map_link"} do
		raises("a symbolic link is on the way, error 40", map.open, path)
	end
	raises("a symbolic link is on the way, error 40", m.pin, m, "/sys/fs/bpf/lunatik_map_folder/lunatik_map_new")
	raises("there is such a file, error 17", m.pin, m, "/sys/fs/bpf/lunatik_map_link")
	raises("there is no such file, error 2", map.open, "/sys/fs/bpf/lunatik_map_new")
end)

cases.test("D-MAP-2: maps", function()
	raises("bad field 'key' (8 bytes, the map has 4)", map.open, "/sys/fs/bpf/lunatik_map_hits", {key = "int64"})
	raises("bad field 'value'", map.open, "/sys/fs/bpf/lunatik_map_hits", {value = 7})
	raises("unknown field", map.open, "/sys/fs/bpf/lunatik_map_hits", {percpu = true})
	raises("table expected", map.open, "/sys/fs/bpf/lunatik_map_hits", 5)
	raises("only integers are summed", map.open, "/sys/fs/bpf/lunatik_map_percpu", {value = 8})
	raises("not a map of numbers or strings", map.open, "/sys/fs/bpf/lunatik_map_histogram")
	raises("not a map of numbers or strings", map.open, "/sys/fs/bpf/lunatik_map_lock")
	raises("the map is frozen", map.open, "/sys/fs/bpf/lunatik_map_frozen")
end)

cases.finish()
