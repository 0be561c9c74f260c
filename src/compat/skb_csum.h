/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef LUNATIK_COMPAT_SKB_CSUM_H
#define LUNATIK_COMPAT_SKB_CSUM_H

#include <linux/skbuff.h>

#ifndef LUNATIK_HAVE_SKB_CSUM_IS_SCTP
#define skb_csum_is_sctp(skb)	((skb)->csum_not_inet)
#endif

#endif
