// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * heap.c - where a runtime's Lua heap comes from.
 *
 * softirq and hardirq runtimes live in one arena, reserved at creation. The arena
 * of a process runtime grows by chunks, and its large blocks are the kernel's. An
 * entry that may not sleep lives from what the chunks have free, of which others
 * leave it a reserve; blocks of the kernel that it frees go back through a work
 * item. Nothing here ever reaches the OOM killer.
 */
#include <linux/slab.h>

#include <lunatik_binding.h>

#include "heap.h"
#include "account.h"
#include "alloc.h"
#include "arena.h"
#include "context.h"
#include "param.h"
#include "ref.h"
#include "runtime.h"
#include "stack.h"
#include "work.h"

#define HEAP_CHUNK	SZ_64K		/* the first chunks */
#define HEAP_MOSTCHUNK	SZ_256K		/* those of a large heap */
#define HEAP_LEASTCHUNK	SZ_16K		/* where a limit is near */
#define HEAP_RESERVE	SZ_64K
#define HEAP_FLOOR	SZ_8K		/* for entries deep in the C stack: more would take a second chunk of each runtime */

#define HEAP_LARGE	SZ_16K		/* larger blocks are the kernel's */
#define HEAP_KEEP	SZ_512K		/* still larger ones, and more, are not kept */

/* KASAN knows the blocks of the kernel's allocator only: there, each block is one. */
#define HEAP_SINGLE	(IS_ENABLED(CONFIG_KASAN_GENERIC) || IS_ENABLED(CONFIG_KASAN_SW_TAGS))

/* ---- what is charged ------------------------------------------------------ */

/* Whether a block of the kernel's may be freed, if not made. */
static bool heap_mayfree(struct lunatik_runtime *rt)
{
	struct lunatik_entry *entry = rt->current_entry;

	return !entry || (entry->flags & LUNATIK_MAYSLEEP);
}

/* Allocating with GFP_KERNEL may enter reclaim on this very stack. */
static bool heap_maysleep(struct lunatik_runtime *rt)
{
	if (!rt->current_entry)
		return true;
	return heap_mayfree(rt) &&
	       lunatik_stack_left(rt, LUNATIK_STACK_RECLAIM);
}

/* Bytes for which the limit has room. */
static bool heap_hasroom(struct lunatik_runtime *rt, size_t size)
{
	size_t held = rt->heap.fixed ? rt->heap.used : READ_ONCE(rt->heap.held);

	return held + size + atomic_long_read(&rt->account->used) <=
	       rt->limits.memory;
}

static void heap_book(struct lunatik_runtime *rt)
{
	struct lunatik_arena *arena = &rt->heap.arena;
	size_t used = (arena->npages - arena->nfree) * PAGE_SIZE;

	WRITE_ONCE(rt->heap.used, used + rt->heap.large);
	atomic_long_set(&rt->account->heap,
			rt->heap.fixed ? rt->heap.used : rt->heap.held);
}

/* Bytes of a chunk that the work item has made, and nobody has adopted yet. */
static size_t heap_pending(struct lunatik_runtime *rt)
{
	/* Pairs with heap_refillwork(). */
	struct lunatik_chunk *spare = smp_load_acquire(&rt->heap.spare);

	return spare ? spare->cost : 0;
}

static bool heap_charge(struct lunatik_runtime *rt, size_t size)
{
	if (!heap_hasroom(rt, size + heap_pending(rt)) ||
	    !lunatik_account_addtotal(rt->account, size))
		return false;
	rt->heap.held += size;
	return true;
}

static void heap_uncharge(struct lunatik_runtime *rt, size_t size)
{
	lunatik_account_subtotal(rt->account, size);
	rt->heap.held -= size;
}

/* ---- blocks of the kernel ------------------------------------------------- */

/*
 * The bytes of a large block: a function of the size alone, so that Lua's size is
 * enough to give it back. A step is an eighth of the size or less, so that a
 * buffer which grows finds the blocks that it left behind.
 */
static size_t heap_largesize(size_t size)
{
	if (size <= LUNATIK_SLAB || size > HEAP_KEEP)
		return lunatik_heap_footprint(size);
	return PAGE_ALIGN(round_up(size, roundup_pow_of_two(size) / 16));
}

