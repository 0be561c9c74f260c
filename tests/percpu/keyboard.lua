-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Nor has a key.

require("notifier").keyboard(function() end)
