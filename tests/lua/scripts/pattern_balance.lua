-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("f(a(b)c)d"):match("%b()"), ("((x)"):match("%b()"), ("<<a>b>c"):gsub("%b<>", "_"), (pcall(string.match, "x", "%b")))
