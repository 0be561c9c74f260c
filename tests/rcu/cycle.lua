-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Leaves tables that hold each other.

local rcu = require("rcu")

local t, u = rcu.table(4), rcu.table(4)
t.self, t.u, u.t = t, u, t
