// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 5.13, file_open_root() takes the root as a path instead of its two parts. */
#include <linux/fs.h>
#include <linux/path.h>

struct file *lunatik_probe(const struct path *root);
struct file *lunatik_probe(const struct path *root)
{
	return file_open_root(root, "", 0, 0);
}
