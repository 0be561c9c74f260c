// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.3, devices announce changes of what XDP they offer. */
#include <linux/netdevice.h>

int lunatik_probe(void);
int lunatik_probe(void)
{
	return NETDEV_XDP_FEAT_CHANGE;
}
