// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.12, <linux/unaligned.h> replaces <asm/unaligned.h>. */
#include <linux/types.h>
#include <linux/unaligned.h>

u32 lunatik_probe(const void *p);
u32 lunatik_probe(const void *p)
{
	return get_unaligned((const u32 *)p);
}
