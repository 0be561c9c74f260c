// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.2, devices announce that they are about to go before ndo_uninit. */
#include <linux/netdevice.h>

int lunatik_probe(void);
int lunatik_probe(void)
{
	return NETDEV_PRE_UNINIT;
}
