// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 5.18, notifications ask for statistics of offloaded traffic. */
#include <linux/netdevice.h>

int lunatik_probe(void);
int lunatik_probe(void)
{
	return NETDEV_OFFLOAD_XSTATS_ENABLE;
}
