// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * pin.c - modules that stay loaded as long as a Lua state: it may call them.
 */
#include <linux/module.h>

#include "pin.h"
#include "runtime.h"

/**
 * lunatik_module_pin() - keep a module loaded until the Lua state is closed
 *
 * Return: false if the state uses too many
 */
bool lunatik_module_pin(struct lunatik_runtime *rt, struct module *module)
{
	unsigned int i;

	for (i = 0; i < rt->pins.nmodules; i++) {
		if (rt->pins.module[i] == module)
			return true;
	}
	if (rt->pins.nmodules == LUNATIK_PINS)
		return false;
	__module_get(module);
	rt->pins.module[rt->pins.nmodules++] = module;
	return true;
}

/**
 * lunatik_module_pinopener() - find the opener of a library, and keep its module
 * @rt: the runtime
 * @name: of the library
 *
 * Context: process, may sleep
 * Return: the opener; NULL if no module offers it, or the state uses too many
 */
lua_CFunction lunatik_module_pinopener(struct lunatik_runtime *rt, const char *name)
{
	char symbol[64];
	void *opener;
	unsigned int i;

	snprintf(symbol, sizeof(symbol), "lunatik_open_%s", name);
	opener = __symbol_get(symbol);
	for (i = 0; opener && i < rt->pins.nopeners; i++) {
		/* Pinned once is enough. */
		if (rt->pins.opener[i] == opener) {
			symbol_put_addr(opener);
			return (lua_CFunction)opener;
		}
	}
	if (opener && rt->pins.nopeners == LUNATIK_PINS) {
		symbol_put_addr(opener);
		return NULL;
	}
	if (opener)
		rt->pins.opener[rt->pins.nopeners++] = opener;
	return (lua_CFunction)opener;
}

/**
 * lunatik_module_unpin() - the Lua state is closed
 */
void lunatik_module_unpin(struct lunatik_runtime *rt)
{
	while (rt->pins.nmodules)
		module_put(rt->pins.module[--rt->pins.nmodules]);
	while (rt->pins.nopeners)
		symbol_put_addr(rt->pins.opener[--rt->pins.nopeners]);
}
