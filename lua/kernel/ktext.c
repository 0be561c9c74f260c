// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * ktext.c - chunks are texts: crafted bytecode is arbitrary access to kernel memory
 */

#include "lundump.h"

LClosure *luaU_undump(lua_State *L, ZIO *z, const char *name)
{
	(void)z;
	(void)name;
	luaO_pushfstring(L, "attempt to load a binary chunk (text only)");
	luaD_throw(L, LUA_ERRSYNTAX);
}

int luaU_dump(lua_State *L, const Proto *f, lua_Writer writer, void *data, int strip)
{
	(void)L;
	(void)f;
	(void)writer;
	(void)data;
	(void)strip;
	return 1;
}
