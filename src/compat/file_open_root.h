/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef LUNATIK_COMPAT_FILE_OPEN_ROOT_H
#define LUNATIK_COMPAT_FILE_OPEN_ROOT_H

#include <linux/fs.h>
#include <linux/path.h>

#ifndef LUNATIK_HAVE_FILE_OPEN_ROOT_PATH
#define file_open_root(root, name, flags, mode)				\
	file_open_root((root)->dentry, (root)->mnt, name, flags, mode)
#endif

#endif