static void heap_release(struct lunatik_runtime *rt, void *block, size_t size)
{
	heap_uncharge(rt, size);
	if (heap_mayfree(rt))
		kvfree(block);
	else if (llist_add(block, &rt->heap.deferred))
		irq_work_queue(&rt->heap.irq);
}

static void heap_dropkept(struct lunatik_runtime *rt, unsigned int index)
{
	struct lunatik_block kept = rt->heap.kept[index];

	rt->heap.nkept--;
	memmove(&rt->heap.kept[index], &rt->heap.kept[index + 1],
		(rt->heap.nkept - index) * sizeof(kept));
	rt->heap.keptsize -= kept.size;
	heap_release(rt, kept.block, kept.size);
}

static void heap_keep(struct lunatik_runtime *rt, void *block, size_t size)
{
	size_t most = min_t(size_t, HEAP_KEEP, rt->limits.memory / 8);

	if (size <= HEAP_LARGE || size > most || !heap_mayfree(rt)) {
		heap_release(rt, block, size);
		return;
	}
	while (rt->heap.nkept == LUNATIK_KEPT ||
	       rt->heap.keptsize + size > most)
		heap_dropkept(rt, 0);
	rt->heap.keptsize += size;
	rt->heap.kept[rt->heap.nkept++] = (struct lunatik_block) {
		.block = block, .size = size,
	};
}

static void *heap_takekept(struct lunatik_runtime *rt, size_t size)
{
	unsigned int i = rt->heap.nkept;
	void *block;

	while (i--) {
		if (rt->heap.kept[i].size != size)
			continue;
		block = rt->heap.kept[i].block;
		rt->heap.kept[i] = rt->heap.kept[--rt->heap.nkept];
		rt->heap.keptsize -= size;
		return block;
	}
	return NULL;
}

static struct lunatik_block *heap_findstuck(struct lunatik_runtime *rt,
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
	struct lunatik_block *stuck = heap_findstuck(rt, ptr);

	if (!stuck && rt->heap.nstuck < LUNATIK_STUCK) {
		stuck = &rt->heap.stuck[rt->heap.nstuck++];
		*stuck = (struct lunatik_block) { .block = ptr };
	}
	if (stuck)
		stuck->size += excess;
}

/* The bytes that are charged beside what Lua believes. */
static size_t heap_unstick(struct lunatik_runtime *rt, const void *ptr)
{
	struct lunatik_block *stuck = heap_findstuck(rt, ptr);
	size_t excess;

	if (!stuck)
		return 0;
	excess = stuck->size;
	*stuck = rt->heap.stuck[--rt->heap.nstuck];
	return excess;
}

static noinline void heap_givelarge(struct lunatik_runtime *rt, void *ptr,
				    size_t osize)
{
	size_t size = heap_largesize(osize);

	if (unlikely(rt->heap.nstuck))
		size += heap_unstick(rt, ptr);
	rt->heap.large -= size;
	heap_keep(rt, ptr, size);
	heap_book(rt);
}

/* ---- chunks --------------------------------------------------------------- */

/* Pages that entries which may sleep leave to those that may not, or that are deep in the C stack. */
static size_t heap_floor(struct lunatik_runtime *rt)
{
	return PFN_UP(rt->heap.reserve ?: HEAP_FLOOR);
}

static void heap_dropchunk(struct lunatik_runtime *rt,
			   struct lunatik_chunk *chunk)
{
	lunatik_arena_remove(&rt->heap.arena, chunk);
	heap_uncharge(rt, chunk->cost);
	lunatik_chunk_destroy(chunk);
}

static bool heap_isspare(struct lunatik_runtime *rt,
			 const struct lunatik_chunk *chunk)
{
	return rt->heap.arena.nfree - chunk->npages >= heap_floor(rt);
}

/* Give back what is only there to be used again, but some empty chunks. */
static bool heap_shed(struct lunatik_runtime *rt, unsigned int chunks)
{
	bool any = rt->heap.nkept;

	while (rt->heap.nkept)
		heap_dropkept(rt, rt->heap.nkept - 1);
	while (rt->heap.arena.nempty > chunks) {
		struct lunatik_chunk *chunk;

		chunk = lunatik_arena_empty(&rt->heap.arena);
		if (!heap_isspare(rt, chunk))
			break;
		heap_dropchunk(rt, chunk);
		any = true;
	}
	return any;
}

