-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- Runs for ever when it is resumed.

return function ()
	while true do end
end
