// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * arena.c - size classes over a buddy of pages, in one vmalloc area.
 *
 * A probe may fire inside the kernel's allocator, and on PREEMPT_RT no
 * allocation is legal in atomic context: runtimes whose entries may not sleep
 * reserve their memory at creation and live from it. All calls but create and
 * destroy are made under the lock of the runtime that owns the arena; none
 * sleeps, and each is bounded by the number of orders.
 *
 * Blocks up to ARENA_SMALL bytes come from pages cut into equal slots; larger
 * ones are runs of 2^n pages. Everything about a page stands in its struct
 * arena_page, so that a block is freed by its address alone.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <lunatik.h>

#include "arena.h"

#define ARENA_ORDERS	16
#define ARENA_SMALL	2048
#define ARENA_NONE	U32_MAX

static const u16 arena_slots[] = {
	16, 32, 48, 64, 80, 96, 128, 160, 192, 256, 336, 512, 672, 1024, 1360,
	ARENA_SMALL
};

#define ARENA_CLASSES	ARRAY_SIZE(arena_slots)

enum arena_kind {
	ARENA_INNER,	/* inside a run, not its first page */
	ARENA_FREE,	/* first page of a free run */
	ARENA_RUN,	/* first page of an allocated run */
	ARENA_CUT,	/* cut into slots */
};

/**
 * struct arena_page - what is known of one page
 * @kind: enum arena_kind
 * @level: order of the run, or index of the size class
 * @used: slots in use
 * @next, @prev: neighbours in the list of free runs or of partly used pages
 * @slot: first free slot
 */
struct arena_page {
	u8 kind;
	u8 level;
	u16 used;
	u32 next;
	u32 prev;
	void *slot;
};

struct lunatik_arena {
	u8 *base;
	u32 npages;
	u32 nfree;
	u32 runs[ARENA_ORDERS];
	u32 partial[ARENA_CLASSES];
	u8 class_of[ARENA_SMALL / 16 + 1];
	struct arena_page pages[];
};

static void arena_link(struct lunatik_arena *arena, u32 *head, u32 index)
{
	struct arena_page *page = &arena->pages[index];

	page->prev = ARENA_NONE;
	page->next = *head;
	if (*head != ARENA_NONE)
		arena->pages[*head].prev = index;
	*head = index;
}

static void arena_unlink(struct lunatik_arena *arena, u32 *head, u32 index)
{
	struct arena_page *page = &arena->pages[index];

	if (page->prev != ARENA_NONE)
		arena->pages[page->prev].next = page->next;
	else
		*head = page->next;
	if (page->next != ARENA_NONE)
		arena->pages[page->next].prev = page->prev;
}

static void arena_giverun(struct lunatik_arena *arena, u32 index, u8 order)
{
	arena->pages[index].kind = ARENA_FREE;
	arena->pages[index].level = order;
	arena_link(arena, &arena->runs[order], index);
}

static bool arena_isbuddy(struct lunatik_arena *arena, u32 buddy, u8 order)
{
	return buddy + BIT(order) <= arena->npages &&
	       arena->pages[buddy].kind == ARENA_FREE &&
	       arena->pages[buddy].level == order;
}

static void arena_freerun(struct lunatik_arena *arena, u32 index, u8 order)
{
	arena->nfree += BIT(order);
	while (order + 1 < ARENA_ORDERS) {
		u32 buddy = index ^ BIT(order);

		if (!arena_isbuddy(arena, buddy, order))
			break;
		arena_unlink(arena, &arena->runs[order], buddy);
		arena->pages[buddy].kind = ARENA_INNER;
		arena->pages[index].kind = ARENA_INNER;
		index &= ~BIT(order);
		order++;
	}
	arena_giverun(arena, index, order);
}

static u32 arena_takerun(struct lunatik_arena *arena, u8 order)
{
	u8 from = order;
	u32 index;

	while (from < ARENA_ORDERS && arena->runs[from] == ARENA_NONE)
		from++;
	if (from >= ARENA_ORDERS)
		return ARENA_NONE;
	index = arena->runs[from];
	arena_unlink(arena, &arena->runs[from], index);
	while (from > order) {
		from--;
		arena_giverun(arena, index + BIT(from), from);
	}
	arena->pages[index].kind = ARENA_RUN;
	arena->pages[index].level = order;
	arena->nfree -= BIT(order);
	return index;
}

static void *arena_address(struct lunatik_arena *arena, u32 index)
{
	return arena->base + (size_t)index * PAGE_SIZE;
}

static u32 arena_cutpage(struct lunatik_arena *arena, u8 class)
{
	u32 index = arena_takerun(arena, 0);
	size_t size = arena_slots[class];
	struct arena_page *page;
	size_t offset;

	if (index == ARENA_NONE)
		return index;
	page = &arena->pages[index];
	page->kind = ARENA_CUT;
	page->level = class;
	page->used = 0;
	page->slot = NULL;
	for (offset = 0; offset + size <= PAGE_SIZE; offset += size) {
		void **slot = arena_address(arena, index) + offset;

		*slot = page->slot;
		page->slot = slot;
	}
	arena_link(arena, &arena->partial[class], index);
	return index;
}

