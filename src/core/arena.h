/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * arena.h - memory reserved beforehand, for entries that may not call the
 * kernel's allocator.
 */
#ifndef LUNATIK_ARENA_H
#define LUNATIK_ARENA_H

#include <linux/types.h>

struct lunatik_arena;

struct lunatik_arena *lunatik_arena_create(size_t size);
void lunatik_arena_destroy(struct lunatik_arena *arena);
void *lunatik_arena_alloc(struct lunatik_arena *arena, size_t size);
void lunatik_arena_free(struct lunatik_arena *arena, void *ptr);
size_t lunatik_arena_usable(struct lunatik_arena *arena, const void *ptr);
bool lunatik_arena_owns(const struct lunatik_arena *arena, const void *ptr);
size_t lunatik_arena_available(const struct lunatik_arena *arena);

#endif
