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

#define LUNATIK_KEPT		8
#define LUNATIK_STUCK		16

/**
 * struct lunatik_block - a block of the kernel's
 * @block: where it is
 * @size: of one that is kept: its bytes. Of a stuck one: bytes that are charged
 *	beside what Lua believes
 */
struct lunatik_block {
	void *block;
	size_t size;
};

/**
 * struct lunatik_heap - where the memory of a Lua state comes from
 * @arena: all of it in softirq and hardirq runtimes; small blocks in others
 * @fixed: @arena neither grows nor shrinks
 * @held: bytes that are charged, @arena's chunks included
 * @used: bytes of pages and blocks of the kernel that Lua uses
 * @large: bytes of blocks of the kernel that Lua uses
 * @reserve: bytes that entries which may sleep leave to those that may not, once there are hooks for these; never falls
 * @kept: blocks of the kernel that were freed last
 * @nkept: how many of @kept there are
 * @keptsize: bytes of all of them
 * @stuck: blocks of the kernel that are larger than Lua believes
 * @nstuck: how many of @stuck there are
 * @spare: the next chunk of the reserve, made by @work
 * @low: @work is to make another one
 * @tight: free pages run low: entries that may not sleep advance the collector
 * @deferred: blocks of the kernel that were freed where its allocator may not
 *	be called
 * @work: makes @spare, and frees @deferred
 * @irq: queues @work
 */
struct lunatik_heap {
	struct lunatik_arena arena;
	bool fixed;
	size_t held;
	size_t used;
	size_t large;
	size_t reserve;
	struct lunatik_block kept[LUNATIK_KEPT];
	unsigned int nkept;
	size_t keptsize;
	struct lunatik_block stuck[LUNATIK_STUCK];
	unsigned int nstuck;
	struct lunatik_chunk *spare;
	bool low;
	bool tight;
	struct llist_head deferred;
	struct work_struct work;
	struct irq_work irq;
};

int lunatik_heap_init(struct lunatik_runtime *rt,
		      struct lunatik_runtime *sponsor);
void lunatik_heap_exit(struct lunatik_runtime *rt);
void *lunatik_heap_luaalloc(void *ud, void *ptr, size_t osize, size_t nsize);
void lunatik_heap_refill(struct lunatik_runtime *rt);
bool lunatik_heap_reserve(struct lunatik_runtime *rt);
bool lunatik_heap_isarena(struct lunatik_runtime *rt);

#endif
