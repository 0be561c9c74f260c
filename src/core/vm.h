/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * vm.h - what the core does inside Lua
 */
#ifndef LUNATIK_VM_H
#define LUNATIK_VM_H

#include <lunatik.h>
#include <lentry.h>

struct lua_Entry *lunatik_vmentry(lua_State *L);
void lunatik_vmjump(lua_State *L, struct lunatik_run *run);
void lunatik_vmland(lua_State *L, struct lunatik_run *run, bool failed);
int lunatik_vmtry(lua_State *L, void (*function)(lua_State *L, void *argument),
		  void *argument);
void lunatik_vmrethrow(lua_State *L, int status);
void lunatik_vmcollect(lua_State *L);
void lunatik_vmown(lua_State *L);
void *lunatik_vmnewhandle(lua_State *L, size_t size);
void *lunatik_vmtohandle(lua_State *L, int ix);

#endif
