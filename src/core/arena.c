// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * arena.c - size classes over a buddy of pages, in chunks.
 *
 * A probe may fire inside the kernel's allocator, and on PREEMPT_RT no
 * allocation is legal in atomic context: memory of such entries is reserved
 * beforehand. The others save what the kernel's allocator takes for each block.
 * All calls but those that create and destroy are made under the lock of the
 * arena's owner; none sleeps, and each is bounded by the number of orders, and
 * the logarithm of the number of chunks.
 *
 * Blocks up to LUNATIK_ARENA_SMALL bytes come from pages cut into equal slots;
 * larger ones are runs of 2^n pages. Everything about a page stands in its
 * struct lunatik_arena_page, so that a block is freed by its address alone.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <lunatik.h>

#include "arena.h"

#define ARENA_CONTIGUOUS	SZ_64K	/* the kernel is not asked for more in one piece */

static const u16 arena_slots[LUNATIK_ARENA_CLASSES] = {
	16, 32, 48, 64, 80, 96, 128, 160, 192, 256, 336, 512, 672, 1024, 1360,
	LUNATIK_ARENA_SMALL
};

/** lunatik_arena_classof - the class of a size, by its units of 16 bytes */
const u8 lunatik_arena_classof[LUNATIK_ARENA_SMALL / 16 + 1] = {
	[1] = 0, [2] = 1, [3] = 2, [4] = 3, [5] = 4, [6] = 5, [7 ... 8] = 6,
	[9 ... 10] = 7, [11 ... 12] = 8, [13 ... 16] = 9, [17 ... 21] = 10,
	[22 ... 32] = 11, [33 ... 42] = 12, [43 ... 64] = 13, [65 ... 85] = 14,
	[86 ... 128] = 15,
};

/* ---- pages ---------------------------------------------------------------- */

static struct lunatik_chunk *arena_chunkof(struct lunatik_arena_page *page)
{
	return container_of(page - page->index, struct lunatik_chunk, pages[0]);
}

static void *arena_address(struct lunatik_arena_page *page)
{
	return arena_chunkof(page)->base + (size_t)page->index * PAGE_SIZE;
}

/* A chunk has lost its last block, or gets its first one. */
static void arena_setempty(struct lunatik_arena *arena,
			   struct lunatik_chunk *chunk, bool empty)
{
	if (empty) {
		hlist_add_head(&chunk->empty, &arena->empty);
		arena->nempty++;
	} else {
		hlist_del(&chunk->empty);
		arena->nempty--;
	}
}

static void arena_giverun(struct lunatik_arena *arena,
			  struct lunatik_arena_page *page, u8 order)
{
	page->kind = ARENA_FREE;
	page->level = order;
	lunatik_arena_link(&arena->runs[order], page);
}

static bool arena_isbuddy(struct lunatik_chunk *chunk, u32 buddy, u8 order)
{
	return buddy + BIT(order) <= chunk->npages &&
	       chunk->pages[buddy].kind == ARENA_FREE &&
	       chunk->pages[buddy].level == order;
}

static void arena_freerun(struct lunatik_arena *arena,
			  struct lunatik_chunk *chunk, u32 index, u8 order)
{
	arena->nfree += BIT(order);
	chunk->nfree += BIT(order);
	if (lunatik_chunk_isempty(chunk))
		arena_setempty(arena, chunk, true);
	chunk->pages[index].kind = ARENA_INNER;
	while (order + 1 < LUNATIK_ARENA_ORDERS) {
		u32 buddy = index ^ BIT(order);

		if (!arena_isbuddy(chunk, buddy, order))
			break;
		lunatik_arena_unlink(&arena->runs[order], &chunk->pages[buddy]);
		chunk->pages[buddy].kind = ARENA_INNER;
		index &= ~BIT(order);
		order++;
	}
	arena_giverun(arena, &chunk->pages[index], order);
}

