-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(~0, ~1, ~-1, ~math.maxinteger, ~~5)
