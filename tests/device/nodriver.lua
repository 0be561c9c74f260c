-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- A session's script that returns no driver.

return 5
