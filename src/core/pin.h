/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * pin.h - modules that stay loaded as long as a Lua state
 */
#ifndef LUNATIK_PIN_H
#define LUNATIK_PIN_H

#include <lunatik.h>

#define LUNATIK_PINS	48

/**
 * struct lunatik_pins - modules that a Lua state may call
 * @module: owners of classes
 * @nmodules: how many
 * @opener: of libraries
 * @nopeners: how many
 */
struct lunatik_pins {
	struct module *module[LUNATIK_PINS];
	unsigned int nmodules;
	void *opener[LUNATIK_PINS];
	unsigned int nopeners;
};

bool lunatik_module_pin(struct lunatik_runtime *rt, struct module *module);
lua_CFunction lunatik_module_pinopener(struct lunatik_runtime *rt, const char *name);
void lunatik_module_unpin(struct lunatik_runtime *rt);

#endif
