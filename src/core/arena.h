/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * arena.h - size classes over a buddy of pages, in chunks of memory that were
 * allocated beforehand.
 *
 * Each block passes by the functions in this header: they are inlined.
 */
#ifndef LUNATIK_ARENA_H
#define LUNATIK_ARENA_H

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#define LUNATIK_ARENA_ORDERS	16
#define LUNATIK_ARENA_CLASSES	16
#define LUNATIK_ARENA_SMALL	2048	/* larger blocks are runs of pages */

enum lunatik_arena_kind {
	ARENA_INNER,	/* inside a run, not its first page */
	ARENA_FREE,	/* first page of a free run */
	ARENA_RUN,	/* first page of an allocated run */
	ARENA_CUT,	/* cut into slots */
};

/**
 * struct lunatik_arena_page - what is known of one page
 * @kind: enum lunatik_arena_kind
 * @level: order of the run, or index of the size class
 * @used: slots in use
 * @index: which page of its chunk it is
 * @slot: first free slot
 * @next: neighbour in the list of free runs or of partly used pages
 * @prev: the other one
 */
struct lunatik_arena_page {
	u8 kind;
	u8 level;
	u16 used;
	u32 index;
	void *slot;
	struct lunatik_arena_page *next;
	struct lunatik_arena_page *prev;
};

/**
 * struct lunatik_chunk - memory that an arena cuts
 * @node: in the arena's tree, by address
 * @empty: in the arena's list while it has no block
 * @base: first page
 * @bytes: of all pages
 * @cost: bytes that it takes of the kernel's memory; the owner's
 * @npages: pages
 * @nfree: pages in free runs
 * @pages: one for each page
 */
struct lunatik_chunk {
	struct rb_node node;
	struct hlist_node empty;
	u8 *base;
	size_t bytes;
	size_t cost;
	u32 npages;
	u32 nfree;
	struct lunatik_arena_page pages[];
};

/**
 * struct lunatik_arena - chunks of one owner, who calls all of this under a lock
 * @chunks: all of them, by address
 * @last: the one that a block was found in last, or NULL
 * @npages: pages in all chunks
 * @nfree: of these, in free runs
 * @empty: chunks without a block
 * @nempty: how many of @empty there are
 * @runs: free runs, by their order
 * @partial: pages with free slots, by their class
 */
struct lunatik_arena {
	struct rb_root chunks;
	struct lunatik_chunk *last;
	size_t npages;
	size_t nfree;
	struct hlist_head empty;
	unsigned int nempty;
	struct lunatik_arena_page *runs[LUNATIK_ARENA_ORDERS];
	struct lunatik_arena_page *partial[LUNATIK_ARENA_CLASSES];
};

extern const u8 lunatik_arena_classof[LUNATIK_ARENA_SMALL / 16 + 1];

size_t lunatik_chunk_head(size_t size);
struct lunatik_chunk *lunatik_chunk_create(size_t size);
void lunatik_chunk_destroy(struct lunatik_chunk *chunk);

void lunatik_arena_add(struct lunatik_arena *arena, struct lunatik_chunk *chunk);
void lunatik_arena_remove(struct lunatik_arena *arena,
			  struct lunatik_chunk *chunk);
void lunatik_arena_destroy(struct lunatik_arena *arena);
void *lunatik_arena_takepages(struct lunatik_arena *arena, size_t size);
void lunatik_arena_freepages(struct lunatik_arena *arena,
			     struct lunatik_chunk *chunk,
			     struct lunatik_arena_page *page);
struct lunatik_chunk *lunatik_arena_search(struct lunatik_arena *arena,
					   const void *ptr);

static inline bool lunatik_chunk_owns(const struct lunatik_chunk *chunk,
				      const void *ptr)
{
	return (size_t)((const u8 *)ptr - chunk->base) < chunk->bytes;
}

static inline bool lunatik_chunk_isempty(const struct lunatik_chunk *chunk)
{
	return chunk->nfree == chunk->npages;
}

static inline struct lunatik_arena_page *
lunatik_chunk_page(struct lunatik_chunk *chunk, const void *ptr)
{
	return &chunk->pages[((const u8 *)ptr - chunk->base) >> PAGE_SHIFT];
}

/**
 * lunatik_arena_empty() - any chunk without a block
 *
 * Return: the chunk, or NULL
 */
static inline struct lunatik_chunk *
lunatik_arena_empty(const struct lunatik_arena *arena)
{
	return hlist_entry_safe(arena->empty.first, struct lunatik_chunk, empty);
}

/**
 * lunatik_arena_find() - the chunk that an address lies in
 *
 * Return: the chunk, or NULL if the arena has none of that address
 */
static __always_inline struct lunatik_chunk *
lunatik_arena_find(struct lunatik_arena *arena, const void *ptr)
{
	struct lunatik_chunk *last = arena->last;

	if (likely(last && lunatik_chunk_owns(last, ptr)))
		return last;
	return lunatik_arena_search(arena, ptr);
}

static inline void lunatik_arena_link(struct lunatik_arena_page **head,
				      struct lunatik_arena_page *page)
{
	page->prev = NULL;
	page->next = *head;
	if (*head)
		(*head)->prev = page;
	*head = page;
}

static inline void lunatik_arena_unlink(struct lunatik_arena_page **head,
					struct lunatik_arena_page *page)
{
	if (page->prev)
		page->prev->next = page->next;
	else
		*head = page->next;
	if (page->next)
		page->next->prev = page->prev;
}

/**
 * lunatik_arena_takeslot() - take a small block from a page that is in use
 * @arena: the arena
 * @size: bytes, at least 1
 *
 * Return: the block, 16 bytes aligned, or NULL if that takes another page
 */
static __always_inline void *lunatik_arena_takeslot(struct lunatik_arena *arena,
						    size_t size)
{
	struct lunatik_arena_page **head, *page;
	void **slot;

	if (unlikely(size > LUNATIK_ARENA_SMALL))
		return NULL;
	head = &arena->partial[lunatik_arena_classof[(size + 15) / 16]];
	page = *head;
	if (unlikely(!page))
		return NULL;
	slot = page->slot;
	page->slot = *slot;
	page->used++;
	if (!page->slot)
		lunatik_arena_unlink(head, page);
	return slot;
}

/**
 * lunatik_arena_free() - give a block back
 * @arena: the arena
 * @chunk: the chunk that it lies in
 * @ptr: the block
 *
 * Return: whether pages came free
 */
static __always_inline bool lunatik_arena_free(struct lunatik_arena *arena,
					       struct lunatik_chunk *chunk,
					       void *ptr)
{
	struct lunatik_arena_page *page = lunatik_chunk_page(chunk, ptr);
	void **slot = ptr;

	if (likely(page->kind == ARENA_CUT)) {
		if (!page->slot)
			lunatik_arena_link(&arena->partial[page->level], page);
		*slot = page->slot;
		page->slot = slot;
		if (likely(--page->used))
			return false;
	}
	lunatik_arena_freepages(arena, chunk, page);
	return true;
}

size_t lunatik_arena_usable(struct lunatik_chunk *chunk, const void *ptr);

#endif
