/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * uprobe.h - uprobes on every kernel
 *
 * lunatik_uprobe_register() registers a consumer at an offset of a file, and sets a handle. lunatik_uprobe_unregister()
 * undoes that; after one lunatik_uprobe_wait() for any number of them, their handlers do not run any more.
 * LUNATIK_UPROBE_REGS() are the last parameters of a handler.
 */
#ifndef LUNATIK_COMPAT_UPROBE_H
#define LUNATIK_COMPAT_UPROBE_H

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/uprobes.h>

#ifdef LUNATIK_HAVE_UPROBE_HANDLER_DATA
#define LUNATIK_UPROBE_REGS(name)	struct pt_regs *name, __u64 *data
#else
#define LUNATIK_UPROBE_REGS(name)	struct pt_regs *name
#endif

#ifdef LUNATIK_HAVE_UPROBE_UNREGISTER_SYNC
static inline int lunatik_uprobe_register(struct inode *inode, loff_t offset,
					  struct uprobe_consumer *consumer, void **handle)
{
	struct uprobe *uprobe = uprobe_register(inode, offset, 0, consumer);

	*handle = uprobe;
	return PTR_ERR_OR_ZERO(uprobe);
}

static inline void lunatik_uprobe_unregister(struct inode *inode, loff_t offset,
					     struct uprobe_consumer *consumer, void *handle)
{
	uprobe_unregister_nosync(handle, consumer);
}

static inline void lunatik_uprobe_wait(void)
{
	uprobe_unregister_sync();
}
#else
static inline int lunatik_uprobe_register(struct inode *inode, loff_t offset,
					  struct uprobe_consumer *consumer, void **handle)
{
	*handle = NULL;
	return uprobe_register(inode, offset, consumer);
}

/* It waits by itself. */
static inline void lunatik_uprobe_unregister(struct inode *inode, loff_t offset,
					     struct uprobe_consumer *consumer, void *handle)
{
	uprobe_unregister(inode, offset, consumer);
}

static inline void lunatik_uprobe_wait(void)
{
}
#endif

#endif
