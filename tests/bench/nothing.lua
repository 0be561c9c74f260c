-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The script of the runtimes that create.lua makes.
