/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * alloc.h - memory of the kernel, as it is accounted
 */
#ifndef LUNATIK_ALLOC_H
#define LUNATIK_ALLOC_H

#include <lunatik.h>

#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define LUNATIK_SLAB	SZ_32K	/* larger blocks are of whole pages */

size_t lunatik_heap_footprint(size_t size);

/**
 * lunatik_heap_newblock() - a block that takes no more than lunatik_heap_footprint() says
 * @size: bytes, at least 1
 * @gfp: LUNATIK_GFP, and what else is wanted
 *
 * The slab allocator would round a large block up to a power of two of pages.
 *
 * Context: process, may sleep
 * Return: the block, to be freed with kvfree(), or NULL
 */
static inline void *lunatik_heap_newblock(size_t size, gfp_t gfp)
{
	size = lunatik_heap_footprint(size);
	return size > LUNATIK_SLAB ? __vmalloc(size, gfp) : kvmalloc(size, gfp);
}

#endif
