// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Counts packets by IPv4 source in a map that a script has made, and drops them once the script has set the highest bit.
 * A second map has a lock in its values, which scripts may not open.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct locked {
	struct bpf_spin_lock lock;
	__u32 value;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct locked);
} lock SEC(".maps");

static __always_inline void change(void)
{
	__u32 zero = 0;
	struct locked *locked = bpf_map_lookup_elem(&lock, &zero);

	if (!locked)
		return;
	bpf_spin_lock(&locked->lock);
	locked->value++;
	bpf_spin_unlock(&locked->lock);
}

SEC("xdp")
int count(struct xdp_md *ctx)
{
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	__u64 one = 1, *hit;
	__u32 source;

	if ((void *)(ip + 1) > data_end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	change();
	source = ip->saddr;
	hit = bpf_map_lookup_elem(&hits, &source);
	if (!hit) {
		bpf_map_update_elem(&hits, &source, &one, BPF_ANY);
		return XDP_PASS;
	}
	__sync_fetch_and_add(hit, 1);
	return *hit >> 63 ? XDP_DROP : XDP_PASS;
}

char program_license[] SEC("license") = "Dual MIT/GPL";
