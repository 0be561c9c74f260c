-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(pcall(ipairs)) print(pcall(pairs)) print(pcall(next, {}, 1)) print((pcall(pairs, 5)))