static struct lunatik_arena_page *arena_takerun(struct lunatik_arena *arena,
						u8 order)
{
	struct lunatik_arena_page *page;
	struct lunatik_chunk *chunk;
	u8 from = order;

	while (from < LUNATIK_ARENA_ORDERS && !arena->runs[from])
		from++;
	if (from >= LUNATIK_ARENA_ORDERS)
		return NULL;
	page = arena->runs[from];
	lunatik_arena_unlink(&arena->runs[from], page);
	while (from > order) {
		from--;
		arena_giverun(arena, page + BIT(from), from);
	}
	page->kind = ARENA_RUN;
	page->level = order;
	chunk = arena_chunkof(page);
	if (lunatik_chunk_isempty(chunk))
		arena_setempty(arena, chunk, false);
	chunk->nfree -= BIT(order);
	arena->nfree -= BIT(order);
	return page;
}

/* In the order of their addresses, which a sweep follows. */
static void arena_cut(struct lunatik_arena *arena,
		      struct lunatik_arena_page *page, u8 class)
{
	u8 *first = arena_address(page);
	size_t size = arena_slots[class];
	u8 *slot = first + (PAGE_SIZE / size - 1) * size;
	void *next = NULL;

	for (; slot >= first; slot -= size) {
		*(void **)slot = next;
		next = slot;
	}
	page->kind = ARENA_CUT;
	page->level = class;
	page->used = 0;
	page->slot = next;
	lunatik_arena_link(&arena->partial[class], page);
}

/**
 * lunatik_arena_takepages() - take a block from free pages
 * @arena: the arena
 * @size: bytes, at least 1; a small one cuts a page into slots
 *
 * Return: the block, 16 bytes aligned, or NULL
 */
void *lunatik_arena_takepages(struct lunatik_arena *arena, size_t size)
{
	struct lunatik_arena_page *page;

	if (size > PAGE_SIZE << (LUNATIK_ARENA_ORDERS - 1))
		return NULL;
	if (size > LUNATIK_ARENA_SMALL) {
		page = arena_takerun(arena, order_base_2(PFN_UP(size)));
		return page ? arena_address(page) : NULL;
	}
	page = arena_takerun(arena, 0);
	if (!page)
		return NULL;
	arena_cut(arena, page, lunatik_arena_classof[(size + 15) / 16]);
	return lunatik_arena_takeslot(arena, size);
}

/**
 * lunatik_arena_freepages() - give a run back, or a page without used slots
 * @arena: the arena
 * @chunk: where they are
 * @page: the first one
 */
void lunatik_arena_freepages(struct lunatik_arena *arena,
			     struct lunatik_chunk *chunk,
			     struct lunatik_arena_page *page)
{
	u8 order = page->level;

	if (page->kind == ARENA_CUT) {
		lunatik_arena_unlink(&arena->partial[page->level], page);
		order = 0;
	}
	arena_freerun(arena, chunk, page->index, order);
}

/**
 * lunatik_arena_usable() - how many bytes a block really has
 */
size_t lunatik_arena_usable(struct lunatik_chunk *chunk, const void *ptr)
{
	const struct lunatik_arena_page *page = lunatik_chunk_page(chunk, ptr);

	if (page->kind == ARENA_CUT)
		return arena_slots[page->level];
	return PAGE_SIZE << page->level;
}

/* ---- chunks --------------------------------------------------------------- */

/**
 * lunatik_arena_search() - the chunk that an address lies in, the slow way
 *
 * Return: the chunk, or NULL if the arena has none of that address
 */
struct lunatik_chunk *lunatik_arena_search(struct lunatik_arena *arena,
					   const void *ptr)
{
	struct rb_node *node = arena->chunks.rb_node;

	while (node) {
		struct lunatik_chunk *chunk =
			rb_entry(node, struct lunatik_chunk, node);

		if (lunatik_chunk_owns(chunk, ptr)) {
			arena->last = chunk;
			return chunk;
		}
		node = (const u8 *)ptr < chunk->base ? node->rb_left :
						       node->rb_right;
	}
	return NULL;
}

