// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 7.3, the kernel's threads have an empty root; userspace_init_fs is init's view of the file system. */
#include <linux/fs_struct.h>

struct fs_struct *lunatik_probe(void);
struct fs_struct *lunatik_probe(void)
{
	return userspace_init_fs;
}
