-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- Registers nothing.

print(require("lunatik").cpu())
