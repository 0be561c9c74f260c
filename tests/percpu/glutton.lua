-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Takes more memory than a state has.

local lunatik = require("lunatik")

local full = {}
if lunatik.cpu() == 1 then
	for i = 1, 1 << 20 do
		full[i] = {i}
	end
end
