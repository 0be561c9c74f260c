/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Nothing of the C library's <stdio.h> is used in the kernel; lauxlib.h names its type. */
#ifndef LUA_STDIO_H
#define LUA_STDIO_H

typedef struct lunatik_nofile FILE;

#endif
