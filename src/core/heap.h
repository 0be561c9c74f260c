/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * heap.h - where a runtime's Lua heap comes from
 */
#ifndef LUNATIK_HEAP_H
#define LUNATIK_HEAP_H

#include <lunatik.h>

#define LUNATIK_RESERVES	12
#define LUNATIK_STUCK		16

/**
 * struct lunatik_stuck - a kernel block that is larger than Lua believes
 * @block: the block
 * @excess: bytes that are charged beside what Lua believes
 */
struct lunatik_stuck {
	void *block;
	size_t excess;
};

int lunatik_memory_init(struct lunatik_runtime *rt,
			struct lunatik_runtime *sponsor);
void lunatik_memory_exit(struct lunatik_runtime *rt);
void *lunatik_luaalloc(void *ud, void *ptr, size_t osize, size_t nsize);
void lunatik_memory_refill(struct lunatik_runtime *rt);

#endif
