/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The C library's <stdlib.h>, from the kernel: abort() is for what cannot happen. */
#ifndef LUA_STDLIB_H
#define LUA_STDLIB_H

#include <linux/bug.h>
#include <linux/kernel.h>

#define abort()		BUG()

#endif
