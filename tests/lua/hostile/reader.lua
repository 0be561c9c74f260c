-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: abort
load(function() return " " end)