static bool heap_pay(struct lunatik_runtime *rt, size_t size)
{
	return heap_charge(rt, size) ||
	       (heap_shed(rt, 0) && heap_charge(rt, size));
}

static size_t heap_cost(size_t size)
{
	return PAGE_ALIGN(size) + lunatik_heap_footprint(lunatik_chunk_head(size));
}

static bool heap_addchunk(struct lunatik_runtime *rt, size_t size)
{
	size_t cost = heap_cost(size);
	struct lunatik_chunk *chunk;

	if (!heap_pay(rt, cost))
		return false;
	chunk = lunatik_chunk_create(size);
	if (!chunk) {
		heap_uncharge(rt, cost);
		return false;
	}
	chunk->cost = cost;
	lunatik_arena_add(&rt->heap.arena, chunk);
	return true;
}

static size_t heap_pages(size_t size)
{
	return 1UL << order_base_2(PFN_UP(size));
}

/* A chunk that the block fits into: the larger the heap, the larger. */
static bool heap_expand(struct lunatik_runtime *rt, size_t size)
{
	size_t least = max_t(size_t, HEAP_LEASTCHUNK,
			     heap_pages(size) * PAGE_SIZE);
	size_t wanted = clamp_t(size_t, roundup_pow_of_two(rt->heap.held / 8 + 1),
				HEAP_CHUNK, HEAP_MOSTCHUNK);

	for (; wanted >= least; wanted /= 2) {
		if (heap_addchunk(rt, wanted))
			return true;
	}
	return false;
}

/* Entries that may not sleep need blocks of several pages, too. */
static bool heap_hasrun(struct lunatik_runtime *rt)
{
	unsigned int order = order_base_2(PFN_UP(HEAP_LARGE));

	while (order < LUNATIK_ARENA_ORDERS && !rt->heap.arena.runs[order])
		order++;
	return order < LUNATIK_ARENA_ORDERS;
}

/* ---- reserve -------------------------------------------------------------- */

/* Under the runtime's lock: the chunk of the work item becomes usable. */
static void heap_adopt(struct lunatik_runtime *rt)
{
	struct lunatik_chunk *spare;

	/* Pairs with heap_refillwork(): the chunk is initialised. */
	spare = smp_load_acquire(&rt->heap.spare);
	if (!spare || !heap_hasroom(rt, spare->cost))
		return;
	lunatik_arena_add(&rt->heap.arena, spare);
	rt->heap.held += spare->cost;
	if (rt->heap.reserve)
		WRITE_ONCE(rt->heap.reserve, rt->heap.reserve + spare->bytes);
	heap_book(rt);
	/* Pairs with heap_refillwork(). */
	smp_store_release(&rt->heap.spare, NULL);
}

/* Outside the runtime's lock. */
static struct lunatik_chunk *heap_newreserve(struct lunatik_runtime *rt)
{
	size_t reserve = READ_ONCE(rt->heap.reserve);
	size_t size = reserve ? roundup_pow_of_two(reserve + 1) : HEAP_RESERVE;
	struct lunatik_chunk *chunk;

