-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = "hello-World_123]^"
for _, p in ipairs {"[a-z]+", "[^a-z]+", "[%w_]+", "[]]", "[^]]+", "[%]]", "[a-]+", "[-a]+", "[^^]+", "[%a%d]+", "[A-Z0-9]+"} do
	print(p, s:match(p), s:find(p))
end
