// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 5.16, netfilter has a hook where packets leave for a device. */
#include <linux/netfilter.h>

int lunatik_probe(void);
int lunatik_probe(void)
{
	return NF_NETDEV_EGRESS;
}
