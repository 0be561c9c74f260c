// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Three programs for one packet: nothing, counting what goes to port 53 by itself, and letting tests/bench/xdp do so. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

extern int bpf_luaxdp_run(char *key, size_t key__sz, struct xdp_md *xdp_ctx, void *arg, size_t arg__sz) __ksym;

static char name[] = "tests/bench/xdp";
static __u64 hits;

SEC("xdp")
int nothing(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp")
int port(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct iphdr *ip = (void *)(long)ctx->data + ETH_HLEN;
	struct udphdr *udp;

	if ((void *)(ip + 1) > data_end)
		return XDP_PASS;
	udp = (void *)ip + ip->ihl * 4;
	if ((void *)(udp + 1) > data_end)
		return XDP_PASS;
	if (udp->dest == bpf_htons(53))
		hits++;
	return XDP_PASS;
}

SEC("xdp")
int lua(struct xdp_md *ctx)
{
	__u32 argument = 0;

	return bpf_luaxdp_run(name, sizeof(name), ctx, &argument, sizeof(argument));
}

char program_license[] SEC("license") = "Dual MIT/GPL";
