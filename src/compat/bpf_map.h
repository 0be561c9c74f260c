/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Maps of eBPF for modules, by the names of Linux 6.12.
 */
#ifndef LUNATIK_COMPAT_BPF_MAP_H
#define LUNATIK_COMPAT_BPF_MAP_H

#include <linux/bpf.h>
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/namei.h>
#include <linux/percpu.h>

/* Exported, and in no header: its users in the kernel declare it, too. */
int kern_sys_bpf(int cmd, union bpf_attr *attr, unsigned int size);

/**
 * bpf_map_isplain() - whether values are bytes, and nothing that the kernel
 *	owns: locks, timers, pointers
 * @map: any map
 */
static inline bool bpf_map_isplain(const struct bpf_map *map)
{
#ifdef LUNATIK_HAVE_BPF_MAP_RECORD
	return IS_ERR_OR_NULL(map->record);
#else
	return !map_value_has_spin_lock(map) && !map_value_has_timer(map) &&
	       !map_value_has_kptrs(map);
#endif
}

/* Since 6.18: both have other names. */
#ifdef LUNATIK_HAVE_START_CREATING_PATH
#define kern_path_create(dir, name, path, flags) \
	start_creating_path(dir, name, path, flags)
#define done_path_create(path, dentry)	end_creating_path(path, dentry)
#endif

/*
 * A kprobe's trap counts as an NMI, where lockdep expects no lock but tried ones.
 * It cannot know that a counter of the caller's keeps the locks apart. Interrupts
 * are off between both calls.
 */
#ifdef CONFIG_LOCKDEP
static inline void lockdep_pause(void)
{
	__this_cpu_inc(lockdep_recursion);
}

static inline void lockdep_resume(void)
{
	__this_cpu_dec(lockdep_recursion);
}
#else
static inline void lockdep_pause(void) {}
static inline void lockdep_resume(void) {}
#endif

#endif
