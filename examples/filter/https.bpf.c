// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * https.bpf.c - passes everything, but asks a script about TCP segments to port 443
 *
 * Those whose payload begins as a TLS handshake does: of a ClientHello that takes
 * several segments, as post-quantum keys make it, the first, which has no PSH set.
 * IPv4 and IPv6 without extensions.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define HTTPS 443
#define HANDSHAKE 0x16

extern int bpf_luaxdp_run(char *key, size_t key__sz, struct xdp_md *xdp_ctx, void *arg, size_t arg__sz) __ksym;

/* The script's name, as in "lunatik list". */
static char runtime[] = "examples/filter/sni";

/* Where the TCP header begins, from the start of the packet; 0 without such a header. */
static __always_inline int find_tcp(void *data, void *data_end)
{
	struct ethhdr *eth = data;
	struct ipv6hdr *ip6 = (void *)(eth + 1);
	struct iphdr *ip = (void *)(eth + 1);

	if ((void *)(eth + 1) > data_end)
		return 0;
	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		if ((void *)(ip + 1) > data_end || ip->protocol != IPPROTO_TCP || ip->ihl < 5)
			return 0;
		return sizeof(*eth) + ip->ihl * 4;
	}
	if (eth->h_proto == bpf_htons(ETH_P_IPV6)) {
		if ((void *)(ip6 + 1) > data_end || ip6->nexthdr != IPPROTO_TCP)
			return 0;
		return sizeof(*eth) + sizeof(*ip6);
	}
	return 0;
}

SEC("xdp")
int filter_https(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	void *data = (void *)(long)ctx->data;
	struct tcphdr *tcp;
	__u8 *record;
	__u16 payload;
	int at, action;

	at = find_tcp(data, data_end);
	if (!at)
		return XDP_PASS;
	tcp = data + at;
	if ((void *)(tcp + 1) > data_end || tcp->dest != bpf_htons(HTTPS) || tcp->doff < 5)
		return XDP_PASS;
	record = (void *)tcp + tcp->doff * 4;
	if ((void *)(record + 1) > data_end || *record != HANDSHAKE)
		return XDP_PASS;
	payload = bpf_htons(at + tcp->doff * 4);
	action = bpf_luaxdp_run(runtime, sizeof(runtime), ctx, &payload, sizeof(payload));
	return action < 0 ? XDP_PASS : action;
}

char program_license[] SEC("license") = "Dual MIT/GPL";
