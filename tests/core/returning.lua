-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Returns what cannot cross.

return function() return "text" end
