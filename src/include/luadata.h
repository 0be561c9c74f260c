/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * luadata.h - C interface of the data library: memory that scripts see
 */
#ifndef LUADATA_H
#define LUADATA_H

#include <lunatik.h>

struct sk_buff;
struct xdp_buff;

/**
 * struct luadata - private area of an object
 * @ptr: the first byte: in @bytes, foreign, or of a packet; NULL once detached
 * @size: bytes that may be accessed
 * @readable: so many of them can be read at @ptr
 * @writable: so many of them can be written at @ptr
 * @skb: the packet, if it is one
 * @start: where it begins, relative to @skb->data
 * @xdp: the packet, if it is one of XDP in more than one piece
 * @opt: LUADATA_OPT_*
 * @bytes: the memory of data.new()
 */
struct luadata {
	u8 *ptr;
	size_t size;
	size_t readable;
	size_t writable;
	struct sk_buff *skb;
	int start;
	struct xdp_buff *xdp;
	u8 opt;
	u8 bytes[] __aligned(8);
};

#define LUADATA_OPT_NONE	0x00
#define LUADATA_OPT_READONLY	0x01	/* setters raise "read only" */
#define LUADATA_OPT_FREE	0x02	/* the object owns its memory */
#define LUADATA_OPT_KEEP	0x80	/* luadata_reset() leaves the options */

/* The linker's names: every export of the project begins with lunatik_. */
#define luadata_new		lunatik_luadata_new
#define luadata_reset		lunatik_luadata_reset
#define luadata_setskb		lunatik_luadata_setskb
#define luadata_setxdp		lunatik_luadata_setxdp

lunatik_object_t *luadata_new(void *ptr, size_t size, bool sleep, u8 opt);
int luadata_reset(lunatik_object_t *object, void *ptr, size_t size, u8 opt);
void luadata_setskb(lunatik_object_t *object, struct sk_buff *skb, int start,
		    u8 opt);
void luadata_setxdp(lunatik_object_t *object, struct xdp_buff *xdp);

/**
 * luadata_clear() - detach an object from its memory: accesses raise "void"
 * @object: an object of luadata_new() without %LUADATA_OPT_FREE
 *
 * Context: as luadata_reset()
 */
static inline int luadata_clear(lunatik_object_t *object)
{
	return luadata_reset(object, NULL, 0, LUADATA_OPT_KEEP);
}

/**
 * luadata_close() - detach an object and drop the caller's reference
 * @object: as for luadata_clear()
 *
 * Context: as luadata_reset()
 */
static inline void luadata_close(lunatik_object_t *object)
{
	luadata_clear(object);
	lunatik_putobject(object);
}

#endif
