// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * lunatik_kfunc.c - functions for XDP programs. Each adds its argument to a
 * sum that a module parameter shows. The flags of their ids differ, and their
 * names are not in the order of their ids: a set is sorted with its flags.
 */
#include <linux/atomic.h>
#include <linux/module.h>

#include <lunatik_btf.h>

static atomic_t sums[3];

__bpf_kfunc_start_defs();

int bpf_lunatik_zebra(int n);
int bpf_lunatik__ape(int n);
struct task_struct *bpf_lunatik_mole(int n);

__bpf_kfunc int bpf_lunatik_zebra(int n)
{
	return atomic_add_return(n, &sums[0]);
}

__bpf_kfunc int bpf_lunatik__ape(int n)
{
	return atomic_add_return(n, &sums[1]);
}

__bpf_kfunc struct task_struct *bpf_lunatik_mole(int n)
{
	atomic_add(n, &sums[2]);
	return NULL;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(lunatik_kfuncs)
BTF_ID_FLAGS(func, bpf_lunatik_mole, KF_RET_NULL)
BTF_ID_FLAGS(func, bpf_lunatik_zebra)
BTF_ID_FLAGS(func, bpf_lunatik__ape, KF_DESTRUCTIVE)
BTF_KFUNCS_END(lunatik_kfuncs)

/* Ids of other kinds, in a set and outside of any. */
BTF_SET_START(lunatik_types)
BTF_ID(struct, task_struct)
BTF_ID(struct, sk_buff)
BTF_ID(func, bpf_lunatik_zebra)
BTF_SET_END(lunatik_types)

BTF_ID_LIST(lunatik_list)
BTF_ID(struct, net_device)
BTF_ID_UNUSED
BTF_ID(typedef, pid_t)
BTF_ID(union, bpf_attr)

static const struct btf_kfunc_id_set kfunc_set = {
	.owner = THIS_MODULE,
	.set = &lunatik_kfuncs,
};

static int registered;
module_param(registered, int, 0444);
MODULE_PARM_DESC(registered, "what registering returned");

static int sum_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%d %d %d\n", atomic_read(&sums[0]),
			  atomic_read(&sums[1]), atomic_read(&sums[2]));
}

static const struct kernel_param_ops sum_ops = { .get = sum_get };
module_param_cb(sums, &sum_ops, NULL, 0444);
MODULE_PARM_DESC(sums, "what the functions were called with");

static int __init kfunc_init(void)
{
	registered = lunatik_registerkfuncs(BPF_PROG_TYPE_XDP, &kfunc_set,
					    "call bpf_lunatik_zebra");
	pr_debug("%u types, %u\n", lunatik_types.cnt, lunatik_list[0]);
	return 0;
}

static void __exit kfunc_exit(void)
{
}

module_init(kfunc_init);
module_exit(kfunc_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Lunatik's tests: functions for eBPF programs");
