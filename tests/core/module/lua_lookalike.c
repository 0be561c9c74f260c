// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lua_lookalike.c - exports the names that OpenZFS's Lua exports; both it and
 * Lunatik have to load.
 */
#include <linux/module.h>

#define LOOKALIKE(name)		\
int name(void);			\
int name(void)			\
{				\
	return 0;		\
}				\
EXPORT_SYMBOL(name)

LOOKALIKE(lua_newstate);
LOOKALIKE(lua_close);
LOOKALIKE(lua_newthread);
LOOKALIKE(lua_gettop);
LOOKALIKE(lua_settop);
LOOKALIKE(lua_pcallk);
LOOKALIKE(lua_callk);
LOOKALIKE(lua_error);
LOOKALIKE(lua_tolstring);
LOOKALIKE(lua_pushstring);
LOOKALIKE(luaL_error);
LOOKALIKE(luaL_traceback);
LOOKALIKE(luaL_setfuncs);
LOOKALIKE(luaopen_base);
LOOKALIKE(luaopen_string);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Lunatik's tests: another Lua in the kernel");
