-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, n in ipairs {0, 1, 2, 3, 10, 100, 257} do
	for _, f in ipairs {function(i) return i end, function(i) return -i end, function(i) return i % 5 end, function() return 1 end} do
		local t = {}
		for i = 1, n do t[i] = f(i) end
		table.sort(t)
		local ok = true
		for i = 2, n do ok = ok and t[i - 1] <= t[i] end
		print(n, ok, t[1], t[n])
	end
end
