-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for w in ("one two  three"):gmatch("%a+") do print(w) end
for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do print(k, v) end
for p in ("abc"):gmatch("()") do print(p) end
for c in ("abc"):gmatch("") do print("[" .. c .. "]") end
for w in ("xaxbx"):gmatch("x", 2) do print(w) end
