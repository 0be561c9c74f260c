// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Must compile on every kernel: if it does not, the toolchain or the headers are broken, not the kernel. */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

void *lunatik_probe(size_t size);
void *lunatik_probe(size_t size)
{
	return kzalloc(size, GFP_KERNEL);
}
