// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik_bench.c - events, many at a time, and what C does at each. Commands are written to the parameter "run"; reading
 * it gives the nanoseconds that the last events took together. On a machine whose clock counts instructions, those are
 * instructions.
 *
 *   packets N		N times one UDP packet to port 53 at IPv4's first hook point
 *   calls N		N calls of a function that probes may be placed at
 *   hook empty|port|-	a hook in C: accepts; compares the port and accepts; none
 *   probe on|-		a probe in C that counts
 */
#include <linux/ip.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#define BENCH_PORT	53

static u64 bench_spent;
static unsigned long bench_hits;

/* ---- packets --------------------------------------------------------------- */

static unsigned int bench_empty(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static unsigned int bench_port(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct udphdr buffer, *udp;

	udp = skb_header_pointer(skb, ip_hdrlen(skb), sizeof(buffer), &buffer);
	if (udp && udp->dest == htons(BENCH_PORT))
		WRITE_ONCE(bench_hits, bench_hits + 1);
	return NF_ACCEPT;
}

static struct nf_hook_ops bench_ops = {
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_PRE_ROUTING,
	.priority = NF_IP_PRI_FILTER,
};

static int bench_hook(const char *kind)
{
	if (bench_ops.hook)
		nf_unregister_net_hook(&init_net, &bench_ops);
	bench_ops.hook = NULL;
	if (*kind == '-')
		return 0;
	bench_ops.hook = *kind == 'p' ? bench_port : bench_empty;
	return nf_register_net_hook(&init_net, &bench_ops);
}

static struct sk_buff *bench_packet(void)
{
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);
	struct iphdr *ip;
	struct udphdr *udp;

	if (!skb)
		return NULL;
	skb_reserve(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	ip = skb_put_zero(skb, sizeof(*ip));
	*ip = (struct iphdr){
		.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP,
		.tot_len = htons(sizeof(*ip) + sizeof(*udp)),
		.saddr = htonl(INADDR_LOOPBACK), .daddr = htonl(INADDR_LOOPBACK),
	};
	skb_set_transport_header(skb, sizeof(*ip));
	udp = skb_put_zero(skb, sizeof(*udp));
	udp->dest = htons(BENCH_PORT);
	udp->len = htons(sizeof(*udp));
	skb->protocol = htons(ETH_P_IP);
	skb->dev = init_net.loopback_dev;
	return skb;
}

static int bench_finish(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return 0;
}

static int bench_packets(unsigned int count)
{
	struct sk_buff *skb = bench_packet();
	u64 start;
	int ret = 1;

	if (!skb)
		return -ENOMEM;
	local_bh_disable();
	start = ktime_get_ns();
	while (count-- && ret == 1)
		ret = nf_hook(NFPROTO_IPV4, NF_INET_PRE_ROUTING, &init_net,
			      NULL, skb, skb->dev, NULL, bench_finish);
	bench_spent = ktime_get_ns() - start;
	local_bh_enable();
	/* Whoever did not accept it has taken it. */
	if (ret != 1)
		return -EIO;
	kfree_skb(skb);
	return 0;
}

/* ---- probes ---------------------------------------------------------------- */

/* Under its own name for probes. */
noinline int lunatik_bench_called(int value);
noinline int lunatik_bench_called(int value)
{
	barrier();
	return value;
}

static int bench_pre(struct kprobe *probe, struct pt_regs *regs)
{
	WRITE_ONCE(bench_hits, bench_hits + 1);
	return 0;
}

static struct kprobe bench_kprobe = {
	.symbol_name = "lunatik_bench_called",
	.pre_handler = bench_pre,
};

static bool bench_probing;

static int bench_probe(const char *kind)
{
	int err = 0;

	if (bench_probing)
		unregister_kprobe(&bench_kprobe);
	bench_probing = false;
	if (*kind != '-') {
		/* What the last registration filled in contradicts the name. */
		bench_kprobe.addr = NULL;
		bench_kprobe.flags = 0;
		err = register_kprobe(&bench_kprobe);
		bench_probing = !err;
	}
	return err;
}

static int bench_calls(unsigned int count)
{
	u64 start = ktime_get_ns();

	while (count--)
		lunatik_bench_called(count);
	bench_spent = ktime_get_ns() - start;
	return 0;
}

/* ---- commands -------------------------------------------------------------- */

static int bench_set(const char *text, const struct kernel_param *param)
{
	unsigned int count;
	char word[64];

	if (sscanf(text, "packets %u", &count) == 1)
		return bench_packets(count);
	if (sscanf(text, "calls %u", &count) == 1)
		return bench_calls(count);
	if (sscanf(text, "hook %63s", word) == 1)
		return bench_hook(word);
	if (sscanf(text, "probe %63s", word) == 1)
		return bench_probe(word);
	return -EINVAL;
}

static int bench_get(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%llu\n", bench_spent);
}

static const struct kernel_param_ops bench_run = {
	.set = bench_set,
	.get = bench_get,
};

module_param_cb(run, &bench_run, NULL, 0600);
MODULE_PARM_DESC(run, "a command, see the head of the source");

static int __init bench_init(void)
{
	return 0;
}

static void __exit bench_exit(void)
{
	bench_hook("-");
	bench_probe("-");
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("Events for measuring what handlers cost");
MODULE_LICENSE("Dual MIT/GPL");
