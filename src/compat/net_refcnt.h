/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef LUNATIK_COMPAT_NET_REFCNT_H
#define LUNATIK_COMPAT_NET_REFCNT_H

#include <net/net_namespace.h>
#include <net/sock.h>

#ifndef LUNATIK_HAVE_SK_NET_REFCNT_UPGRADE

#ifdef LUNATIK_HAVE_NETNS_TRACKER
static inline void sk_net_hold(struct sock *sk, struct net *net)
{
#ifdef LUNATIK_HAVE_NETNS_TRACKER_KERNEL
	__netns_tracker_free(net, &sk->ns_tracker, false);
#endif
	get_net_track(net, &sk->ns_tracker, GFP_KERNEL);
}
#else
static inline void sk_net_hold(struct sock *sk, struct net *net)
{
	get_net(net);
}
#endif

/* Count a socket; sk_free() subtracts it again. */
static inline void sk_net_count(struct net *net)
{
#ifdef LUNATIK_HAVE_SOCK_INUSE_ADD
	sock_inuse_add(net, 1);
#elif defined(CONFIG_PROC_FS)
	this_cpu_add(*net->core.sock_inuse, 1);
#endif
}

/**
 * sk_net_refcnt_upgrade() - let a socket of the kernel hold its network namespace
 * @sk: one that does not, in a namespace that somebody else holds meanwhile
 *
 * From then on it is like one that a process made: it gives the namespace back when it is
 * freed, which may be long after its release.
 *
 * Context: process; may sleep
 */
static inline void sk_net_refcnt_upgrade(struct sock *sk)
{
	struct net *net = sock_net(sk);

	sk->sk_net_refcnt = 1;
	sk_net_hold(sk, net);
	sk_net_count(net);
}

#endif

#endif
