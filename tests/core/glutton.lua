-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Takes two megabytes and keeps them.

kept = {}
for i = 1, 2048 do kept[i] = ("x"):rep(1000) .. i end
