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

/**
 * has_init_root() - whether a thread of the kernel finds an absolute path where the running task does
 *
 * Its umask counts, too: a thread masks no bit that the task does not. The caller masks the others.
 *
 * Context: process
 */
static inline bool has_init_root(void)
{
	struct path own, init;
	int umask;
	bool same;

	if (current->flags & PF_KTHREAD)
		return true;
	if (!current->fs)
		return false;
#ifdef LUNATIK_HAVE_USERSPACE_INIT_FS
	umask = userspace_init_fs->umask;
#else
	umask = init_task.fs->umask;
#endif
	get_fs_root(current->fs, &own);
	get_init_root(&init);
	same = path_equal(&own, &init) && !(umask & ~current_umask());
	path_put(&own);
	path_put(&init);
	return same;
}

#endif
