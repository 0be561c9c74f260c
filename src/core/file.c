// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * file.c - files of the kernel's own, whatever root the running task has.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include <lunatik_binding.h>

#include "file_open_root.h"
#include "init_root.h"

/**
 * lunatik_file_open() - open a file from the root of init
 * @path: absolute
 * @flags: O_*
 *
 * The root of the running task does not matter: a task that exits has none, and
 * an ordinary look-up would crash there.
 *
 * Context: process, may sleep
 * Return: the file, or an error pointer
 */
struct file *lunatik_file_open(const char *path, int flags)
{
	struct file *file;
	struct path root;

	get_init_root(&root);
	file = file_open_root(&root, path, flags, 0);
	path_put(&root);
	return file;
}
EXPORT_SYMBOL(lunatik_file_open);

/**
 * struct file_end - a file on its way to the worker that closes it
 */
struct file_end {
	struct work_struct work;
	struct file *file;
};

static void file_work(struct work_struct *work)
{
	fput(container_of(work, struct file_end, work)->file);
}

/**
 * lunatik_file_close() - close a file of lunatik_file_open() and its kin
 * @file: nobody else has it
 *
 * A task keeps what it has closed until it returns to user space: a script that
 * reads files for ever would collect them. A thread of the kernel does not.
 *
 * Context: process, may sleep
 */
void lunatik_file_close(struct file *file)
{
	struct file_end end = { .file = file };

	if (current->flags & PF_KTHREAD) {
		fput(file);
		return;
	}
	INIT_WORK_ONSTACK(&end.work, file_work);
	schedule_work(&end.work);
	flush_work(&end.work);
	destroy_work_on_stack(&end.work);
}
EXPORT_SYMBOL(lunatik_file_close);
