-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
collectgarbage("incremental", 1000, 1000, 60)
while true do local _ = {} end
