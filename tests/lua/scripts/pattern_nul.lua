-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("a\0b\0c"):gsub("%z", "0"), ("a\0b"):match("a\0b"), ("a\0b"):find("[\0]"), ("a\0b"):gsub("\0", "%%"), ("\0\0"):rep(2):match("\0+"):len())
