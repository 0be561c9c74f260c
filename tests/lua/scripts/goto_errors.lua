-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, s in ipairs {"goto x", "do ::x:: end goto x", "::x:: ::x::", "goto x; local a; ::x:: print(a)", "break"} do
	print((select(2, load(s, "=s")):gsub("^.-:%d+: ", "")))
end
