// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.18, kern_path_create() is start_creating_path(). */
#include <linux/namei.h>

struct dentry *lunatik_probe(const char *name, struct path *path);
struct dentry *lunatik_probe(const char *name, struct path *path)
{
	return start_creating_path(AT_FDCWD, name, path, 0);
}
