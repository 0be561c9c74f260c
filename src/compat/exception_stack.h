/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * exception_stack.h - whether this runs on one of the small stacks of x86-64 for NMIs and the like
 *
 * Their bounds are not exported, but they lie together in the area that each CPU needs to enter the kernel. Elsewhere
 * interrupts of all kinds have stacks of the usual size.
 */
#ifndef LUNATIK_COMPAT_EXCEPTION_STACK_H
#define LUNATIK_COMPAT_EXCEPTION_STACK_H

#include <linux/types.h>

#ifdef CONFIG_X86_64
#include <linux/pgtable.h>
#include <asm/cpu_entry_area.h>

static inline bool lunatik_onexceptionstack(void)
{
	unsigned long sp = (unsigned long)__builtin_frame_address(0);

	return sp - CPU_ENTRY_AREA_BASE < CPU_ENTRY_AREA_MAP_SIZE;
}
#else
static inline bool lunatik_onexceptionstack(void)
{
	return false;
}
#endif

#endif
