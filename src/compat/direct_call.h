/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * direct_call.h - call a function that modules may not link to, and that the kernel may have sealed
 *
 * Where the CPU tracks branches (IBT), a function whose address the kernel never takes may be called directly alone:
 * a static call is such a call, whose target is set later. Elsewhere a pointer will do.
 *
 *   LUNATIK_DIRECT_CALL(name, function)   define one for a function of the kernel's headers
 *   lunatik_set_direct_call(name, address)  its target; context: process, may sleep
 *   lunatik_direct_call(name)(...)        call it, once it has a target
 */
#ifndef LUNATIK_COMPAT_DIRECT_CALL_H
#define LUNATIK_COMPAT_DIRECT_CALL_H

#ifdef CONFIG_X86_KERNEL_IBT
#include <linux/static_call.h>

#define LUNATIK_DIRECT_CALL(name, function)	DEFINE_STATIC_CALL_NULL(name, function)
#define lunatik_set_direct_call(name, address)	static_call_update(name, address)
#define lunatik_direct_call(name)		static_call(name)
#else
#define LUNATIK_DIRECT_CALL(name, function)	static typeof(&(function)) name
#define lunatik_set_direct_call(name, address)	((name) = (address))
#define lunatik_direct_call(name)		(name)
#endif

#endif
