// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * symbols.c - the names of functions that match a pattern
 */
#include <linux/kernel.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "probe.h"

#define SYMBOLS_UNITS	64	/* cost of a name */

static const struct lunatik_symbol *symbols_next(const struct lunatik_symbol *symbol)
{
	return (const void *)symbol + lunatik_symbol_size(symbol->name);
}

static int symbols_compare(const void *a, const void *b)
{
	const struct lunatik_symbol *const *one = a, *const *other = b;

	return strcmp((*one)->name, (*other)->name);
}

/* Beside functions, compilers and the kernel's build make symbols that nobody calls. */
static bool symbols_iscalled(const struct lunatik_symbol *symbol)
{
	return !strstarts(symbol->name, "__pfx_") && !strstarts(symbol->name, "__cfi_") &&
	       !strstr(symbol->name, ".cold");
}

/* Push an array of the records, sorted by their names; returns how many they are. */
static size_t symbols_pushsorted(lua_State *L, const void *records, size_t size)
{
	const struct lunatik_symbol *symbol, **sorted;
	size_t n = 0;

	for (symbol = records; (void *)symbol < records + size; symbol = symbols_next(symbol))
		n++;
	sorted = lua_newuserdatauv(L, n * sizeof(*sorted), 0);
	n = 0;
	for (symbol = records; (void *)symbol < records + size; symbol = symbols_next(symbol))
		sorted[n++] = symbol;
	sort(sorted, n, sizeof(*sorted), symbols_compare, NULL);
	return n;
}

/* Keep the names that one symbol alone bears; returns how many. */
static size_t symbols_unique(lua_State *L, const struct lunatik_symbol **sorted, size_t n)
{
	size_t i, same, count = 0;

	for (i = 0; i < n; i += same) {
		lunatik_spend(L, SYMBOLS_UNITS);
		for (same = 1; i + same < n; same++) {
			if (strcmp(sorted[i]->name, sorted[i + same]->name))
				break;
		}
		if (same == 1 && symbols_iscalled(sorted[i]))
			sorted[count++] = sorted[i];
	}
	return count;
}

static void symbols_pushtable(lua_State *L, const struct lunatik_symbol **sorted, size_t n)
{
	int i, count = lunatik_symbol_filter(sorted, symbols_unique(L, sorted, n));

	if (count < 0)
		luaL_error(L, "not enough memory");
	lua_createtable(L, count, 0);
	for (i = 0; i < count; i++) {
		lua_pushstring(L, sorted[i]->name);
		lua_rawseti(L, -2, i + 1);
	}
}

/*
 * probe.symbols(pattern) - a table of the functions that can be probed, sorted
 *
 * Returns: names that one function alone bears.
 * Context: entries that may sleep.
 */
int luaprobe_symbols(lua_State *L)
{
	const char *pattern = luaL_checkstring(L, 1);
	ssize_t size, now;
	void *records;
	size_t n;

	lunatik_checksleep(L, "probe.symbols");
	size = lunatik_symbol_search(pattern, NULL, 0);
	if (size < 0)
		return luaL_error(L, "probe.symbols: this kernel does not list its symbols");
	records = lua_newuserdatauv(L, size + 1, 0);
	now = lunatik_symbol_search(pattern, records, size);
	if (now > size)
		return luaL_error(L, "probe.symbols: a module came meanwhile (try again)");
	n = symbols_pushsorted(L, records, now);
	symbols_pushtable(L, lua_touserdata(L, -1), n);
	return 1;
}
