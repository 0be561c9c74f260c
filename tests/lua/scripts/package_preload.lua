-- SPDX-License-Identifier: MIT OR GPL-2.0-only
package.preload.mymod = function(name, extra) print(name, extra) return {v = 1} end
print(require("mymod").v, require("mymod") == package.loaded.mymod, select(2, require("mymod")))
package.preload.nilmod = function() end print(require("nilmod")) package.loaded.mymod = nil print(require("mymod").v)
