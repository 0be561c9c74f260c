/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The accept operation of a socket, whose arguments Linux 6.10 has put into a
 * structure.
 */
#ifndef LUNATIK_COMPAT_SOCKET_ACCEPT_H
#define LUNATIK_COMPAT_SOCKET_ACCEPT_H

#include <linux/net.h>
#include <net/sock.h>

/**
 * socket_accept() - sock->ops->accept() for the kernel itself
 * @sock: listens
 * @new: without a sock yet, with operations
 * @flags: O_NONBLOCK, or 0
 */
static inline int socket_accept(struct socket *sock, struct socket *new,
				int flags)
{
#ifdef LUNATIK_HAVE_PROTO_ACCEPT_ARG
	struct proto_accept_arg arg = { .flags = flags, .kern = true };

	return READ_ONCE(sock->ops)->accept(sock, new, &arg);
#else
	return sock->ops->accept(sock, new, flags, true);
#endif
}

#endif
