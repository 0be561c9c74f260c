// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * heap.c - where a runtime's Lua heap comes from.
 *
 * softirq and hardirq runtimes live in one arena, reserved at creation. A
 * process runtime allocates from the kernel in entries that may sleep, and from
 * its reserve otherwise; blocks of the kernel that such an entry frees go back
 * through a work item. Nothing here ever reaches the OOM killer.
 */
#include <linux/slab.h>

#include <lunatik_binding.h>

#include "heap.h"
#include "account.h"
#include "alloc.h"
#include "arena.h"
#include "param.h"
#include "ref.h"
#include "runtime.h"
#include "stack.h"
#include "work.h"

#define HEAP_STEP	SZ_256K		/* grain of the charge to the total */
#define HEAP_RESERVE	SZ_64K

/* ---- blocks ------------------------------------------------------------- */

/* Allocating with GFP_KERNEL may enter reclaim on this very stack. */
static bool heap_maysleep(struct lunatik_runtime *rt)
{
	struct lunatik_entry *entry = rt->current_entry;

	if (!entry)
		return true;
	return (entry->flags & LUNATIK_MAYSLEEP) &&
	       lunatik_stack_left(rt, LUNATIK_STACK_RECLAIM);
}

static struct lunatik_arena *heap_arena(struct lunatik_runtime *rt,
					  const void *ptr)
{
	unsigned int i;

	if (rt->heap.arena)
		return rt->heap.arena;
	for (i = 0; i < rt->heap.nreserve; i++) {
		if (lunatik_arena_owns(rt->heap.reserve[i], ptr))
			return rt->heap.reserve[i];
	}
	return NULL;
}

/* Under the runtime's lock: the chunk of the work item becomes usable. */
static void heap_adopt(struct lunatik_runtime *rt)
{
	struct lunatik_arena *spare;

	/* Pairs with heap_refillwork(): the arena is initialised. */
	spare = smp_load_acquire(&rt->heap.spare);
	if (!spare)
		return;
	rt->heap.reserve[rt->heap.nreserve++] = spare;
	/* Pairs with heap_refillwork(). */
	smp_store_release(&rt->heap.spare, NULL);
}

static void *heap_fromreserve(struct lunatik_runtime *rt, size_t size)
{
	unsigned int i;
	void *ptr = NULL;

	heap_adopt(rt);
	for (i = rt->heap.nreserve; !ptr && i > 0; i--)
		ptr = lunatik_arena_alloc(rt->heap.reserve[i - 1], size);
	i = rt->heap.nreserve;
	rt->heap.tight = !ptr ||
			 lunatik_arena_available(rt->heap.reserve[i - 1]) <
				 HEAP_RESERVE / 2;
	if (rt->heap.tight) {
		WRITE_ONCE(rt->heap.low, true);
		irq_work_queue(&rt->heap.irq);
	}
	return ptr;
}

static void *heap_take(struct lunatik_runtime *rt, size_t size)
{
	if (rt->heap.arena)
		return lunatik_arena_alloc(rt->heap.arena, size);
	if (heap_maysleep(rt))
		return lunatik_heap_newblock(size, LUNATIK_GFP);
	return heap_fromreserve(rt, size);
}

static struct lunatik_stuck *heap_findstuck(struct lunatik_runtime *rt,
					      const void *ptr)
{
	unsigned int i;

	for (i = 0; i < rt->heap.nstuck; i++) {
		if (rt->heap.stuck[i].block == ptr)
			return &rt->heap.stuck[i];
	}
	return NULL;
}

/*
 * A kernel block that could not be moved to a smaller one stays charged as it is: else a script could hold any
 * amount. Of too many such blocks nobody remembers which they are, and they stay charged as long as the runtime.
 */
static void heap_stick(struct lunatik_runtime *rt, void *ptr, size_t excess)
{
	struct lunatik_stuck *stuck = heap_findstuck(rt, ptr);

	rt->heap.used += excess;
	if (!stuck && rt->heap.nstuck < LUNATIK_STUCK) {
		stuck = &rt->heap.stuck[rt->heap.nstuck++];
		*stuck = (struct lunatik_stuck) { .block = ptr };
	}
	if (stuck)
		stuck->excess += excess;
}

static void heap_unstick(struct lunatik_runtime *rt, const void *ptr)
{
	struct lunatik_stuck *stuck = heap_findstuck(rt, ptr);

	if (!stuck)
		return;
	rt->heap.used -= stuck->excess;
	*stuck = rt->heap.stuck[--rt->heap.nstuck];
}

