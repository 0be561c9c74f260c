-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("[%x][%#x][%o][%#o][%.0x][%.0o][%5.0d][%+.0d]"):format(0, 0, 0, 0, 0, 0, 0, 0))
