-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local o = {n = 1}
function o:add(k) self.n = self.n + k return self end
function o.static(x) return x * 2 end
print(o:add(1):add(2).n, o.static(4))
local t = {a = {b = {}}}
function t.a.b.f(x) return x end
function t.a.b:g() return self == t.a.b end
print(t.a.b.f(1), t.a.b:g())
