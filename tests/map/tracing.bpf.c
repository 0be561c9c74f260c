// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Counts, at kprobes: how often it runs while the kernel drops a key of an LRU map, under a lock of the map's; and how often
 * somebody sleeps.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} runs SEC(".maps");

static __always_inline int count(__u32 which)
{
	__u64 *n = bpf_map_lookup_elem(&runs, &which);

	if (n)
		__sync_fetch_and_add(n, 1);
	return 0;
}

SEC("kprobe/htab_lru_map_delete_node")
int inside(void *ctx)
{
	return count(0);
}

SEC("kprobe/do_nanosleep")
int outside(void *ctx)
{
	return count(1);
}

char program_license[] SEC("license") = "Dual MIT/GPL";
