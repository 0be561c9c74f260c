-- SPDX-License-Identifier: MIT OR GPL-2.0-only
table.insert(package.searchers, 2, function(n) if n == "virtual" then return function(a, b) print(a, b) return "V" end, "data" end return "no virtual '" .. n .. "'" end)
print(require("virtual")) print(type(package.searchers), type(package.path), #package.config)
