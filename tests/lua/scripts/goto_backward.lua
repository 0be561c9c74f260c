-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local i = 1
::top::
if i <= 3 then print(i); i = i + 1; goto top end
do goto done end
print("skipped")
::done:: print("done")
