// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * symbol.c - addresses of symbols that modules may not link to.
 *
 * A kprobe that is never armed resolves its symbol: nothing is called that the
 * kernel seals against indirect calls, and no protection is switched off.
 */
#include <linux/kallsyms.h>
#include <linux/kprobes.h>

#include "core.h"

#if defined(CONFIG_KPROBES) && defined(CONFIG_X86_KERNEL_IBT)
/* NULL where the CPU knows IBT: the kernel has sealed the function there. */
static unsigned long (*symbol_find)(const char *name);
static unsigned long symbol_initbegin;
static unsigned long symbol_initend;

/**
 * lunatik_isgone() - whether a name stands for what the kernel has freed
 * @symbol: its name
 *
 * A kprobe looks for an ENDBR at whatever a name stands for, and the kernel's
 * initialisation, which is still listed, is unmapped where page tables are
 * isolated. With IBT, they are so only if the command line has ``pti=on``; then
 * nothing is asked.
 *
 * Context: process, may sleep
 */
bool lunatik_isgone(const char *symbol)
{
	unsigned long address = symbol_find ? symbol_find(symbol) : 0;

	return address >= symbol_initbegin && address < symbol_initend;
}

static void symbol_findinit(void)
{
	if (boot_cpu_has(X86_FEATURE_IBT))
		return;
	symbol_find = lunatik_lookup("kallsyms_lookup_name");
	if (!symbol_find)
		return;
	symbol_initbegin = symbol_find("__init_begin") ?:
			   symbol_find("_sinittext");
	symbol_initend = symbol_find("__init_end") ?:
			 symbol_find("_einittext");
}
#else
bool lunatik_isgone(const char *symbol)
{
	return false;
}

static void symbol_findinit(void)
{
}
#endif
EXPORT_SYMBOL(lunatik_isgone);

#ifdef CONFIG_KPROBES
/* A function's entry may be reported behind its ENDBR. */
static unsigned long symbol_offset(unsigned long address)
{
	char *text = kmalloc(KSYM_SYMBOL_LEN, LUNATIK_GFP);
	unsigned long offset = 0;
	char *plus;

	if (!text)
		return 0;
	sprint_symbol(text, address);
	plus = strchr(text, '+');
	if (!plus || sscanf(plus, "+0x%lx/", &offset) != 1)
		offset = 0;
	kfree(text);
	return offset;
}

/**
 * lunatik_lookup() - the address of a kernel symbol
 * @symbol: its name
 *
 * Context: process, may sleep
 * Return: the address, or NULL if it is unknown or of the kernel's
 * initialisation
 */
void *lunatik_lookup(const char *symbol)
{
	struct kprobe probe = {
		.symbol_name = symbol,
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long address;

	if (lunatik_isgone(symbol))
		return NULL;
	if (!register_kprobe(&probe))
		unregister_kprobe(&probe);
	address = (unsigned long)probe.addr;
	return address ? (void *)(address - symbol_offset(address)) : NULL;
}
#else
void *lunatik_lookup(const char *symbol)
{
	return NULL;
}
#endif
EXPORT_SYMBOL(lunatik_lookup);

static unsigned long symbol_stext;
static unsigned long symbol_etext;

/* "name+0x10/0x20 [module]"; what the kernel generates is named likewise. */
static bool symbol_ismodule(unsigned long address)
{
	char *text = kmalloc(KSYM_SYMBOL_LEN, LUNATIK_GFP);
	const char *owner;
	bool ismodule;

	if (!text)
		return false;
	sprint_symbol(text, address);
	owner = strrchr(text, '[');
	ismodule = owner && strcmp(owner, "[bpf]") &&
		   strncmp(owner, "[__builtin", 10);
	kfree(text);
	return ismodule;
}

/**
 * lunatik_istext() - whether an address from a script may be looked at as code
 * @address: anything
 *
 * Neither user space, data, nor the kernel's own initialisation, which is no
 * longer there. In a module it may still be data.
 *
 * Context: process, may sleep
 */
bool lunatik_istext(unsigned long address)
{
	if (address >= symbol_stext && address < symbol_etext)
		return true;
	return symbol_ismodule(address);
}
EXPORT_SYMBOL(lunatik_istext);

/**
 * lunatik_symbols_init() - find the bounds of the kernel's text
 */
void lunatik_symbols_init(void)
{
	symbol_findinit();
	symbol_stext = (unsigned long)lunatik_lookup("_stext");
	symbol_etext = (unsigned long)lunatik_lookup("_etext");
}
