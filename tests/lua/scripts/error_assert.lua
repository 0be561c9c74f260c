-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(assert(1, 2, 3)) print(pcall(assert, false)) print(pcall(assert, nil, "msg")) print(pcall(assert, false, 42)) print(pcall(assert) == true)
