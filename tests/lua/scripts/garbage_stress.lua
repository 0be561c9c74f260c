-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local s = 0
for i = 1, 20000 do local t = {i, tostring(i), {i}} s = s + #t[2] end print(s)
collectgarbage("incremental") collectgarbage("step") collectgarbage("generational") for i = 1, 5000 do local _ = {{}} end print(collectgarbage("incremental")) print(collectgarbage("isrunning"), collectgarbage("stop"), collectgarbage("isrunning"), collectgarbage("restart"))
