-- SPDX-License-Identifier: MIT OR GPL-2.0-only

-- The script of a session, which fails with a text of several lines.

error("no \27[2Jsession\nlunatik: forged: session: message\n")
