// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * symbol.c - addresses of symbols that modules may not link to.
 *
 * A kprobe that is never armed resolves its symbol: nothing is called that the
 * kernel seals against indirect calls, and no protection is switched off.
 *
 * It finds one of the symbols that bear a name. Functions of the kernel list the others; they are found that way, too,
 * and called directly.
 */
#include <linux/glob.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/mutex.h>

#include <lunatik_binding.h>

#include "symbol.h"
#include "kallsyms_each.h"

#if defined(CONFIG_KPROBES) && defined(CONFIG_X86_KERNEL_IBT)
/* NULL where the CPU knows IBT: the kernel has sealed the function there. */
static unsigned long (*symbol_find)(const char *name);
static unsigned long symbol_initbegin;
static unsigned long symbol_initend;

/**
 * lunatik_symbol_isgone() - whether a name stands for a symbol that the kernel has freed
 * @symbol: its name
 *
 * A kprobe looks for an ENDBR at the address of a name. Names of the kernel's
 * initialisation are still listed, and their memory is unmapped where page tables are
 * isolated. A CPU that knows IBT needs no such isolation, unless the command line
 * has ``pti=on``; the function does not look there.
 *
 * Context: process, may sleep
 * Return: true if it lies in the kernel's initialisation
 */
bool lunatik_symbol_isgone(const char *symbol)
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
bool lunatik_symbol_isgone(const char *symbol)
{
	return false;
}

static void symbol_findinit(void)
{
}
#endif
EXPORT_SYMBOL(lunatik_symbol_isgone);

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
 * lunatik_symbol_function() - where the function begins that an address lies in
 * @address: of the kernel's text, or of a module's
 *
 * Context: process, may sleep
 * Return: its address; @address itself without memory to find out
 */
unsigned long lunatik_symbol_function(unsigned long address)
{
	return address - symbol_offset(address);
}
EXPORT_SYMBOL(lunatik_symbol_function);

