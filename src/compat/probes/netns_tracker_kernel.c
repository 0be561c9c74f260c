// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.2, sockets of the kernel, which hold no namespace, are tracked as well. */
#include <net/net_namespace.h>
#include <net/sock.h>

void lunatik_probe(struct sock *sk);
void lunatik_probe(struct sock *sk)
{
	__netns_tracker_free(sock_net(sk), &sk->ns_tracker, false);
}
