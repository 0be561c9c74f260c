// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik_bench.c - events, many at a time, and what C does at each. Commands are written to the parameter "run".
 *
 *   packets N		N times one UDP packet to port 53 at IPv4's first hook point.
 *   calls N		N calls of a function that probes may be placed at.
 *   hook empty		A hook in C that accepts.
 *   hook port		One that compares the port.
 *   hook fields	One that compares protocol and port, at fixed offsets.
 *   hook -		No hook.
 *   probe on|-		A probe in C that counts.
 *
 * Reading /dev/lunatik_bench_zero gives a zero, /dev/lunatik_bench_random a random printable character.
 */
#include <linux/ip.h>
#include <linux/kprobes.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/random.h>
#include <linux/skbuff.h>
#include <linux/uaccess.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#define BENCH_PORT	53

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

/* As a script does that knows its packets: the header has no options. */
static unsigned int bench_fields(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	u8 buffer[24], *header;

	header = skb_header_pointer(skb, 0, sizeof(buffer), buffer);
	if (header && header[9] == IPPROTO_UDP &&
	    *(__be16 *)(header + 22) == htons(BENCH_PORT))
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
	bench_ops.hook = *kind == 'p' ? bench_port :
			 *kind == 'f' ? bench_fields : bench_empty;
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
	int ret = 1;

	if (!skb)
		return -ENOMEM;
	local_bh_disable();
	while (count-- && ret == 1)
		ret = nf_hook(NFPROTO_IPV4, NF_INET_PRE_ROUTING, &init_net,
			      NULL, skb, skb->dev, NULL, bench_finish);
	local_bh_enable();
	/* A hook that did not accept the packet has taken it. */
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
		/* The last registration filled in an address, which contradicts the name. */
		bench_kprobe.addr = NULL;
		bench_kprobe.flags = 0;
		err = register_kprobe(&bench_kprobe);
		bench_probing = !err;
	}
	return err;
}

static int bench_calls(unsigned int count)
{
	while (count--)
		lunatik_bench_called(count);
	return 0;
}

/* ---- devices --------------------------------------------------------------- */

static ssize_t bench_read_zero(struct file *file, char __user *buffer,
			       size_t count, loff_t *position)
{
	return count ? put_user(0, buffer) ?: 1 : 0;
}

static ssize_t bench_read_random(struct file *file, char __user *buffer,
				 size_t count, loff_t *position)
{
	u8 character = ' ' + get_random_u32() % ('~' - ' ' + 1);

	return count ? put_user(character, buffer) ?: 1 : 0;
}

static const struct file_operations bench_zero_operations = {
	.owner = THIS_MODULE,
	.read = bench_read_zero,
};

static const struct file_operations bench_random_operations = {
	.owner = THIS_MODULE,
	.read = bench_read_random,
};

static struct miscdevice bench_zero = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "lunatik_bench_zero",
	.fops = &bench_zero_operations,
};

static struct miscdevice bench_random = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "lunatik_bench_random",
	.fops = &bench_random_operations,
};

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

static const struct kernel_param_ops bench_run = {
	.set = bench_set,
};

module_param_cb(run, &bench_run, NULL, 0200);
MODULE_PARM_DESC(run, "a command, see the head of the source");

static int __init bench_init(void)
{
	int err = misc_register(&bench_zero);

	if (err)
		return err;
	err = misc_register(&bench_random);
	if (err)
		misc_deregister(&bench_zero);
	return err;
}

static void __exit bench_exit(void)
{
	misc_deregister(&bench_random);
	misc_deregister(&bench_zero);
	bench_hook("-");
	bench_probe("-");
}

module_init(bench_init);
module_exit(bench_exit);
MODULE_DESCRIPTION("Events for measuring what handlers cost");
MODULE_LICENSE("Dual MIT/GPL");
