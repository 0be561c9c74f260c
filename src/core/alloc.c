// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * alloc.c - memory of the kernel, as it is accounted, and for bindings.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "alloc.h"
#include "context.h"
#include "runtime.h"

/**
 * lunatik_heap_footprint() - bytes that the kernel's allocator takes for a block
 * @size: bytes asked for, at most 1 GiB
 *
 * A function of the size alone, so that freeing a block gives back as much as was charged for it.
 *
 * Context: any
 */
size_t lunatik_heap_footprint(size_t size)
{
	if (!size)
		return 0;
	if (size > LUNATIK_SLAB)
		return PAGE_ALIGN(size);
	if (KMALLOC_MIN_SIZE <= 32 && size > 64 && size <= 96)
		return 96;
	if (KMALLOC_MIN_SIZE <= 64 && size > 128 && size <= 192)
		return 192;
	return max3(roundup_pow_of_two(size), (size_t)KMALLOC_MIN_SIZE,
		    sizeof(struct llist_node));
}

/* ---- for bindings ------------------------------------------------------- */

void *lunatik_realloc(lua_State *L, void *ptr, size_t size)
{
	if (!lunatik_maysleep(L) || !size || size > KMALLOC_MAX_SIZE)
		return NULL;
	return krealloc(ptr, size, LUNATIK_GFP);
}
EXPORT_SYMBOL(lunatik_realloc);

void *lunatik_checkalloc(lua_State *L, size_t size)
{
	void *ptr = lunatik_realloc(L, NULL, size);

	return lunatik_checknull(L, ptr);
}
EXPORT_SYMBOL(lunatik_checkalloc);

void lunatik_free(const void *ptr)
{
	kvfree(ptr);
}
EXPORT_SYMBOL(lunatik_free);

gfp_t lunatik_gfp(lunatik_object_t *runtime)
{
	struct lunatik_runtime *rt = lunatik_runtime_of(runtime);

	return !rt->L || lunatik_maysleep(rt->L) ? LUNATIK_GFP : 0;
}
EXPORT_SYMBOL(lunatik_gfp);