static void heap_give(struct lunatik_runtime *rt, void *ptr)
{
	struct lunatik_arena *arena = heap_arena(rt, ptr);

	if (arena) {
		lunatik_arena_free(arena, ptr);
		return;
	}
	if (unlikely(rt->heap.nstuck))
		heap_unstick(rt, ptr);
	if (!rt->current_entry || (rt->current_entry->flags & LUNATIK_MAYSLEEP))
		kvfree(ptr);
	else if (llist_add(ptr, &rt->heap.deferred))
		irq_work_queue(&rt->heap.irq);
}

/* Whether a block may stay where it is without hiding memory from the limit. */
static bool heap_fits(struct lunatik_runtime *rt, void *ptr, size_t osize,
			size_t nsize)
{
	struct lunatik_arena *arena = heap_arena(rt, ptr);
	size_t usable;

	if (!arena)
		return lunatik_heap_footprint(nsize) == lunatik_heap_footprint(osize);
	usable = lunatik_arena_usable(arena, ptr);
	return nsize <= usable && nsize > usable / 4;
}

/* The total is charged in steps, so that the hot path touches no shared line. */
static bool heap_charge(struct lunatik_runtime *rt, size_t grow)
{
	size_t heap = rt->heap.used + grow;

	if (heap + atomic_long_read(&rt->account->used) > rt->limits.memory)
		return false;
	while (!rt->heap.arena && heap > rt->heap.charged) {
		size_t step = max_t(size_t, HEAP_STEP, heap - rt->heap.charged);

		if (!lunatik_account_addtotal(rt->account, step))
			return false;
		rt->heap.charged += step;
	}
	return true;
}

/* The bytes that a block counts for. An arena was charged as a whole when it was reserved. */
static size_t heap_size(struct lunatik_runtime *rt, size_t size)
{
	return rt->heap.arena ? size : lunatik_heap_footprint(size);
}

static void heap_book(struct lunatik_runtime *rt, size_t osize, size_t nsize)
{
	rt->heap.used = rt->heap.used - heap_size(rt, osize) +
			heap_size(rt, nsize);
	atomic_long_set(&rt->account->heap, rt->heap.used);
	if (!rt->heap.arena &&
	    rt->heap.charged > rt->heap.used + 4 * HEAP_STEP) {
		lunatik_account_subtotal(rt->account, 2 * HEAP_STEP);
		rt->heap.charged -= 2 * HEAP_STEP;
	}
}

static bool heap_pay(struct lunatik_runtime *rt, size_t osize, size_t nsize)
{
	size_t old = heap_size(rt, osize), new = heap_size(rt, nsize);

	return new <= old || heap_charge(rt, new - old);
}

static void *heap_grow(struct lunatik_runtime *rt, void *ptr, size_t osize,
			 size_t nsize)
{
	void *block;

	if (nsize > LUNATIK_MOST_MEMORY || !heap_pay(rt, osize, nsize))
		return NULL;
	if (ptr && heap_fits(rt, ptr, osize, nsize)) {
		heap_book(rt, osize, nsize);
		return ptr;
	}
	block = heap_take(rt, nsize);
	if (!block && nsize > osize)
		return NULL;
	if (!block) {
		block = ptr;	/* shrinking never fails */
		if (!heap_arena(rt, ptr))
			heap_stick(rt, ptr, heap_size(rt, osize) -
					      heap_size(rt, nsize));
	} else if (ptr) {
		memcpy(block, ptr, min(osize, nsize));
		heap_give(rt, ptr);
	}
	heap_book(rt, osize, nsize);
	return block;
}

/**
 * lunatik_heap_luaalloc() - the lua_Alloc of every runtime
 * @ud: the runtime
 * @ptr: block or NULL
 * @osize: its size; the kind of object if @ptr is NULL
 * @nsize: the size wanted; 0 frees
 *
 * Context: under the runtime's lock, in any entry
 * Return: the block, or NULL; shrinking never fails
 */
void *lunatik_heap_luaalloc(void *ud, void *ptr, size_t osize, size_t nsize)
{
	struct lunatik_runtime *rt = ud;

	if (!ptr)
		osize = 0;
	if (nsize)
		return heap_grow(rt, ptr, osize, nsize);
	if (ptr) {
		heap_give(rt, ptr);
		heap_book(rt, osize, 0);
	}
	return NULL;
}

/* ---- reserve -------------------------------------------------------------- */

static size_t heap_reserved(struct lunatik_runtime *rt)
{
	return HEAP_RESERVE * ((1UL << rt->heap.nreserve) - 1);
}

