// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 5.17, a socket's reference to its namespace may be tracked. */
#include <net/net_namespace.h>
#include <net/sock.h>

void lunatik_probe(struct sock *sk);
void lunatik_probe(struct sock *sk)
{
	get_net_track(sock_net(sk), &sk->ns_tracker, GFP_KERNEL);
}
