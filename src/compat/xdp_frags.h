/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Packets of XDP in more than one piece, by the names of Linux 6.12. Before
 * 5.18 all are in one piece.
 */
#ifndef LUNATIK_COMPAT_XDP_FRAGS_H
#define LUNATIK_COMPAT_XDP_FRAGS_H

#include <linux/skbuff.h>
#include <net/xdp.h>

#ifdef LUNATIK_HAVE_XDP_FRAGS

/**
 * xdp_piece() - a piece behind the first
 * @xdp: a packet that has it
 * @i: counted from 0
 * @size: its size is stored there
 */
static inline const u8 *xdp_piece(struct xdp_buff *xdp, unsigned int i,
				  size_t *size)
{
	const skb_frag_t *frag = &xdp_get_shared_info_from_buff(xdp)->frags[i];

	*size = skb_frag_size(frag);
	return skb_frag_address(frag);
}

#else

#define xdp_buff_has_frags(xdp)		(false)
#define xdp_get_buff_len(xdp)		((xdp)->data_end - (xdp)->data)

static inline const u8 *xdp_piece(struct xdp_buff *xdp, unsigned int i,
				  size_t *size)
{
	return xdp->data;
}

#endif

#endif
