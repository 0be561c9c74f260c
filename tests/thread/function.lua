-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A script that returns a function and needs nothing.

return function() end
