-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, c in ipairs {"a", "A", "e", "E", "f", "F", "g", "G", "p"} do print(c, pcall(string.format, "%" .. c, 1)) end
for _, c in ipairs {"f", "d"} do print(c, pcall(string.pack, c, 1), pcall(string.unpack, c, "12345678")) end
print(string.pack("<n", -2):byte(1, -1)) print(string.unpack("<n", string.pack("<n", -2)))
-- Differs from Lua 5.4 as documented; prints:
--> a	false	invalid conversion '%a' to 'format'
--> A	false	invalid conversion '%A' to 'format'
--> e	false	invalid conversion '%e' to 'format'
--> E	false	invalid conversion '%E' to 'format'
--> f	false	invalid conversion '%f' to 'format'
--> F	false	invalid conversion '%F' to 'format'
--> g	false	invalid conversion '%g' to 'format'
--> G	false	invalid conversion '%G' to 'format'
--> p	false	invalid conversion '%p' to 'format'
--> f	false	false	invalid format option 'f'
--> d	false	false	invalid format option 'd'
--> 254	255	255	255	255	255	255	255
--> -2	9
