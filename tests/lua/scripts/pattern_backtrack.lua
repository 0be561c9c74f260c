-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("aaaaaaaaaaaaaaaaaaaa"):match("a*a*a*b"), ("aaab"):match("a-a-b"), ("xyz"):match(".-.-.-z"))