/* Outside the runtime's lock; @nreserve stays while there is no spare. */
static struct lunatik_arena *heap_newreserve(struct lunatik_runtime *rt)
{
	size_t size = HEAP_RESERVE << rt->heap.nreserve;
	struct lunatik_arena *arena;

	if (rt->heap.nreserve >= LUNATIK_RESERVES ||
	    heap_reserved(rt) + size > rt->limits.memory / 2)
		return NULL;
	if (!lunatik_account_addtotal(rt->account, size))
		return NULL;
	arena = lunatik_arena_create(size);
	if (!arena)
		lunatik_account_subtotal(rt->account, size);
	return arena;
}

static void heap_freedeferred(struct lunatik_runtime *rt)
{
	struct llist_node *node = NULL;

	if (!llist_empty(&rt->heap.deferred))
		node = llist_del_all(&rt->heap.deferred);
	while (node) {
		struct llist_node *next = node->next;

		kvfree(node);
		node = next;
	}
}

/**
 * lunatik_heap_refill() - mend the reserve, under the runtime's lock
 *
 * Context: process, may sleep
 */
void lunatik_heap_refill(struct lunatik_runtime *rt)
{
	heap_freedeferred(rt);
	heap_adopt(rt);
}

/* Takes no lock of the runtime: a hook that only tries would miss its event. */
static void heap_refillwork(struct work_struct *work)
{
	struct lunatik_runtime *rt =
		container_of(work, struct lunatik_runtime, heap.work);

	heap_freedeferred(rt);
	/* Pairs with heap_adopt(). */
	if (READ_ONCE(rt->heap.low) && !smp_load_acquire(&rt->heap.spare)) {
		WRITE_ONCE(rt->heap.low, false);
		/* Pairs with heap_adopt(). */
		smp_store_release(&rt->heap.spare, heap_newreserve(rt));
	}
	lunatik_runtime_put(rt);
}

static void heap_refillirq(struct irq_work *work)
{
	struct lunatik_runtime *rt =
		container_of(work, struct lunatik_runtime, heap.irq);

	if (!kref_get_unless_zero(&rt->refs))
		return;
	lunatik_work_begin();
	if (!queue_work(lunatik_refills, &rt->heap.work))
		lunatik_runtime_put(rt);
	lunatik_work_end();
}

static int heap_initarena(struct lunatik_runtime *rt)
{
	if (!lunatik_account_addtotal(rt->account, rt->limits.memory))
		return -ENOSPC;
	rt->heap.charged = rt->limits.memory;
	rt->heap.arena = lunatik_arena_create(rt->limits.memory);
	return rt->heap.arena ? 0 : -ENOMEM;
}

/**
 * lunatik_heap_init() - prepare a runtime's memory
 * @rt: the runtime
 * @sponsor: referenced; pays for it, too, or NULL
 *
 * Context: process, may sleep
 * Return: 0, -ENOMEM, or -ENOSPC if all runtimes together hold too much
 */
int lunatik_heap_init(struct lunatik_runtime *rt,
		      struct lunatik_runtime *sponsor)
{
	init_llist_head(&rt->heap.deferred);
	INIT_WORK(&rt->heap.work, heap_refillwork);
	init_irq_work(&rt->heap.irq, heap_refillirq);
	rt->account = lunatik_account_create(rt, sponsor);
	if (!rt->account)
		return -ENOMEM;
	if (rt->context != LUNATIK_PROCESS)
		return heap_initarena(rt);
	rt->heap.spare = heap_newreserve(rt);
	heap_adopt(rt);
	return rt->heap.nreserve ? 0 : -ENOMEM;
}

/**
 * lunatik_heap_exit() - give everything back after the Lua state was closed
 *
 * Context: process, may sleep; nobody enters any more
 */
void lunatik_heap_exit(struct lunatik_runtime *rt)
{
	irq_work_sync(&rt->heap.irq);
	if (cancel_work_sync(&rt->heap.work))
		lunatik_runtime_put(rt);
	lunatik_heap_refill(rt);
	while (rt->heap.nreserve) {
		lunatik_account_subtotal(rt->account,
					 HEAP_RESERVE << --rt->heap.nreserve);
		lunatik_arena_destroy(rt->heap.reserve[rt->heap.nreserve]);
	}
	lunatik_arena_destroy(rt->heap.arena);
	rt->heap.arena = NULL;
	if (!rt->account)
		return;
	lunatik_account_subtotal(rt->account, rt->heap.charged);
	rt->heap.charged = 0;
	lunatik_account_orphan(rt->account);
}
