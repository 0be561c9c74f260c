/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef LUNATIK_COMPAT_KTHREAD_FS_H
#define LUNATIK_COMPAT_KTHREAD_FS_H

#include <linux/fs_struct.h>
#include <linux/sched.h>

/**
 * kthread_override_fs() - let a kernel thread look up paths from the root that init has
 *
 * Threads of the kernel that have an empty root are given another one until
 * kthread_revert_fs(); nothing happens in any other task, nor where they have the
 * root of init anyway.
 *
 * Context: process
 * Return: the argument of kthread_revert_fs()
 */
static inline struct fs_struct *kthread_override_fs(void)
{
#ifdef LUNATIK_HAVE_USERSPACE_INIT_FS
	if ((current->flags & PF_KTHREAD) && current->fs)
		return __override_init_fs();
#endif
	return NULL;
}

/**
 * kthread_revert_fs() - undo kthread_override_fs()
 * @old: its result
 *
 * Context: process
 */
static inline void kthread_revert_fs(struct fs_struct *old)
{
#ifdef LUNATIK_HAVE_USERSPACE_INIT_FS
	if (old)
		__revert_init_fs(old);
#endif
}

#endif
