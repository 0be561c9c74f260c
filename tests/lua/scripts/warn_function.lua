-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(pcall(warn)) print(pcall(warn, {})) warn("@off") warn("not shown") print("done")
