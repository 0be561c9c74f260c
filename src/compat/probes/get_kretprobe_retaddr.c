// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 5.18, a function returns where an instance of a kretprobe returns to. */
#include <linux/kprobes.h>

unsigned long lunatik_probe(struct kretprobe_instance *ri);
unsigned long lunatik_probe(struct kretprobe_instance *ri)
{
	return get_kretprobe_retaddr(ri);
}
