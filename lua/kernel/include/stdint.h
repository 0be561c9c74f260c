/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The C library's <stdint.h>, from the kernel. */
#include <linux/types.h>

#ifndef UINTPTR_MAX
#define UINTPTR_MAX	(~(uintptr_t)0)
#endif
