-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Resumes whatever it is given: itself.

return function(rt)
	rt:resume()
end
