-- SPDX-License-Identifier: MIT OR GPL-2.0-only

local name, path = ...

return {name = name, path = path}
