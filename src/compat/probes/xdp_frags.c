// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 5.18, a packet of XDP may consist of several pieces. */
#include <net/xdp.h>

unsigned int lunatik_probe(struct xdp_buff *xdp);
unsigned int lunatik_probe(struct xdp_buff *xdp)
{
	return xdp_buff_has_frags(xdp) ? xdp_get_buff_len(xdp) : 0;
}