static void arena_insert(struct lunatik_arena *arena,
			 struct lunatik_chunk *chunk)
{
	struct rb_node **link = &arena->chunks.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = chunk->base < rb_entry(parent, struct lunatik_chunk,
					      node)->base ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&chunk->node, parent, link);
	rb_insert_color(&chunk->node, &arena->chunks);
}

/* The order of the largest run that may begin at a page. */
static u8 chunk_order(const struct lunatik_chunk *chunk, u32 index)
{
	u8 order = min_t(u8, LUNATIK_ARENA_ORDERS - 1,
			 ilog2(chunk->npages - index));

	return index ? min_t(u8, order, __ffs(index)) : order;
}

/**
 * lunatik_arena_add() - more memory for an arena
 * @arena: the arena
 * @chunk: belongs to the arena from now on
 *
 * Context: any
 */
void lunatik_arena_add(struct lunatik_arena *arena, struct lunatik_chunk *chunk)
{
	u32 index = 0;

	arena_insert(arena, chunk);
	arena->npages += chunk->npages;
	arena->nfree += chunk->npages;
	chunk->nfree = chunk->npages;
	arena_setempty(arena, chunk, true);
	while (index < chunk->npages) {
		u8 order = chunk_order(chunk, index);

		arena_giverun(arena, &chunk->pages[index], order);
		index += BIT(order);
	}
}

/**
 * lunatik_arena_remove() - take a chunk out that has no block
 *
 * Context: any
 */
void lunatik_arena_remove(struct lunatik_arena *arena,
			  struct lunatik_chunk *chunk)
{
	u32 index = 0;

	while (index < chunk->npages) {
		struct lunatik_arena_page *page = &chunk->pages[index];

		lunatik_arena_unlink(&arena->runs[page->level], page);
		index += BIT(page->level);
	}
	rb_erase(&chunk->node, &arena->chunks);
	if (arena->last == chunk)
		arena->last = NULL;
	arena->npages -= chunk->npages;
	arena->nfree -= chunk->npages;
	arena_setempty(arena, chunk, false);
}

/**
 * lunatik_chunk_head() - bytes of what is known of a chunk's pages
 * @size: of the chunk
 */
size_t lunatik_chunk_head(size_t size)
{
	return struct_size((struct lunatik_chunk *)NULL, pages, PFN_UP(size));
}

/* The slab allocator would round a size up to a power of two of pages. */
static void *chunk_newpages(size_t size)
{
	return size <= ARENA_CONTIGUOUS && is_power_of_2(size) ?
	       kvmalloc(size, LUNATIK_GFP) : __vmalloc(size, LUNATIK_GFP);
}

/**
 * lunatik_chunk_create() - memory for an arena
 * @size: bytes; rounded up to pages, at most 1 GiB
 *
 * Context: process, may sleep
 * Return: the chunk, or NULL
 */
struct lunatik_chunk *lunatik_chunk_create(size_t size)
{
	u32 npages = PFN_UP(size), index;
	struct lunatik_chunk *chunk;

	chunk = kvzalloc(lunatik_chunk_head(size), LUNATIK_GFP);
	if (!chunk)
		return NULL;
	chunk->npages = npages;
	chunk->bytes = (size_t)npages * PAGE_SIZE;
	chunk->base = chunk_newpages(chunk->bytes);
	if (!chunk->base) {
		kvfree(chunk);
		return NULL;
	}
	for (index = 0; index < npages; index++)
		chunk->pages[index].index = index;
	return chunk;
}

/**
 * lunatik_chunk_destroy() - give the memory back, blocks in use included
 *
 * Context: process, may sleep
 */
void lunatik_chunk_destroy(struct lunatik_chunk *chunk)
{
	kvfree(chunk->base);
	kvfree(chunk);
}

/**
 * lunatik_arena_destroy() - give all chunks back, blocks in use included
 *
 * Context: process, may sleep
 */
void lunatik_arena_destroy(struct lunatik_arena *arena)
{
	struct lunatik_chunk *chunk, *next;

	rbtree_postorder_for_each_entry_safe(chunk, next, &arena->chunks, node)
		lunatik_chunk_destroy(chunk);
	*arena = (struct lunatik_arena) { };
}
