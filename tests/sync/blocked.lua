-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- For `lunatik run`: a body that waits for what nobody completes.

local completion = require("completion")

completion.new():wait()
