-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Keyboards are not for softirq runtimes.

require("notifier").keyboard(function() end)
