/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * heap.h - where a runtime's Lua heap comes from
 */
#ifndef LUNATIK_HEAP_H
#define LUNATIK_HEAP_H

#include <lunatik.h>

#include <linux/irq_work.h>
#include <linux/workqueue.h>

#include "arena.h"

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

/**
 * struct lunatik_heap - where the memory of a Lua state comes from
 * @used: bytes that Lua holds, as lunatik_heap_footprint() counts them
 * @charged: bytes of the total that @used may grow to
 * @arena: all of it, in softirq and hardirq runtimes
 * @reserve: for entries of process runtimes that may not sleep
 * @nreserve: how many of @reserve there are
 * @spare: the next one, made by @work
 * @low: @work is to make another one
 * @tight: the reserve runs low: entries that may not sleep advance the
 *	collector
 * @stuck: kernel blocks that are larger than Lua believes
 * @nstuck: how many of @stuck there are
 * @deferred: kernel blocks that were freed where the kernel's allocator may not
 *	be called
 * @work: makes @spare, and frees @deferred
 * @irq: queues @work
 */
struct lunatik_heap {
	size_t used;
	size_t charged;
	struct lunatik_arena *arena;
	struct lunatik_arena *reserve[LUNATIK_RESERVES];
	unsigned int nreserve;
	struct lunatik_arena *spare;
	bool low;
	bool tight;
	struct lunatik_stuck stuck[LUNATIK_STUCK];
	unsigned int nstuck;
	struct llist_head deferred;
	struct work_struct work;
	struct irq_work irq;
};

int lunatik_heap_init(struct lunatik_runtime *rt,
		      struct lunatik_runtime *sponsor);
void lunatik_heap_exit(struct lunatik_runtime *rt);
void *lunatik_heap_luaalloc(void *ud, void *ptr, size_t osize, size_t nsize);
void lunatik_heap_refill(struct lunatik_runtime *rt);

#endif
