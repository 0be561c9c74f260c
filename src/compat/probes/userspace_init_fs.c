// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 7.3, the kernel's threads have an empty root; what init sees of the file system is userspace_init_fs. */
#include <linux/fs_struct.h>

struct fs_struct *lunatik_probe(void);
struct fs_struct *lunatik_probe(void)
{
	return userspace_init_fs;
}
