/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * resume.h - what a script's body returned
 */
#ifndef LUNATIK_RESUME_H
#define LUNATIK_RESUME_H

#include <lunatik.h>

int lunatik_lib_resume(lua_State *L);
int lunatik_lib_resumable(lua_State *L);

#endif
