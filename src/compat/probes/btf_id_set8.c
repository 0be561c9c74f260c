// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Since Linux 6.0, the functions of a module that eBPF programs may call are a set of ids with flags, struct btf_id_set8. */
/* Without it: functions of modules for eBPF programs (kfuncs, since Linux 6.0) are not in this kernel */
#include <linux/btf.h>
#include <linux/btf_ids.h>

const void *lunatik_probe(const struct btf_kfunc_id_set *kfuncs);
const void *lunatik_probe(const struct btf_kfunc_id_set *kfuncs)
{
	return &kfuncs->set->pairs[0].flags;
}
