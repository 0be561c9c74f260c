// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.15, and in stable ones before, a function lets a socket of the kernel hold its namespace. */
#include <net/sock.h>

void lunatik_probe(struct sock *sk);
void lunatik_probe(struct sock *sk)
{
	sk_net_refcnt_upgrade(sk);
}
