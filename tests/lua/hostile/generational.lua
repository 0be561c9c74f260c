-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
collectgarbage("generational")
while true do local _ = {} end
