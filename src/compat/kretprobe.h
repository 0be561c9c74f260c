/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * kretprobe.h - the kretprobe of one of its instances, and where the instance returns to
 */
#ifndef LUNATIK_COMPAT_KRETPROBE_H
#define LUNATIK_COMPAT_KRETPROBE_H

#include <linux/kprobes.h>

#ifdef LUNATIK_HAVE_GET_KRETPROBE
#define lunatik_get_kretprobe(ri)	get_kretprobe(ri)
#else
#define lunatik_get_kretprobe(ri)	((ri)->rp)
#endif

#ifdef LUNATIK_HAVE_GET_KRETPROBE_RETADDR
#define lunatik_get_kretprobe_retaddr(ri)	get_kretprobe_retaddr(ri)
#else
#define lunatik_get_kretprobe_retaddr(ri)	((unsigned long)(ri)->ret_addr)
#endif

#endif
