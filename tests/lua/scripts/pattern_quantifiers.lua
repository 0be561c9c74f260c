-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, p in ipairs {"a*", "a+", "a-", "a?", "a*b", "a+b", "a-b", "a?b", "x*", "x+", ".-b", ".*b"} do
	print(p, ("aaab"):match(p), ("aaab"):find(p), ("b"):match(p))
end
