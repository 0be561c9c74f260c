// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 5.19, a value of another processor can be looked up; since 6.0, modules can make maps of eBPF. */
/* Without it: maps of eBPF that modules can make (since Linux 6.0) are not in this kernel */
#include <linux/bpf.h>

void *lunatik_probe(struct bpf_map *map, void *key);
void *lunatik_probe(struct bpf_map *map, void *key)
{
	return map->ops->map_lookup_percpu_elem(map, key, 0);
}
