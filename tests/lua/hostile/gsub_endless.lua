-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
while true do ("a"):rep(1000):gsub("a", "%0%0") end
