-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(([["quoted" 'single']]):gsub([[(["'])(.-)%1]], "<%2>"), ("abab"):match("^(..)%1$"), ("abcabc"):find("(abc)%1"), ("=="):match("(=*)%1"))
