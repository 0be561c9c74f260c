-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Fails.

error("on purpose")
