/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The C library's <stdarg.h>, from the kernel. */
#include <linux/stdarg.h>