static void *arena_takeslot(struct lunatik_arena *arena, u8 class)
{
	u32 index = arena->partial[class];
	struct arena_page *page;
	void **slot;

	if (index == ARENA_NONE)
		index = arena_cutpage(arena, class);
	if (index == ARENA_NONE)
		return NULL;
	page = &arena->pages[index];
	slot = page->slot;
	page->slot = *slot;
	page->used++;
	if (!page->slot)
		arena_unlink(arena, &arena->partial[class], index);
	return slot;
}

static void arena_freeslot(struct lunatik_arena *arena, u32 index, void **slot)
{
	struct arena_page *page = &arena->pages[index];
	u32 *head = &arena->partial[page->level];

	if (!page->slot)
		arena_link(arena, head, index);
	*slot = page->slot;
	page->slot = slot;
	if (--page->used)
		return;
	arena_unlink(arena, head, index);
	page->kind = ARENA_INNER;
	arena_freerun(arena, index, 0);
}

static u32 arena_index(const struct lunatik_arena *arena, const void *ptr)
{
	return ((const u8 *)ptr - arena->base) >> PAGE_SHIFT;
}

/**
 * lunatik_arena_alloc() - take a block
 * @arena: the arena, owned by the caller
 * @size: bytes, at least 1
 *
 * Return: the block, 16 bytes aligned, or NULL
 */
void *lunatik_arena_alloc(struct lunatik_arena *arena, size_t size)
{
	u32 index;

	if (size <= ARENA_SMALL)
		return arena_takeslot(arena, arena->class_of[(size + 15) / 16]);
	if (size > (size_t)arena->npages * PAGE_SIZE)
		return NULL;
	index = arena_takerun(arena, order_base_2(PFN_UP(size)));
	return index == ARENA_NONE ? NULL : arena_address(arena, index);
}

/**
 * lunatik_arena_free() - give a block back
 * @arena: the arena it came from
 * @ptr: the block
 */
void lunatik_arena_free(struct lunatik_arena *arena, void *ptr)
{
	u32 index = arena_index(arena, ptr);
	struct arena_page *page = &arena->pages[index];

	if (page->kind == ARENA_CUT) {
		arena_freeslot(arena, index, ptr);
		return;
	}
	page->kind = ARENA_INNER;
	arena_freerun(arena, index, page->level);
}

/**
 * lunatik_arena_usable() - how many bytes a block really has
 */
size_t lunatik_arena_usable(struct lunatik_arena *arena, const void *ptr)
{
	const struct arena_page *page = &arena->pages[arena_index(arena, ptr)];

	if (page->kind == ARENA_CUT)
		return arena_slots[page->level];
	return PAGE_SIZE << page->level;
}

/**
 * lunatik_arena_owns() - whether an address lies in the arena
 */
bool lunatik_arena_owns(const struct lunatik_arena *arena, const void *ptr)
{
	const u8 *p = ptr;

	return p >= arena->base &&
	       p < arena->base + (size_t)arena->npages * PAGE_SIZE;
}

/**
 * lunatik_arena_available() - bytes in free pages
 */
size_t lunatik_arena_available(const struct lunatik_arena *arena)
{
	return (size_t)arena->nfree * PAGE_SIZE;
}

static void arena_init(struct lunatik_arena *arena, u32 npages)
{
	u32 index = 0;
	size_t i;
	u8 class = 0;

	memset(arena->runs, 0xff, sizeof(arena->runs));
	memset(arena->partial, 0xff, sizeof(arena->partial));
	for (i = 0; i < ARRAY_SIZE(arena->class_of); i++) {
		if (i * 16 > arena_slots[class])
			class++;
		arena->class_of[i] = class;
	}
	arena->npages = npages;
	arena->nfree = npages;
	while (index < npages) {
		u8 order = min_t(u8, ARENA_ORDERS - 1, ilog2(npages - index));

		if (index)
			order = min_t(u8, order, __ffs(index));
		arena_giverun(arena, index, order);
		index += BIT(order);
	}
}

/**
 * lunatik_arena_create() - reserve memory
 * @size: bytes; rounded up to pages, at most 1 GiB
 *
 * Context: process, may sleep
 * Return: the arena, or NULL
 */
struct lunatik_arena *lunatik_arena_create(size_t size)
{
	u32 npages = PFN_UP(size);
	struct lunatik_arena *arena;

	arena = kvzalloc(struct_size(arena, pages, npages), LUNATIK_GFP);
	if (!arena)
		return NULL;
	arena->base = __vmalloc((size_t)npages * PAGE_SIZE, LUNATIK_GFP);
	if (!arena->base) {
		kvfree(arena);
		return NULL;
	}
	arena_init(arena, npages);
	return arena;
}

/**
 * lunatik_arena_destroy() - give all memory back, blocks in use included
 *
 * Context: process, may sleep
 */
void lunatik_arena_destroy(struct lunatik_arena *arena)
{
	if (!arena)
		return;
	vfree(arena->base);
	kvfree(arena);
}
