/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lunatik_btf.h - functions that a module offers to eBPF programs (kfuncs).
 *
 * The kernel finds them by the module's BTF. Without it, or with ids that were
 * not resolved when the module was built, register_btf_kfunc_id_set() returns 0
 * and registers nothing; programs then fail to load with a message that names
 * neither cause nor module. lunatik_registerkfuncs() logs both.
 *
 *	BTF_KFUNCS_START(example_kfuncs)
 *	BTF_ID_FLAGS(func, bpf_example)
 *	BTF_KFUNCS_END(example_kfuncs)
 *
 *	static const struct btf_kfunc_id_set example_kfunc_set = {
 *		.owner = THIS_MODULE,
 *		.set = &example_kfuncs,
 *	};
 */
#ifndef LUNATIK_BTF_H
#define LUNATIK_BTF_H

#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/module.h>

#include <kfunc.h>

/**
 * lunatik_hasbtf() - whether the kernel has taken a module's BTF
 * @name: of the module, as in /proc/modules
 *
 * The kernel loads a module whose BTF it cannot read, or which does not fit
 * its own, and goes on without (CONFIG_MODULE_ALLOW_BTF_MISMATCH). /sys/kernel/btf
 * lists the BTF that it has taken, before the module's init runs.
 *
 * Context: process, may sleep.
 * Return: true if it has; false otherwise, also on a kernel without BTF.
 */
static inline bool lunatik_hasbtf(const char *name)
{
	struct kernfs_node *folder, *file;

	folder = kernfs_find_and_get(kernel_kobj->sd, "btf");
	if (!folder)
		return false;
	file = kernfs_find_and_get(folder, name);
	kernfs_put(file);
	kernfs_put(folder);
	return file;
}

/**
 * lunatik_kfuncsresolved() - whether every id of a set was filled in
 * @set: as written between BTF_KFUNCS_START() and BTF_KFUNCS_END()
 *
 * scripts/build-modules.sh fills the ids in, or the kernel's own build does.
 *
 * Context: any.
 * Return: true if the set has members, and each a BTF id; false otherwise.
 */
static inline bool lunatik_kfuncsresolved(const struct btf_id_set8 *set)
{
	u32 i;

	for (i = 0; i < set->cnt; i++)
		if (!set->pairs[i].id)
			return false;
	return set->cnt;
}

/**
 * lunatik_registerkfuncs() - let eBPF programs call functions of a module
 * @type: kind of programs (enum bpf_prog_type), such as BPF_PROG_TYPE_XDP
 * @kfuncs: the set and its owner, both static
 * @what: the loss of programs on failure, for the kernel log: "call bpf_x"
 *
 * Binds register_btf_kfunc_id_set(), <linux/btf.h>. Nothing has to be undone:
 * the kernel forgets the set with the module's BTF.
 *
 * Context: process, may sleep; from the module's init only.
 * Return: 0, and programs can call them; otherwise -ENOENT (the module's BTF
 * is missing or refused, or ids are not resolved) or the kernel's own error,
 * after one line in the kernel log that names module, @what and reason. The
 * module is usable without: its init need not fail.
 */
static inline int lunatik_registerkfuncs(enum bpf_prog_type type,
					 const struct btf_kfunc_id_set *kfuncs,
					 const char *what)
{
	const char *module = module_name(kfuncs->owner);
	const char *reason = "the kernel refuses";
	int ret = -ENOENT;

	if (!IS_ENABLED(CONFIG_DEBUG_INFO_BTF_MODULES))
		reason = "this kernel has no BTF of modules";
	else if (!lunatik_kfuncsresolved(kfuncs->set))
		reason = "built without the kernel's BTF, see lunatik status";
	else if (!lunatik_hasbtf(module))
		reason = "the kernel has not taken the module's BTF";
	else
		ret = register_btf_kfunc_id_set(type, kfuncs);
	if (ret)
		printk(KERN_ERR "lunatik: %s: eBPF programs cannot %s: %s (%d)\n",
		       module, what, reason, ret);
	return ret;
}

#endif
