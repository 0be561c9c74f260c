// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.2, the devnode callback of struct class takes a const device. */
#include <linux/device.h>

char *lunatik_probe(const struct device *dev, umode_t *mode);
void lunatik_probe_set(struct class *class);
void lunatik_probe_set(struct class *class)
{
	class->devnode = lunatik_probe;
}
