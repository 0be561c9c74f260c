/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lib.h - the Lua library ``lunatik``
 */
#ifndef LUNATIK_LIB_H
#define LUNATIK_LIB_H

#include <lunatik.h>

int lunatik_open_lunatik(lua_State *L);

#endif
