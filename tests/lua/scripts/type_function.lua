-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(type(nil), type(1), type("x"), type({}), type(print), type(coroutine.create(print)), type(true)) print(pcall(type))
