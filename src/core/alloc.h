/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * alloc.h - memory of the kernel, as it is accounted
 */
#ifndef LUNATIK_ALLOC_H
#define LUNATIK_ALLOC_H

#include <lunatik.h>

size_t lunatik_footprint(size_t size);
void *lunatik_newblock(size_t size, gfp_t gfp);

#endif
