/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The C library's <string.h>, from the kernel; collation is that of the C locale. */
#ifndef LUA_STRING_H
#define LUA_STRING_H

#include <linux/string.h>

#define strcoll(a, b)	strcmp(a, b)

#endif
