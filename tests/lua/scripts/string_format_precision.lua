-- SPDX-License-Identifier: MIT OR GPL-2.0-only
for _, n in ipairs {0, 5, -5, 12345} do
	print(("%.0d|%.3d|%8.3d|%-8.3d|%08d|%+.5d|%.10x|%#.4x|%08.3d"):format(n, n, n, n, n, n, n, n, n))
end
