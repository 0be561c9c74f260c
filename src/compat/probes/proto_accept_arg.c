// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.10, the accept operation of a socket gets its arguments in a structure. */
#include <linux/net.h>
#include <net/sock.h>

int lunatik_probe(struct socket *sock, struct socket *new, struct proto_accept_arg *arg);
int lunatik_probe(struct socket *sock, struct socket *new, struct proto_accept_arg *arg)
{
	return sock->ops->accept(sock, new, arg);
}
