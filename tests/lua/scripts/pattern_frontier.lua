-- SPDX-License-Identifier: MIT OR GPL-2.0-only
print(("THE (quick) fox"):find("%f[%a]%a+%f[%A]"), ("foo bar"):gsub("%f[%w]%w", string.upper), ("abc"):match("%f[%z]()"), ("x"):match("%f[x]x%f[\0]"))
