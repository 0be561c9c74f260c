// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 5.12, a function returns which kind of checksum a packet has. */
#include <linux/skbuff.h>

bool lunatik_probe(struct sk_buff *skb);
bool lunatik_probe(struct sk_buff *skb)
{
	return skb_csum_is_sctp(skb);
}
