/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The C library's <errno.h>, from the kernel. */
#include <linux/errno.h>
