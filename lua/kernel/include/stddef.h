/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The C library's <stddef.h>, from the kernel. */
#include <linux/stddef.h>
#include <linux/types.h>