	if (reserve + size > rt->limits.memory / 2 ||
	    !heap_hasroom(rt, heap_cost(size)) ||
	    !lunatik_account_addtotal(rt->account, heap_cost(size)))
		return NULL;
	chunk = lunatik_chunk_create(size);
	if (!chunk) {
		lunatik_account_subtotal(rt->account, heap_cost(size));
		return NULL;
	}
	chunk->cost = heap_cost(size);
	return chunk;
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

/* Give back what was kept in case that it is needed again. */
static void heap_trim(struct lunatik_runtime *rt)
{
	if (rt->heap.fixed || (!rt->heap.nkept && rt->heap.arena.nempty <= 1))
		return;
	heap_shed(rt, 1);
	heap_book(rt);
}

/**
 * lunatik_heap_refill() - an entry that may sleep is over: mend the reserve, and
 * give back what was kept
 * @rt: the runtime
 *
 * Context: process, may sleep; under the runtime's lock
 */
void lunatik_heap_refill(struct lunatik_runtime *rt)
{
	heap_freedeferred(rt);
	if (!rt->heap.fixed)
		heap_adopt(rt);
	heap_trim(rt);
}

/**
 * lunatik_trim() - give back what was kept, as a script has asked for a full collection
 * @L: the running thread
 *
 * Context: an entry that may sleep
 */
void lunatik_trim(lua_State *L)
{
	heap_trim(lunatik_of(L));
}

/**
 * lunatik_heap_reserve() - entries that may not sleep are to come
 * @rt: the runtime
 *
 * Context: process, may sleep; under the runtime's lock
 * Return: whether there is memory for them
 */
bool lunatik_heap_reserve(struct lunatik_runtime *rt)
{
	if (rt->heap.fixed || rt->heap.reserve)
		return true;
	rt->heap.reserve = min_t(size_t, HEAP_RESERVE,
				 PAGE_ALIGN(rt->limits.memory / 8));
	if ((rt->heap.arena.nfree < heap_floor(rt) || !heap_hasrun(rt)) &&
	    !heap_addchunk(rt, rt->heap.reserve))
		rt->heap.reserve = 0;
	heap_book(rt);
	return rt->heap.reserve;
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

/* ---- Lua's blocks --------------------------------------------------------- */

static void *heap_fromarena(struct lunatik_runtime *rt, size_t size)
{
	void *block = lunatik_arena_takeslot(&rt->heap.arena, size);

	return block ? block : lunatik_arena_takepages(&rt->heap.arena, size);
}

/* Objects count for the limit, too. */
static void *heap_takefixed(struct lunatik_runtime *rt, size_t size)
{
	if (!heap_hasroom(rt, heap_pages(size) * PAGE_SIZE))
		return NULL;
	return heap_fromarena(rt, size);
}

static bool heap_istight(struct lunatik_runtime *rt)
{
	return rt->heap.arena.nfree <= min_t(size_t, heap_floor(rt), HEAP_RESERVE / PAGE_SIZE) / 2;
}

static void *heap_takereserve(struct lunatik_runtime *rt, size_t size)
{
	void *block;

	heap_adopt(rt);
	block = heap_fromarena(rt, size);
	rt->heap.tight = !block || heap_istight(rt);
	if (rt->heap.tight) {
		WRITE_ONCE(rt->heap.low, true);
		irq_work_queue(&rt->heap.irq);
	}
	return block;
}

static void *heap_takelarge(struct lunatik_runtime *rt, size_t size)
{
	size_t bytes = heap_largesize(size);
	void *block = heap_takekept(rt, bytes);

	if (!block) {
		if (!heap_pay(rt, bytes))
			return NULL;
		block = lunatik_heap_newblock(bytes, LUNATIK_GFP);
		if (!block) {
			heap_uncharge(rt, bytes);
			return NULL;
		}
	}
	rt->heap.large += bytes;
	return block;
}

/* Without a new chunk, the reserve of hooks that may not sleep stays theirs. */
static void *heap_takepages(struct lunatik_runtime *rt, size_t size)
{
	bool low = rt->heap.arena.nfree < heap_floor(rt) + heap_pages(size);
	void *block;

	if ((low || (rt->heap.reserve && !heap_hasrun(rt))) &&
	    !heap_expand(rt, size) && low && rt->heap.reserve)
		return NULL;
	block = heap_fromarena(rt, size);
	if (!block && heap_expand(rt, size))
		block = heap_fromarena(rt, size);
	return block;
}

static noinline void *heap_take(struct lunatik_runtime *rt, size_t size)
{
	void *block;

	if (size > LUNATIK_MOST_MEMORY)
		return NULL;
	if (rt->heap.fixed)
		block = heap_takefixed(rt, size);
	else if (!heap_maysleep(rt))
		block = heap_takereserve(rt, size);
	else if (HEAP_SINGLE || size > HEAP_LARGE)
		block = heap_takelarge(rt, size);
	else
		block = heap_takepages(rt, size);
	heap_book(rt);
	return block;
}

static __always_inline void *heap_new(struct lunatik_runtime *rt, size_t size)
{
	void *block = NULL;

	if (!HEAP_SINGLE || rt->heap.fixed)
		block = lunatik_arena_takeslot(&rt->heap.arena, size);
	return likely(block) ? block : heap_take(rt, size);
}

/*
 * All empty chunks but one go back at once. But an entry keeps a quarter of its pages free: else each cycle of the
 * collector would take them anew, and pages of the kernel's have to be filled with zeros.
 */
static void heap_thin(struct lunatik_runtime *rt)
{
	struct lunatik_arena *arena = &rt->heap.arena;

	while (arena->nempty > 1) {
		struct lunatik_chunk *chunk = lunatik_arena_empty(arena);

		if (!heap_isspare(rt, chunk) ||
		    arena->nfree - chunk->npages < arena->npages / 4)
			break;
		heap_dropchunk(rt, chunk);
	}
}

static noinline void heap_gavepages(struct lunatik_runtime *rt,
				    struct lunatik_chunk *chunk)
{
	rt->heap.tight = rt->heap.tight && heap_istight(rt);
	if (!rt->heap.fixed && lunatik_chunk_isempty(chunk) && heap_mayfree(rt))
		heap_thin(rt);
	heap_book(rt);
}

static __always_inline void heap_give(struct lunatik_runtime *rt, void *ptr,
				      size_t osize)
{
	struct lunatik_chunk *chunk = lunatik_arena_find(&rt->heap.arena, ptr);

	if (unlikely(!chunk))
		heap_givelarge(rt, ptr, osize);
	else if (unlikely(lunatik_arena_free(&rt->heap.arena, chunk, ptr)))
		heap_gavepages(rt, chunk);
}

/* Whether a block may stay where it is without hiding memory from the limit. */
static bool heap_fits(struct lunatik_chunk *chunk, const void *ptr,
		      size_t osize, size_t nsize)
{
	size_t usable;

	if (!chunk)
		return heap_largesize(nsize) == heap_largesize(osize);
	usable = lunatik_arena_usable(chunk, ptr);
	return nsize <= usable && nsize > usable / 4;
}

static void *heap_resize(struct lunatik_runtime *rt, void *ptr, size_t osize,
			 size_t nsize)
{
	struct lunatik_chunk *chunk = lunatik_arena_find(&rt->heap.arena, ptr);
	void *block;

	if (nsize <= LUNATIK_MOST_MEMORY && heap_fits(chunk, ptr, osize, nsize))
		return ptr;
	block = heap_new(rt, nsize);
	if (block) {
		memcpy(block, ptr, min(osize, nsize));
		heap_give(rt, ptr, osize);
		return block;
	}
	if (nsize > osize)
		return NULL;
	if (!chunk)	/* shrinking never fails */
		heap_stick(rt, ptr, heap_largesize(osize) -
				    heap_largesize(nsize));
	return ptr;
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
		return nsize ? heap_new(rt, nsize) : NULL;
	if (nsize)
		return heap_resize(rt, ptr, osize, nsize);
	heap_give(rt, ptr, osize);
	return NULL;
}

/* ---- begin and end -------------------------------------------------------- */

static int heap_initarena(struct lunatik_runtime *rt)
{
	struct lunatik_chunk *chunk;

	rt->heap.fixed = true;
	if (!lunatik_account_addtotal(rt->account, rt->limits.memory))
		return -ENOSPC;
	rt->heap.held = rt->limits.memory;
	chunk = lunatik_chunk_create(rt->limits.memory);
	if (!chunk)
		return -ENOMEM;
	lunatik_arena_add(&rt->heap.arena, chunk);
	return 0;
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
	/* Without blocks of the arena's, there would be nothing that an entry deep in the C stack could take. */
	if (HEAP_SINGLE && !heap_addchunk(rt, HEAP_LEASTCHUNK))
		return -ENOMEM;
	return 0;
}

/**
 * lunatik_heap_isarena() - whether all of Lua's blocks go with the arena
 */
bool lunatik_heap_isarena(struct lunatik_runtime *rt)
{
	return !rt->heap.large;
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
	heap_freedeferred(rt);
	if (!rt->account)
		return;
	while (rt->heap.nkept)
		heap_dropkept(rt, rt->heap.nkept - 1);
	if (rt->heap.spare) {
		lunatik_account_subtotal(rt->account, rt->heap.spare->cost);
		lunatik_chunk_destroy(rt->heap.spare);
		rt->heap.spare = NULL;
	}
	lunatik_arena_destroy(&rt->heap.arena);
	lunatik_account_subtotal(rt->account, rt->heap.held);
	rt->heap.held = 0;
	WRITE_ONCE(rt->heap.used, 0);
	lunatik_account_orphan(rt->account);
}