void *lunatik_lookup(const char *symbol)
{
	struct kprobe probe = {
		.symbol_name = symbol,
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long address;

	if (lunatik_symbol_isgone(symbol))
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

/* The kernel prints "name+0x10/0x20 [module]", and puts code that it generates into modules called bpf or __builtin. */
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
 * lunatik_symbol_istext() - whether an address from a script may be looked at as code
 * @address: anything
 *
 * Neither user space, data, nor the kernel's own initialisation, which is no
 * longer there. In a module it may still be data.
 *
 * Context: process, may sleep
 * Return: true if it may
 */
bool lunatik_symbol_istext(unsigned long address)
{
	if (address >= symbol_stext && address < symbol_etext)
		return true;
	return symbol_ismodule(address);
}
EXPORT_SYMBOL(lunatik_symbol_istext);

/* ---- namesakes -------------------------------------------------------------- */

/**
 * struct symbol_list - addresses of symbols
 * @symbols: names to look for
 * @addresses: those that were found
 * @most: how many @addresses has room for
 * @count: how many it holds
 */
struct symbol_list {
	struct lunatik_symbols symbols;
	unsigned long *addresses;
	unsigned int most;
	unsigned int count;
};

/* Context: a mutex of the kernel's may be held */
static void symbol_note(struct lunatik_symbols *symbols, const char *name,
			unsigned long address)
{
	struct symbol_list *list =
		container_of(symbols, struct symbol_list, symbols);
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		if (list->addresses[i] == address)
			return;
	}
	if (list->count < list->most)
		list->addresses[list->count++] = address;
}

#if defined(CONFIG_KALLSYMS) && defined(CONFIG_MODULES) && defined(CONFIG_KPROBES)
static DEFINE_MUTEX(symbol_mutex);
static bool symbol_looked;
static bool symbol_inkernel, symbol_inmodules, symbol_any;

/* Where the kernel lacks one of them, some namesakes are not found. */
static void symbol_findeach(void)
{
	void *address;

	mutex_lock(&symbol_mutex);
	if (!symbol_looked) {
		address = lunatik_lookup(LUNATIK_EACH_SYMBOL);
		if (address)
			lunatik_set_direct_call(lunatik_each_symbol, address);
		symbol_inkernel = address && lunatik_findmoduleslock();
		if (strcmp(LUNATIK_ANY_SYMBOL, LUNATIK_EACH_SYMBOL))
			address = lunatik_lookup(LUNATIK_ANY_SYMBOL);
		if (address)
			lunatik_set_direct_call(lunatik_any_symbol, address);
		symbol_any = address && lunatik_findmoduleslock();
		address = lunatik_lookup(LUNATIK_EACH_MODULESYMBOL);
		if (address)
			lunatik_set_direct_call(lunatik_each_modulesymbol,
						address);
		symbol_inmodules = address;
		symbol_looked = true;
	}
	mutex_unlock(&symbol_mutex);
}

static void symbol_fill(struct symbol_list *list)
{
	symbol_findeach();
	if (symbol_inkernel)
		lunatik_eachkernelsymbol(&list->symbols);
	if (symbol_inmodules)
		lunatik_eachmodulesymbol(&list->symbols);
}

/* Return: whether the kernel can list its symbols */
static bool symbol_goall(struct lunatik_symbols *symbols)
{
	symbol_findeach();
	if (!symbol_any)
		return false;
	lunatik_anykernelsymbol(symbols);
	if (symbol_inmodules)
		lunatik_eachmodulesymbol(symbols);
	return true;
}

/* In a module, only an attempt shows what is code: the kernel takes a probe there. */
static bool symbol_isfunction(unsigned long address)
{
	struct kprobe probe = {
		.addr = (kprobe_opcode_t *)address,
		.flags = KPROBE_FLAG_DISABLED,
	};

	if (address >= symbol_stext && address < symbol_etext)
		return true;
	if (!symbol_ismodule(address) || register_kprobe(&probe))
		return false;
	unregister_kprobe(&probe);
	return true;
}
#else
static void symbol_fill(struct symbol_list *list)
{
}

static bool symbol_goall(struct lunatik_symbols *symbols)
{
	return false;
}

static bool symbol_isfunction(unsigned long address)
{
	return false;
}
#endif

/**
 * lunatik_symbol_namesakes() - all symbols of a name, of the kernel and of its modules
 * @name: the name
 * @addresses: filled in
 * @most: how many it has room for, at least 1
 *
 * Context: process, may sleep
 * Return: how many were found; 0 also on a kernel that cannot list them
 */
unsigned int lunatik_symbol_namesakes(const char *name, unsigned long *addresses,
				      unsigned int most)
{
	struct symbol_list list = {
		.symbols = { .name = name, .note = symbol_note },
		.addresses = addresses,
		.most = most,
	};

	symbol_fill(&list);
	return list.count;
}
EXPORT_SYMBOL(lunatik_symbol_namesakes);

/**
 * lunatik_symbol_functions() - the functions of a name, of the kernel and of its modules
 * @name: the name
 * @addresses: filled in
 * @most: how many it has room for, at least 1
 *
 * The kernel's own initialisation, which is no longer there, does not count.
 *
 * Context: process, may sleep
 * Return: how many were found; 0 also on a kernel that cannot list them
 */
unsigned int lunatik_symbol_functions(const char *name, unsigned long *addresses,
				      unsigned int most)
{
	unsigned int i, n = 0, count = lunatik_symbol_namesakes(name, addresses, most);

	for (i = 0; i < count; i++) {
		if (symbol_isfunction(addresses[i]))
			addresses[n++] = addresses[i];
	}
	return n;
}
EXPORT_SYMBOL(lunatik_symbol_functions);

/**
 * struct symbol_search - symbols whose names match a pattern
 * @symbols: names to look for
 * @pattern: of glob_match()
 * @buffer: filled in with records of struct lunatik_symbol
 * @size: of @buffer
 * @used: bytes that all of them take
 */
struct symbol_search {
	struct lunatik_symbols symbols;
	const char *pattern;
	void *buffer;
	size_t size;
	size_t used;
};

/* Context: a mutex of the kernel's may be held */
static void symbol_collect(struct lunatik_symbols *symbols, const char *name,
			   unsigned long address)
{
	struct symbol_search *search =
		container_of(symbols, struct symbol_search, symbols);
	struct lunatik_symbol *symbol = search->buffer + search->used;
	size_t size = lunatik_symbol_size(name);

	if (!glob_match(search->pattern, name))
		return;
	if (search->used + size <= search->size) {
		symbol->address = address;
		strscpy(symbol->name, name, strlen(name) + 1);
	}
	search->used += size;
}

/**
 * lunatik_symbol_search() - the symbols of the kernel and its modules whose names match a pattern
 * @pattern: with ``*``, ``?`` and ``[]``
 * @buffer: filled in with records of struct lunatik_symbol, as far as they fit; or NULL
 * @size: of @buffer
 *
 * Context: process, may sleep
 * Return: bytes of all of them, or -EOPNOTSUPP on a kernel that cannot list them
 */
ssize_t lunatik_symbol_search(const char *pattern, void *buffer, size_t size)
{
	struct symbol_search search = {
		.symbols = { .note = symbol_collect },
		.pattern = pattern,
		.buffer = buffer,
		.size = size,
	};

	return symbol_goall(&search.symbols) ? (ssize_t)search.used : -EOPNOTSUPP;
}
EXPORT_SYMBOL(lunatik_symbol_search);

#ifdef CONFIG_KPROBES
#define SYMBOL_BATCH	256	/* probes that wait for one grace period */

/**
 * struct symbol_batch - attempts to place probes
 * @probes: the probes
 * @placed: those of them that the kernel took
 */
struct symbol_batch {
	struct kprobe probes[SYMBOL_BATCH];
	struct kprobe *placed[SYMBOL_BATCH];
};

static unsigned int symbol_filter(const struct lunatik_symbol **symbols, unsigned int n,
				  const struct lunatik_symbol **kept,
				  struct symbol_batch *batch)
{
	unsigned int i, count = 0;

	memset(batch, 0, sizeof(*batch));
	for (i = 0; i < n; i++) {
		batch->probes[i].addr = (kprobe_opcode_t *)symbols[i]->address;
		batch->probes[i].flags = KPROBE_FLAG_DISABLED;
		if (!lunatik_symbol_istext(symbols[i]->address) ||
		    register_kprobe(&batch->probes[i]))
			continue;
		batch->placed[count] = &batch->probes[i];
		kept[count++] = symbols[i];
	}
	unregister_kprobes(batch->placed, count);
	return count;
}

/**
 * lunatik_symbol_filter() - choose the symbols at which the kernel takes a probe
 * @symbols: the symbols; those that remain come to the front
 * @n: how many
 *
 * Neither data, nor functions on the kernel's blacklist, nor its initialisation.
 *
 * Context: process, may sleep
 * Return: how many remain, or -ENOMEM
 */
int lunatik_symbol_filter(const struct lunatik_symbol **symbols, unsigned int n)
{
	struct symbol_batch *batch = kvmalloc(sizeof(*batch), GFP_KERNEL | __GFP_NOWARN);
	unsigned int i, count = 0;

	if (!batch)
		return -ENOMEM;
	for (i = 0; i < n; i += SYMBOL_BATCH)
		count += symbol_filter(symbols + i, min(n - i, (unsigned int)SYMBOL_BATCH),
				       symbols + count, batch);
	kvfree(batch);
	return count;
}
#else
int lunatik_symbol_filter(const struct lunatik_symbol **symbols, unsigned int n)
{
	return 0;
}
#endif
EXPORT_SYMBOL(lunatik_symbol_filter);

static void symbol_inmodule(unsigned long address, char *place, size_t size)
{
	char *text = kmalloc(KSYM_SYMBOL_LEN, LUNATIK_GFP);
	char *module = NULL;

	if (text) {
		sprint_symbol(text, address);
		module = strrchr(text, '[');
	}
	if (module) {
		module[strcspn(module, "]")] = '\0';
		text[strcspn(text, "+")] = '\0';
		snprintf(place, size, "%s:%s", module + 1, text);
	}
	kfree(text);
}

/**
 * lunatik_symbol_place() - a name for the address of a function that nothing else has
 * @address: its address
 * @place: filled in: ``_stext+0x1a2b``, or ``module:function``; empty if not found
 * @size: of @place
 *
 * Context: process, may sleep
 */
void lunatik_symbol_place(unsigned long address, char *place, size_t size)
{
	place[0] = '\0';
	if (address >= symbol_stext && address < symbol_etext)
		snprintf(place, size, "_stext+0x%lx", address - symbol_stext);
	else
		symbol_inmodule(address, place, size);
}
EXPORT_SYMBOL(lunatik_symbol_place);

/**
 * lunatik_symbols_init() - find the bounds of the kernel's text
 */
void lunatik_symbols_init(void)
{
	symbol_findinit();
	symbol_stext = (unsigned long)lunatik_lookup("_stext");
	symbol_etext = (unsigned long)lunatik_lookup("_etext");
}
