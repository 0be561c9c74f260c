/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lockdown.h - the reason by which a locked kernel refuses to let eBPF read its memory
 */
#ifndef LUNATIK_COMPAT_LOCKDOWN_H
#define LUNATIK_COMPAT_LOCKDOWN_H

#include <linux/security.h>

#ifdef LUNATIK_HAVE_LOCKDOWN_BPF_READ_KERNEL
#define LUNATIK_LOCKDOWN_READ	LOCKDOWN_BPF_READ_KERNEL
#else
#define LUNATIK_LOCKDOWN_READ	LOCKDOWN_BPF_READ
#endif

#endif
