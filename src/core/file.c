// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * file.c - files of the kernel's own, whatever root the running task has.
 */
#include <linux/file.h>
#include <linux/fs.h>

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
