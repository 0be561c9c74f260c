// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * memory.c - where a runtime's Lua heap comes from.
 *
 * softirq and hardirq runtimes live in one arena, reserved at creation. A
 * process runtime allocates from the kernel in entries that may sleep, and from
 * its reserve otherwise; blocks of the kernel that such an entry frees go back
 * through a work item. Nothing here ever reaches the OOM killer.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "core.h"

#define MEMORY_STEP	SZ_256K		/* grain of the charge to the total */
#define MEMORY_RESERVE	SZ_64K
#define MEMORY_SLAB	SZ_32K		/* larger blocks are of whole pages */

/* ---- blocks ------------------------------------------------------------- */

/* Allocating with GFP_KERNEL may enter reclaim on this very stack. */
static bool memory_maysleep(struct lunatik_runtime *rt)
{
	struct lunatik_entry *entry = rt->current_entry;

	if (!entry)
		return true;
	return (entry->flags & LUNATIK_MAYSLEEP) &&
	       lunatik_stackleft(rt, LUNATIK_STACK_RECLAIM);
}

/**
 * lunatik_footprint() - bytes that the kernel's allocator takes for a block
 * @size: bytes asked for, at most 1 GiB
 *
 * A function of the size alone, so that freeing a block gives back as much as was charged for it.
 *
 * Context: any
 */
size_t lunatik_footprint(size_t size)
{
	if (!size)
		return 0;
	if (size > MEMORY_SLAB)
		return PAGE_ALIGN(size);
	if (KMALLOC_MIN_SIZE <= 32 && size > 64 && size <= 96)
		return 96;
	if (KMALLOC_MIN_SIZE <= 64 && size > 128 && size <= 192)
		return 192;
	return max3(roundup_pow_of_two(size), (size_t)KMALLOC_MIN_SIZE,
		    sizeof(struct llist_node));
}

/**
 * lunatik_newblock() - a block that takes no more than lunatik_footprint() says
 * @size: bytes, at least 1
 * @gfp: LUNATIK_GFP, and what else is wanted
 *
 * The slab allocator would round a large block up to a power of two of pages.
 *
 * Context: process, may sleep
 * Return: the block, to be freed with kvfree(), or NULL
 */
void *lunatik_newblock(size_t size, gfp_t gfp)
{
	size = lunatik_footprint(size);
	return size > MEMORY_SLAB ? __vmalloc(size, gfp) : kvmalloc(size, gfp);
}

static struct lunatik_arena *memory_arena(struct lunatik_runtime *rt,
					  const void *ptr)
{
	unsigned int i;

	if (rt->arena)
		return rt->arena;
	for (i = 0; i < rt->nreserve; i++) {
		if (lunatik_arena_owns(rt->reserve[i], ptr))
			return rt->reserve[i];
	}
	return NULL;
}

/* Under the runtime's lock: what the work item has made becomes usable. */
static void memory_adopt(struct lunatik_runtime *rt)
{
	struct lunatik_arena *spare = smp_load_acquire(&rt->spare);

	if (!spare)
		return;
	rt->reserve[rt->nreserve++] = spare;
	smp_store_release(&rt->spare, NULL);
}

static void *memory_fromreserve(struct lunatik_runtime *rt, size_t size)
{
	unsigned int i;
	void *ptr = NULL;

	memory_adopt(rt);
	for (i = rt->nreserve; !ptr && i > 0; i--)
		ptr = lunatik_arena_alloc(rt->reserve[i - 1], size);
	i = rt->nreserve;
	rt->reserve_tight = !ptr || lunatik_arena_available(rt->reserve[i - 1]) <
				    MEMORY_RESERVE / 2;
	if (rt->reserve_tight) {
		WRITE_ONCE(rt->reserve_low, true);
		irq_work_queue(&rt->refill_irq);
	}
	return ptr;
}

