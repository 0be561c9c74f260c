// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.13, handlers of uprobes get a word that entry and return of a call share. */
#include <linux/uprobes.h>

int lunatik_probe(struct uprobe_consumer *consumer, struct pt_regs *regs);
int lunatik_probe(struct uprobe_consumer *consumer, struct pt_regs *regs)
{
	__u64 data;

	return consumer->handler(consumer, regs, &data);
}
