-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Breaks what a library needs to be found, and then takes objects of libraries that it has never seen.

require = nil
package.loaded = nil
package.preload = nil
package.searchers = nil

return function(d)
	while true do
		d:setbyte(0, d:getbyte(0) + 1)
		d = coroutine.yield(d)
	end
end