static void *memory_take(struct lunatik_runtime *rt, size_t size)
{
	if (rt->arena)
		return lunatik_arena_alloc(rt->arena, size);
	if (memory_maysleep(rt))
		return lunatik_newblock(size, LUNATIK_GFP);
	return memory_fromreserve(rt, size);
}

static struct lunatik_stuck *memory_findstuck(struct lunatik_runtime *rt,
					      const void *ptr)
{
	unsigned int i;

	for (i = 0; i < rt->nstuck; i++) {
		if (rt->stuck[i].block == ptr)
			return &rt->stuck[i];
	}
	return NULL;
}

/*
 * A kernel block that could not be moved to a smaller one stays charged as it is: else a script could hold any
 * amount. Of too many such blocks nobody remembers which they are, and they stay charged as long as the runtime.
 */
static void memory_stick(struct lunatik_runtime *rt, void *ptr, size_t excess)
{
	struct lunatik_stuck *stuck = memory_findstuck(rt, ptr);

	rt->heap += excess;
	if (!stuck && rt->nstuck < LUNATIK_STUCK) {
		stuck = &rt->stuck[rt->nstuck++];
		*stuck = (struct lunatik_stuck) { .block = ptr };
	}
	if (stuck)
		stuck->excess += excess;
}

static void memory_unstick(struct lunatik_runtime *rt, const void *ptr)
{
	struct lunatik_stuck *stuck = memory_findstuck(rt, ptr);

	if (!stuck)
		return;
	rt->heap -= stuck->excess;
	*stuck = rt->stuck[--rt->nstuck];
}

static void memory_give(struct lunatik_runtime *rt, void *ptr)
{
	struct lunatik_arena *arena = memory_arena(rt, ptr);

	if (arena) {
		lunatik_arena_free(arena, ptr);
		return;
	}
	if (unlikely(rt->nstuck))
		memory_unstick(rt, ptr);
	if (!rt->current_entry || (rt->current_entry->flags & LUNATIK_MAYSLEEP))
		kvfree(ptr);
	else if (llist_add(ptr, &rt->deferred))
		irq_work_queue(&rt->refill_irq);
}

/* Whether a block may stay where it is without hiding memory from the limit. */
static bool memory_fits(struct lunatik_runtime *rt, void *ptr, size_t osize,
			size_t nsize)
{
	struct lunatik_arena *arena = memory_arena(rt, ptr);
	size_t usable;

	if (!arena)
		return lunatik_footprint(nsize) == lunatik_footprint(osize);
	usable = lunatik_arena_usable(arena, ptr);
	return nsize <= usable && nsize > usable / 4;
}

/* The total is charged in steps, so that the hot path touches no shared line. */
static bool memory_charge(struct lunatik_runtime *rt, size_t grow)
{
	size_t heap = rt->heap + grow;

	if (heap + atomic_long_read(&rt->account->used) > rt->limits.memory)
		return false;
	while (!rt->arena && heap > rt->charged) {
		size_t step = max_t(size_t, MEMORY_STEP, heap - rt->charged);

		if (!lunatik_account_addtotal(rt->account, step))
			return false;
		rt->charged += step;
	}
	return true;
}

/* The bytes that a block counts for. An arena was charged as a whole when it was reserved. */
static size_t memory_size(struct lunatik_runtime *rt, size_t size)
{
	return rt->arena ? size : lunatik_footprint(size);
}

static void memory_settle(struct lunatik_runtime *rt, size_t osize, size_t nsize)
{
	rt->heap = rt->heap - memory_size(rt, osize) + memory_size(rt, nsize);
	atomic_long_set(&rt->account->heap, rt->heap);
	if (!rt->arena && rt->charged > rt->heap + 4 * MEMORY_STEP) {
		lunatik_account_subtotal(rt->account, 2 * MEMORY_STEP);
		rt->charged -= 2 * MEMORY_STEP;
	}
}

