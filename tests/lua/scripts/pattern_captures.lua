-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("key = value"):match("(%w+)%s*=%s*(%w+)"), ("2024-01-02"):match("(%d+)-(%d+)-(%d+)"))
print(("abc"):match("()b()"), ("hello"):match("((h)(e))"), ("aa"):match("(a)%1"), ("ab"):match("(a)%1"))
print(("x"):match("(x)(y?)"), ("[[x]]"):match("%[(%[.*%])%]"))
