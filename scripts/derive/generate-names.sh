#!/bin/sh
# SPDX-License-Identifier: MIT OR GPL-2.0-only
#
# Write src/include/lunatik_names.h, which gives every function of Lua's C interface a lunatik_ prefix for the linker
# (another module exports lua_* names), and src/core/exports.h, which exports them. Both follow from the patched
# headers in lua/src and are committed; "make regen" runs this.
set -eu
cd "$(dirname "$0")/../.."

# Functions that Lua declares and the module lacks: bytecode, files, libraries of the system. lconf.h renames
# luaL_loadfilex.
absent="lua_dump luaL_fileresult luaL_execresult luaL_loadfilex luaL_newstate luaopen_io luaopen_os"

# Functions declared with LUA_API, LUALIB_API or LUAMOD_API, one a line.
functions() {
	sed -n 's/^LUA\(LIB\|MOD\|\)_API [^(]*(\(lua[A-Za-z_0-9]*\)).*/\2/p' lua/src/lua.h lua/src/lauxlib.h lua/src/lualib.h |
		grep -vxF "$(echo "$absent" | tr ' ' '\n')" | LC_ALL=C sort -u
}

# Replace a file only if its contents change.
update() {
	cat >"$1.new"
	if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

names() {
	cat <<-'END'
		/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
		/*
		 * Written by scripts/derive/generate-names.sh: the linker's names of Lua's C interface.
		 * Included before any header of Lua; brings Lua's configuration as well.
		 */
		#ifndef LUNATIK_NAMES_H
		#define LUNATIK_NAMES_H

		#include <lconf.h>

	END
	functions | sed 's/.*/#define & lunatik_&/'
	printf '\n#endif\n'
}

exports() {
	cat <<-'END'
		/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
		/* Written by scripts/derive/generate-names.sh: exports of Lua's C interface. */
	END
	functions | sed 's/.*/EXPORT_SYMBOL(lunatik_&);/'
}

names | update src/include/lunatik_names.h
exports | update src/core/exports.h