static bool memory_pay(struct lunatik_runtime *rt, size_t osize, size_t nsize)
{
	size_t old = memory_size(rt, osize), new = memory_size(rt, nsize);

	return new <= old || memory_charge(rt, new - old);
}

static void *memory_grow(struct lunatik_runtime *rt, void *ptr, size_t osize,
			 size_t nsize)
{
	void *block;

	if (nsize > LUNATIK_MOST_MEMORY || !memory_pay(rt, osize, nsize))
		return NULL;
	if (ptr && memory_fits(rt, ptr, osize, nsize)) {
		memory_settle(rt, osize, nsize);
		return ptr;
	}
	block = memory_take(rt, nsize);
	if (!block && nsize > osize)
		return NULL;
	if (!block) {
		block = ptr;	/* shrinking never fails */
		if (!memory_arena(rt, ptr))
			memory_stick(rt, ptr, memory_size(rt, osize) -
					      memory_size(rt, nsize));
	} else if (ptr) {
		memcpy(block, ptr, min(osize, nsize));
		memory_give(rt, ptr);
	}
	memory_settle(rt, osize, nsize);
	return block;
}

/**
 * lunatik_luaalloc() - the lua_Alloc of every runtime
 * @ud: the runtime
 * @ptr: block or NULL
 * @osize: its size; the kind of object if @ptr is NULL
 * @nsize: the size wanted; 0 frees
 *
 * Context: under the runtime's lock, in any entry
 * Return: the block, or NULL; shrinking never fails
 */
void *lunatik_luaalloc(void *ud, void *ptr, size_t osize, size_t nsize)
{
	struct lunatik_runtime *rt = ud;

	if (!ptr)
		osize = 0;
	if (nsize)
		return memory_grow(rt, ptr, osize, nsize);
	if (ptr) {
		memory_give(rt, ptr);
		memory_settle(rt, osize, 0);
	}
	return NULL;
}

/* ---- reserve -------------------------------------------------------------- */

static size_t memory_reserved(struct lunatik_runtime *rt)
{
	return MEMORY_RESERVE * ((1UL << rt->nreserve) - 1);
}

/* Outside the runtime's lock; @nreserve stays while there is no spare. */
static struct lunatik_arena *memory_newreserve(struct lunatik_runtime *rt)
{
	size_t size = MEMORY_RESERVE << rt->nreserve;
	struct lunatik_arena *arena;

	if (rt->nreserve >= LUNATIK_RESERVES ||
	    memory_reserved(rt) + size > rt->limits.memory / 2)
		return NULL;
	if (!lunatik_account_addtotal(rt->account, size))
		return NULL;
	arena = lunatik_arena_create(size);
	if (!arena)
		lunatik_account_subtotal(rt->account, size);
	return arena;
}

static void memory_freedeferred(struct lunatik_runtime *rt)
{
	struct llist_node *node = NULL;

	if (!llist_empty(&rt->deferred))
		node = llist_del_all(&rt->deferred);
	while (node) {
		struct llist_node *next = node->next;

		kvfree(node);
		node = next;
	}
}

/**
 * lunatik_memory_refill() - mend the reserve, under the runtime's lock
 *
 * Context: process, may sleep
 */
void lunatik_memory_refill(struct lunatik_runtime *rt)
{
	memory_freedeferred(rt);
	memory_adopt(rt);
}

/* Takes no lock of the runtime: a hook that only tries would miss its event. */
static void memory_refillwork(struct work_struct *work)
{
	struct lunatik_runtime *rt =
		container_of(work, struct lunatik_runtime, refill_work);

	memory_freedeferred(rt);
	if (READ_ONCE(rt->reserve_low) && !smp_load_acquire(&rt->spare)) {
		WRITE_ONCE(rt->reserve_low, false);
		smp_store_release(&rt->spare, memory_newreserve(rt));
	}
	lunatik_runtime_put(rt);
}

