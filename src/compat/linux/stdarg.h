/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The kernel's own header since Linux 5.15: its folders are searched before this one. Older kernels take the
 * compiler's <stdarg.h>, which the one for Lua hides.
 */
#ifndef LUNATIK_COMPAT_LINUX_STDARG_H
#define LUNATIK_COMPAT_LINUX_STDARG_H

typedef __builtin_va_list va_list;
#define va_start(list, last)	__builtin_va_start(list, last)
#define va_end(list)		__builtin_va_end(list)
#define va_arg(list, type)	__builtin_va_arg(list, type)
#define va_copy(to, from)	__builtin_va_copy(to, from)

#endif
