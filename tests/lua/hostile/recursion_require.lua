-- SPDX-License-Identifier: MIT OR GPL-2.0-only
-- expect: error
package.preload.a = function() package.loaded.a = nil return require("a") end
require("a")