static void memory_refillirq(struct irq_work *work)
{
	struct lunatik_runtime *rt =
		container_of(work, struct lunatik_runtime, refill_irq);

	if (!kref_get_unless_zero(&rt->refs))
		return;
	lunatik_beginwork();
	if (!queue_work(lunatik_refills, &rt->refill_work))
		lunatik_runtime_put(rt);
	lunatik_endwork();
}

static int memory_initarena(struct lunatik_runtime *rt)
{
	if (!lunatik_account_addtotal(rt->account, rt->limits.memory))
		return -ENOSPC;
	rt->charged = rt->limits.memory;
	rt->arena = lunatik_arena_create(rt->limits.memory);
	return rt->arena ? 0 : -ENOMEM;
}

/**
 * lunatik_memory_init() - prepare a runtime's memory
 * @rt: the runtime
 * @sponsor: referenced; pays for it, too, or NULL
 *
 * Context: process, may sleep
 * Return: 0; -ENOMEM; -ENOSPC if all runtimes together hold too much
 */
int lunatik_memory_init(struct lunatik_runtime *rt,
			struct lunatik_runtime *sponsor)
{
	init_llist_head(&rt->deferred);
	INIT_WORK(&rt->refill_work, memory_refillwork);
	init_irq_work(&rt->refill_irq, memory_refillirq);
	rt->account = lunatik_account_create(rt, sponsor);
	if (!rt->account)
		return -ENOMEM;
	if (rt->context != LUNATIK_PROCESS)
		return memory_initarena(rt);
	rt->spare = memory_newreserve(rt);
	memory_adopt(rt);
	return rt->nreserve ? 0 : -ENOMEM;
}

/**
 * lunatik_memory_exit() - give everything back after the Lua state was closed
 *
 * Context: process, may sleep; nobody enters any more
 */
void lunatik_memory_exit(struct lunatik_runtime *rt)
{
	irq_work_sync(&rt->refill_irq);
	if (cancel_work_sync(&rt->refill_work))
		lunatik_runtime_put(rt);
	lunatik_memory_refill(rt);
	while (rt->nreserve) {
		lunatik_account_subtotal(rt->account, MEMORY_RESERVE << --rt->nreserve);
		lunatik_arena_destroy(rt->reserve[rt->nreserve]);
	}
	lunatik_arena_destroy(rt->arena);
	rt->arena = NULL;
	if (!rt->account)
		return;
	lunatik_account_subtotal(rt->account, rt->charged);
	rt->charged = 0;
	lunatik_account_orphan(rt->account);
}

/* ---- documented C interface ------------------------------------------------- */

/**
 * lunatik_realloc() - memory of the kernel for a binding
 * @L: state of the running entry
 * @ptr: block of an earlier call, or NULL
 * @size: bytes
 *
 * Return: the block (free it with lunatik_free()), or NULL; also NULL in an
 * entry that may not sleep, which never calls the kernel's allocator
 */
void *lunatik_realloc(lua_State *L, void *ptr, size_t size)
{
	if (!lunatik_maysleep(L) || !size || size > KMALLOC_MAX_SIZE)
		return NULL;
	return krealloc(ptr, size, LUNATIK_GFP);
}
EXPORT_SYMBOL(lunatik_realloc);

/**
 * lunatik_checkalloc() - the same for a new block; raises "not enough memory"
 */
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

/**
 * lunatik_gfp_of() - how the running entry may allocate; 0 if not at all
 */
gfp_t lunatik_gfp_of(lua_State *L)
{
	return lunatik_maysleep(L) ? LUNATIK_GFP : 0;
}
EXPORT_SYMBOL(lunatik_gfp_of);

gfp_t lunatik_gfp(lunatik_object_t *runtime)
{
	struct lunatik_runtime *rt = lunatik_tort(runtime);

	return rt->L ? lunatik_gfp_of(rt->L) : LUNATIK_GFP;
}
EXPORT_SYMBOL(lunatik_gfp);
