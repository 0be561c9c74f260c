/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * snapshot.h - what runtimes are at one moment, for scripts
 */
#ifndef LUNATIK_SNAPSHOT_H
#define LUNATIK_SNAPSHOT_H

#include <lunatik.h>

int lunatik_lib_list(lua_State *L);
int lunatik_lib_status(lua_State *L);

#endif
