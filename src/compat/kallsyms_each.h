/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * kallsyms_each.h - go through the symbols that bear a name, or through all of them
 *
 * The kernel exports none of the functions that do so; they are found by their names.
 */
#ifndef LUNATIK_COMPAT_KALLSYMS_EACH_H
#define LUNATIK_COMPAT_KALLSYMS_EACH_H

#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "direct_call.h"

/**
 * struct lunatik_symbols - what is looked for
 * @name: the name, or NULL for any
 * @note: called for each symbol that bears it; must not sleep
 */
struct lunatik_symbols {
	const char *name;
	void (*note)(struct lunatik_symbols *symbols, const char *name,
		     unsigned long address);
};

#ifdef LUNATIK_HAVE_KALLSYMS_WITHOUT_MODULE
static int lunatik_compare(void *symbols, const char *name, unsigned long address)
#else
static int lunatik_compare(void *symbols, const char *name, struct module *module,
			   unsigned long address)
#endif
{
	struct lunatik_symbols *wanted = symbols;

	if (!wanted->name || !strcmp(name, wanted->name))
		wanted->note(wanted, name, address);
	return 0;
}

#define LUNATIK_ANY_SYMBOL	"kallsyms_on_each_symbol"

#ifdef LUNATIK_HAVE_KALLSYMS_ON_EACH_MATCH_SYMBOL
#define LUNATIK_EACH_SYMBOL	"kallsyms_on_each_match_symbol"
LUNATIK_DIRECT_CALL(lunatik_each_symbol, kallsyms_on_each_match_symbol);

static int lunatik_matches(void *symbols, unsigned long address)
{
	struct lunatik_symbols *wanted = symbols;

	wanted->note(wanted, wanted->name, address);
	return 0;
}

LUNATIK_DIRECT_CALL(lunatik_any_symbol, kallsyms_on_each_symbol);

static inline void lunatik_eachkernelsymbol(struct lunatik_symbols *symbols)
{
	lunatik_direct_call(lunatik_each_symbol)(lunatik_matches, symbols->name, symbols);
}

static inline void lunatik_anykernelsymbol(struct lunatik_symbols *symbols)
{
	lunatik_direct_call(lunatik_any_symbol)(lunatik_compare, symbols);
}
#else
#define LUNATIK_EACH_SYMBOL	LUNATIK_ANY_SYMBOL
LUNATIK_DIRECT_CALL(lunatik_each_symbol, kallsyms_on_each_symbol);
#define lunatik_any_symbol		lunatik_each_symbol
#define lunatik_anykernelsymbol(symbols)	lunatik_eachkernelsymbol(symbols)

#ifdef LUNATIK_HAVE_MODULE_MUTEX
static struct mutex *lunatik_modules_lock;
#endif

/* Where a header declares the lock of the list of modules, this walk goes through it, too, and takes no lock. */
static inline void lunatik_eachkernelsymbol(struct lunatik_symbols *symbols)
{
#ifdef LUNATIK_HAVE_MODULE_MUTEX
	mutex_lock(lunatik_modules_lock);
#endif
	lunatik_direct_call(lunatik_each_symbol)(lunatik_compare, symbols);
#ifdef LUNATIK_HAVE_MODULE_MUTEX
	mutex_unlock(lunatik_modules_lock);
#endif
}
#endif

/* Return: whether the walks may begin. Not all kernels that have the lock of the list of modules export it. */
static inline bool lunatik_findmoduleslock(void)
{
#ifdef LUNATIK_HAVE_MODULE_MUTEX
	lunatik_modules_lock = lunatik_lookup("module_mutex");
	return lunatik_modules_lock;
#else
	return true;
#endif
}

#define LUNATIK_EACH_MODULESYMBOL	"module_kallsyms_on_each_symbol"
LUNATIK_DIRECT_CALL(lunatik_each_modulesymbol, module_kallsyms_on_each_symbol);

static inline void lunatik_eachmodulesymbol(struct lunatik_symbols *symbols)
{
#if defined(LUNATIK_HAVE_MODULE_MUTEX)
	/* lunatik_eachkernelsymbol() has been there. */
#elif defined(LUNATIK_HAVE_MODULE_KALLSYMS_MODNAME)
	lunatik_direct_call(lunatik_each_modulesymbol)(NULL, lunatik_compare, symbols);
#else
	lunatik_direct_call(lunatik_each_modulesymbol)(lunatik_compare, symbols);
#endif
}

#endif
