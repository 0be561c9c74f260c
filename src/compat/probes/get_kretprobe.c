// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 5.11, a function returns the kretprobe of an instance: NULL if it is unregistered. */
#include <linux/kprobes.h>

struct kretprobe *lunatik_probe(struct kretprobe_instance *ri);
struct kretprobe *lunatik_probe(struct kretprobe_instance *ri)
{
	return get_kretprobe(ri);
}
