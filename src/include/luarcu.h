/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * luarcu.h - C interface of the rcu library: tables that runtimes share
 */
#ifndef LUARCU_H
#define LUARCU_H

#include <lunatik.h>

#define LUARCU_DEFAULT_SIZE	256
#define LUARCU_MAXKEY		255

/* The linker's names: every export of the project begins with lunatik_. */
#define luarcu_newtable		lunatik_luarcu_newtable
#define luarcu_gettable		lunatik_luarcu_gettable
#define luarcu_settable		lunatik_luarcu_settable
#define luarcu_emptyall		lunatik_luarcu_emptyall

lunatik_object_t *luarcu_newtable(size_t size, bool sleep);
lunatik_object_t *luarcu_gettable(lunatik_object_t *table, const char *key,
				  size_t keylen);
int luarcu_settable(lunatik_object_t *table, const char *key, size_t keylen,
		    lunatik_object_t *object);
void luarcu_emptyall(void);

#endif
