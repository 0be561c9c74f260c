// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Programs for one packet: "nothing" passes it, "port" counts packets to port 53. "pass" and "lua" call tests/bench/pass and
 * tests/bench/xdp. The last program is for a probe, and counts calls.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

extern int bpf_luaxdp_run(char *key, size_t key__sz, struct xdp_md *xdp_ctx, void *arg, size_t arg__sz) __ksym;

static char passing[] = "tests/bench/pass";
static char comparing[] = "tests/bench/xdp";
static __u64 hits;

SEC("xdp")
int nothing(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp")
int pass(struct xdp_md *ctx)
{
	__u32 argument = 0;

	return bpf_luaxdp_run(passing, sizeof(passing), ctx, &argument, sizeof(argument));
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

	return bpf_luaxdp_run(comparing, sizeof(comparing), ctx, &argument, sizeof(argument));
}

SEC("kprobe")
int called(void *ctx)
{
	hits++;
	return 0;
}

char program_license[] SEC("license") = "Dual MIT/GPL";
