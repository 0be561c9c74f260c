/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef LUNATIK_COMPAT_INIT_ROOT_H
#define LUNATIK_COMPAT_INIT_ROOT_H

#include <linux/fs_struct.h>
#include <linux/path.h>
#include <linux/sched/task.h>

/**
 * get_init_root() - take the root that init has
 * @root: where to put it; path_put() gives it back
 *
 * Context: any that may take spin locks of tasks
 */
static inline void get_init_root(struct path *root)
{
#ifdef LUNATIK_HAVE_USERSPACE_INIT_FS
	get_fs_root(userspace_init_fs, root);
#else
	/* Init and the kernel's threads share it. */
	task_lock(&init_task);
	get_fs_root(init_task.fs, root);
	task_unlock(&init_task);
#endif
}

#endif
