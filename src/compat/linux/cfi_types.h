/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The kernel's own header since Linux 6.1: its folders are searched before this one. For functions in assembler that may
 * be called indirectly; older kernels make no difference.
 */
#ifndef LUNATIK_COMPAT_LINUX_CFI_TYPES_H
#define LUNATIK_COMPAT_LINUX_CFI_TYPES_H

#include <linux/linkage.h>

#define SYM_TYPED_FUNC_START(name)	SYM_FUNC_START(name)

#endif
