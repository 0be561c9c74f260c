/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * vm.h - what the core does inside Lua
 */
#ifndef LUNATIK_VM_H
#define LUNATIK_VM_H

#include <lunatik.h>
#include <lentry.h>
#include <lunatik_setjmp.h>

struct CallInfo;

struct lua_Entry *lunatik_vm_entry(lua_State *L);
void lunatik_vm_jump(lua_State *L, struct lunatik_run *run);
void lunatik_vm_land(lua_State *L, struct lunatik_run *run, bool failed);
int lunatik_vm_try(lua_State *L, void (*function)(lua_State *L, void *argument),
		   void *argument);
void lunatik_vm_rethrow(lua_State *L, int status);
void lunatik_vm_collect(lua_State *L);
void lunatik_vm_own(lua_State *L);
void lunatik_vm_addclass(lua_State *L);
void lunatik_vm_setclass(lua_State *L);
void lunatik_leaf_push(lua_State *L, const lunatik_leaf_t *leaf);
void lunatik_vm_rest(lua_State *L);
void lunatik_vm_finish(lua_State *L);
void lunatik_vm_forget(lua_State *L);
void *lunatik_vm_newhandle(lua_State *L, size_t size);
void *lunatik_vm_tohandle(lua_State *L, int ix);

/**
 * lunatik_leaf_find() - the short form of a function
 * @leaves: the last one has no function; or NULL
 * @function: the ordinary form
 *
 * Return: NULL if it has none
 */
static inline const lunatik_leaf_t *lunatik_leaf_find(const lunatik_leaf_t *leaves,
						      lua_CFunction function)
{
	while (leaves && leaves->function && leaves->function != function)
		leaves++;
	return leaves && leaves->function ? leaves : NULL;
}

/* In protected.S */
int lunatik_protected(lua_State *L, struct CallInfo *ci, jmp_buf env);

#endif
