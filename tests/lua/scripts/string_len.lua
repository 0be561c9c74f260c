-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(#"", #"abc", #"a\0b", ("x"):len(), string.len("\u{20ac}"))
