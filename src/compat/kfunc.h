/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Functions for eBPF programs (kfuncs) by the names of Linux 6.12. Names that came
 * later than the set itself are macros, so that the preprocessor sees them.
 */
#ifndef LUNATIK_COMPAT_KFUNC_H
#define LUNATIK_COMPAT_KFUNC_H

#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>

/* Since 6.3: the compiler must neither drop nor inline what BTF describes. */
#ifndef __bpf_kfunc
#define __bpf_kfunc		__used noinline
#endif

/* Since 6.7: such functions have no prototypes in headers. */
#ifndef __bpf_kfunc_start_defs
#ifdef __diag_ignore_all
#define __bpf_kfunc_start_defs()					\
	__diag_push();							\
	__diag_ignore_all("-Wmissing-prototypes", "in BTF");		\
	__diag_ignore_all("-Wmissing-declarations", "in BTF")
#define __bpf_kfunc_end_defs()	__diag_pop()
#else
#define __bpf_kfunc_start_defs()	__diag_push()
#define __bpf_kfunc_end_defs()		__diag_pop()
#endif
#endif

#ifdef LUNATIK_HAVE_BTF_ID_SET8

/* Since 6.9: a set of kfuncs says that it is one. */
#ifndef BTF_KFUNCS_START
#define BTF_KFUNCS_START(name)	BTF_SET8_START(name)
#define BTF_KFUNCS_END(name)	BTF_SET8_END(name)
#endif

#else

/* A module of such a kernel has no functions for eBPF programs. */
struct btf_id_set8 {
	u32 cnt;
	u32 flags;
	struct {
		u32 id;
		u32 flags;
	} pairs[];
};

struct lunatik_kfunc_id_set {
	struct module *owner;
	struct btf_id_set8 *set;
};

#define btf_kfunc_id_set	lunatik_kfunc_id_set
#define register_btf_kfunc_id_set(type, kfuncs)	(-EOPNOTSUPP)

#undef BTF_ID_FLAGS
#define BTF_ID_FLAGS(prefix, name, ...)
#define BTF_KFUNCS_START(name)	static struct btf_id_set8 name;
#define BTF_KFUNCS_END(name)

#endif

#endif
