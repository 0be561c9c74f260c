// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.12, registering a uprobe returns it, and one wait serves for the end of many. */
#include <linux/uprobes.h>

struct uprobe *lunatik_probe(struct inode *inode, struct uprobe_consumer *consumer);
struct uprobe *lunatik_probe(struct inode *inode, struct uprobe_consumer *consumer)
{
	struct uprobe *uprobe = uprobe_register(inode, 0, 0, consumer);

	uprobe_unregister_nosync(uprobe, consumer);
	uprobe_unregister_sync();
	return uprobe;
}
