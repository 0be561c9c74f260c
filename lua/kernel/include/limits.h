/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The C library's <limits.h>, from the kernel. */
#ifndef LUA_LIMITS_H
#define LUA_LIMITS_H

#include <linux/limits.h>
#include <linux/kernel.h>

/* Lua computes with these in #if, where a cast means nothing. */
#undef INT_MAX
#undef UINT_MAX
#define INT_MAX		0x7fffffff
#define UINT_MAX	0xffffffffU

#ifndef CHAR_BIT
#define CHAR_BIT	8
#endif
#ifndef UCHAR_MAX
#define UCHAR_MAX	255
#endif
#ifndef CHAR_MAX
#define CHAR_MAX	127
#endif

#endif
