-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(0x0, 0xff, 0XFF, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0x1ffffffffffffffff)
