// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * luaxt.c - extensions of iptables in Lua: one state for each plugin, with the system's Lua 5.4.
 *
 * Every error in a script ends as an error message of iptables.
 */
#include <dlfcn.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "luaxt.h"
#include "lunatik_nearest.h"

#define OPTIONS_MAX 64

/** struct extension - a match or a target */
struct extension {
	int opts;			/* reference to the script's table, or LUA_NOREF */
	struct option *options;		/* ended by an empty one; names are its own */
	union {
		struct xtables_match match;
		struct xtables_target target;
	};
};

struct luaxt {
	lua_State *L;
	char name[XT_EXTENSION_MAXNAMELEN];
	const struct luaxt_callbacks *callbacks;
	struct extension extensions[LUAXT_KINDS];
};

static const char *const kind_names[LUAXT_KINDS] = { "match", "target" };

/* Administrators' scripts go first. */
static const char *const folders[] = { "/etc/lunatik/xtables", "/usr/share/lunatik/xtables" };

/* ---- calls into the script -------------------------------------------------------------------- */

/* End iptables with the error on top of the stack. */
static void __attribute__((noreturn)) fail(struct luaxt *luaxt, enum xtables_exittype status)
{
	xtables_error(status, "%s: %s", luaxt->name, luaL_tolstring(luaxt->L, -1, NULL));
}

/* Push a callback of the script; false, and nothing pushed, if it has none of that name. */
static bool push_callback(struct luaxt *luaxt, enum luaxt_kind kind, const char *callback)
{
	lua_State *L = luaxt->L;
	int type;

	lua_rawgeti(L, LUA_REGISTRYINDEX, luaxt->extensions[kind].opts);
	type = lua_getfield(L, -1, callback);
	lua_remove(L, -2);
	if (type == LUA_TFUNCTION)
		return true;
	lua_pop(L, 1);
	return false;
}

/* Call what was pushed; errors end iptables. */
static void call(struct luaxt *luaxt, int arguments, int results)
{
	if (lua_pcall(luaxt->L, arguments, results, 0) != LUA_OK)
		fail(luaxt, PARAMETER_PROBLEM);
}

/* Push a rule's bytes up to the last that is not zero. */
static void push_userargs(lua_State *L, const struct luaxt_rule *rule)
{
	size_t length = USERARGS;

	while (length > 0 && !rule->userargs[length - 1])
		length--;
	lua_pushlstring(L, rule->userargs, length);
}

/* Store field userargs of the table at the top, if it is set. */
static void take_userargs(struct luaxt *luaxt, struct luaxt_rule *rule)
{
	lua_State *L = luaxt->L;
	const char *text;
	size_t length;

	if (lua_getfield(L, -1, "userargs") != LUA_TNIL) {
		text = lua_tolstring(L, -1, &length);
		if (!text)
			xtables_error(PARAMETER_PROBLEM, "%s: userargs is a %s value, not a string", luaxt->name,
				      luaL_typename(L, -1));
		if (length > USERARGS)
			xtables_error(PARAMETER_PROBLEM, "%s: userargs has %zu bytes, at most %d are possible",
				      luaxt->name, length, USERARGS);
		memset(rule->userargs, 0, USERARGS);
		memcpy(rule->userargs, text, length);
	}
	lua_pop(L, 1);
}

/* ---- callbacks ---------------------------------------------------------------------------------- */

void luaxt_help(struct luaxt *luaxt, enum luaxt_kind kind)
{
	if (push_callback(luaxt, kind, "help"))
		call(luaxt, 0, 0);
}

void luaxt_init(struct luaxt *luaxt, enum luaxt_kind kind, struct luaxt_rule *rule)
{
	lua_State *L = luaxt->L;

	memset(rule, 0, sizeof(*rule));
	if (!push_callback(luaxt, kind, "init"))
		return;
	lua_newtable(L);
	lua_pushvalue(L, -1);
	lua_insert(L, -3);
	call(luaxt, 1, 0);
	take_userargs(luaxt, rule);
	lua_pop(L, 1);
}

/* Push the table that parse gets. */
static void push_option(struct luaxt *luaxt, const struct option *option, int inverted, unsigned int flags,
			const struct luaxt_rule *rule)
{
	lua_State *L = luaxt->L;

	lua_newtable(L);
	lua_pushstring(L, option->name);
	lua_setfield(L, -2, "option");
	if (option->has_arg == required_argument) {
		lua_pushstring(L, optarg);
		lua_setfield(L, -2, "value");
	}
	lua_pushboolean(L, inverted);
	lua_setfield(L, -2, "inverted");
	lua_pushinteger(L, flags);
	lua_setfield(L, -2, "flags");
	push_userargs(L, rule);
	lua_setfield(L, -2, "userargs");
}

int luaxt_parse(struct luaxt *luaxt, enum luaxt_kind kind, int c, int inverted, unsigned int *flags,
		struct luaxt_rule *rule)
{
	const struct option *options = luaxt->extensions[kind].options;
	int i, handled, isinteger;
	lua_State *L = luaxt->L;

	for (i = 0; options[i].name && i != c; i++)
		;
	if (!options[i].name || !push_callback(luaxt, kind, "parse"))
		return 0;
	push_option(luaxt, &options[i], inverted, *flags, rule);
	lua_pushvalue(L, -1);
	lua_insert(L, -3);
	call(luaxt, 1, 1);
	handled = lua_toboolean(L, -1);
	lua_pop(L, 1);
	take_userargs(luaxt, rule);
	lua_getfield(L, -1, "flags");
	*flags = lua_tointegerx(L, -1, &isinteger);
	if (!isinteger)
		xtables_error(PARAMETER_PROBLEM, "%s: flags is a %s value, not an integer", luaxt->name, luaL_typename(L, -1));
	lua_pop(L, 2);
	return handled;
}

void luaxt_check(struct luaxt *luaxt, enum luaxt_kind kind, unsigned int flags)
{
	if (!push_callback(luaxt, kind, "final_check"))
		return;
	lua_pushinteger(luaxt->L, flags);
	call(luaxt, 1, 0);
}

static void show(struct luaxt *luaxt, enum luaxt_kind kind, const char *callback, const struct luaxt_rule *rule)
{
	if (!push_callback(luaxt, kind, callback))
		return;
	push_userargs(luaxt->L, rule);
	lua_pushlstring(luaxt->L, rule->userargs, USERARGS);
	call(luaxt, 2, 0);
}

void luaxt_print(struct luaxt *luaxt, enum luaxt_kind kind, const struct luaxt_rule *rule)
{
	show(luaxt, kind, "print", rule);
}

void luaxt_save(struct luaxt *luaxt, enum luaxt_kind kind, const struct luaxt_rule *rule)
{
	show(luaxt, kind, "save", rule);
}

/* ---- registration: luaxt.match{...}, luaxt.target{...} -------------------------------------------- */

/* Raise for a name that does not exist; @names: those that do, NULL at the end. */
static int unknown(lua_State *L, const char *what, const char *name, const char *const *names)
{
	struct lunatik_nearest nearest = { .name = name };

	for (; *names; names++)
		lunatik_trynearest(&nearest, *names);
	if (!lunatik_isnear(&nearest))
		return luaL_error(L, "%s '%s'", what, name);
	return luaL_error(L, "%s '%s' (the nearest one is '%s')", what, name, nearest.best);
}

/* Fields of the table that a script registers. */
static const char *const field_names[] = {
	"revision", "family", "options", "help", "init", "parse", "final_check", "print", "save", NULL
};

static void check_fields(lua_State *L)
{
	const char *const *known;
	const char *name;

	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING)
			luaL_error(L, "unknown field [%s]", luaL_tolstring(L, -2, NULL));
		name = lua_tostring(L, -2);
		for (known = field_names; *known && strcmp(*known, name) != 0; known++)
			;
		if (!*known)
			unknown(L, "unknown field", name, field_names);
	}
}

/* An optional integer of the table at index 1. */
static int field(lua_State *L, const char *name, int max)
{
	lua_Integer value = 0;
	int isinteger = 1;

	if (lua_getfield(L, 1, name) != LUA_TNIL)
		value = lua_tointegerx(L, -1, &isinteger);
	if (!isinteger || value < 0 || value > max)
		luaL_error(L, "field '%s' has to be an integer from 0 to %d", name, max);
	lua_pop(L, 1);
	return value;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct option *)a)->name, ((const struct option *)b)->name);
}

/* Fill an array from the table on top: name to whether the option takes a value. Names stay in that table. */
static int read_options(lua_State *L, struct option *options)
{
	int n = 0;

	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1), n++) {
		if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TBOOLEAN)
			return luaL_error(L, "field 'options' maps names to true (takes a value) or false");
		if (n == OPTIONS_MAX)
			return luaL_error(L, "more than %d options", OPTIONS_MAX);
		options[n].name = lua_tostring(L, -2);
		options[n].has_arg = lua_toboolean(L, -1) ? required_argument : no_argument;
	}
	return n;
}

/* The script's options in the form of getopt(), numbered from 0 in the order of their names. */
static struct option *make_options(lua_State *L)
{
	struct option options[OPTIONS_MAX] = {0}, *made;
	int i, n = 0;
	size_t size;

	if (lua_getfield(L, 1, "options") == LUA_TTABLE)
		n = read_options(L, options);
	else if (!lua_isnil(L, -1))
		luaL_error(L, "field 'options' has to be a table");
	qsort(options, n, sizeof(*options), by_name);
	made = xtables_calloc(n + 1, sizeof(*made));
	for (i = 0; i < n; i++) {
		size = strlen(options[i].name) + 1;
		made[i] = options[i];
		made[i].val = i;
		made[i].name = memcpy(xtables_malloc(size), options[i].name, size);
	}
	lua_pop(L, 1);
	return made;
}

/* The fields that matches and targets have in common, for lack of a common type. */
#define COMPLETE(extension, luaxt_, revision_, family_, options_)			\
do {											\
	(extension)->version = XTABLES_VERSION;						\
	(extension)->name = (luaxt_)->name;						\
	(extension)->revision = revision_;						\
	(extension)->family = family_;							\
	(extension)->size = XT_ALIGN(sizeof(struct luaxt_rule));			\
	(extension)->userspacesize = USERARGS;						\
	(extension)->extra_opts = options_;						\
} while (0)

static int add(lua_State *L, enum luaxt_kind kind)
{
	struct luaxt *luaxt = lua_touserdata(L, lua_upvalueindex(1));
	struct extension *extension = &luaxt->extensions[kind];
	int revision, family;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	if (extension->opts != LUA_NOREF)
		return luaL_error(L, "a second %s: a plugin has one of its name", kind_names[kind]);
	check_fields(L);
	revision = field(L, "revision", UINT8_MAX);
	family = field(L, "family", UINT8_MAX);
	extension->options = make_options(L);
	if (kind == LUAXT_MATCH) {
		extension->match = luaxt->callbacks->match;
		COMPLETE(&extension->match, luaxt, revision, family, extension->options);
	} else {
		extension->target = luaxt->callbacks->target;
		COMPLETE(&extension->target, luaxt, revision, family, extension->options);
	}
	extension->opts = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_pushboolean(L, 1);
	return 1;
}

static int luaxt_match(lua_State *L)
{
	return add(L, LUAXT_MATCH);
}

static int luaxt_target(lua_State *L)
{
	return add(L, LUAXT_TARGET);
}

static const luaL_Reg functions[] = {
	{ "match", luaxt_match },
	{ "target", luaxt_target },
	{ NULL, NULL }
};

static const char *const family_names[] = { "UNSPEC", "INET", "IPV4", "IPV6", "ARP", "NETDEV", "BRIDGE", NULL };

static const int families[] = {
	NFPROTO_UNSPEC, NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_ARP, NFPROTO_NETDEV, NFPROTO_BRIDGE
};

/* luaxt.family.NAME, for a NAME that does not exist */
static int missing_family(lua_State *L)
{
	return lua_type(L, 2) == LUA_TSTRING ? unknown(L, "luaxt.family has no", lua_tostring(L, 2), family_names) : 0;
}

/* Scripts find it as a global, and by require("luaxt"). */
static int open_library(lua_State *L)
{
	size_t i;

	luaL_openlibs(L);
	luaL_newlibtable(L, functions);
	lua_pushvalue(L, 1);
	luaL_setfuncs(L, functions, 1);
	lua_newtable(L);
	for (i = 0; family_names[i]; i++) {
		lua_pushinteger(L, families[i]);
		lua_setfield(L, -2, family_names[i]);
	}
	lua_newtable(L);
	lua_pushcfunction(L, missing_family);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_setfield(L, -2, "family");
	luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_pushvalue(L, -2);
	lua_setfield(L, -2, "luaxt");
	lua_pop(L, 1);
	lua_setglobal(L, "luaxt");
	return 0;
}

/* ---- opening a plugin ------------------------------------------------------------------------------- */

/* The NAME of the file libxt_NAME.so that holds an address; false if it is called otherwise. */
static bool plugin_name(const void *inside, char *name, size_t size)
{
	const char *file, *start;
	size_t length;
	Dl_info info;

	if (!dladdr(inside, &info) || !info.dli_fname)
		return false;
	file = strrchr(info.dli_fname, '/');
	file = file ? file + 1 : info.dli_fname;
	start = file + strlen("libxt_");
	length = strlen(file);
	if (strncmp(file, "libxt_", strlen("libxt_")) != 0 || length <= strlen("libxt_.so"))
		return false;
	length -= strlen("libxt_.so");
	if (strcmp(start + length, ".so") != 0 || length >= size)
		return false;
	memcpy(name, start, length);
	name[length] = '\0';
	return true;
}

/* A user who may write to a script may do everything that root may. */
static bool trusted(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return false;
	if (status.st_uid == 0 && !(status.st_mode & 0022))
		return true;
	fprintf(stderr, "luaxt: %s must belong to root and be writable by nobody else\n", path);
	return false;
}

static bool run_file(struct luaxt *luaxt, const char *path)
{
	if (luaL_loadfilex(luaxt->L, path, "t") == LUA_OK && lua_pcall(luaxt->L, 0, 0, 0) == LUA_OK)
		return true;
	fprintf(stderr, "luaxt: failed to load Lua script: %s\n", luaL_tolstring(luaxt->L, -1, NULL));
	return false;
}

/* Run the script from the first folder that has it. */
static bool run_script(struct luaxt *luaxt)
{
	char path[256];
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, sizeof(path), "%s/libxt_%s.lua", folders[i], luaxt->name);
		if (access(path, F_OK) != 0)
			continue;
		if (!trusted(path))
			return false;
		return run_file(luaxt, path);
	}
	fprintf(stderr, "luaxt: failed to load Lua script: no libxt_%s.lua in %s or %s\n", luaxt->name, folders[0],
		folders[1]);
	return false;
}

static void drop(struct luaxt *luaxt)
{
	struct option *option;
	int kind;

	if (luaxt->L)
		lua_close(luaxt->L);
	for (kind = 0; kind < LUAXT_KINDS; kind++) {
		for (option = luaxt->extensions[kind].options; option && option->name; option++)
			free((char *)option->name);
		free(luaxt->extensions[kind].options);
	}
	free(luaxt);
}

/* Errors outside of a call: in a metamethod of a table of the script's, or while one is described. */
static int panic(lua_State *L)
{
	const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error object that is no string";
	struct luaxt *luaxt = *(struct luaxt **)lua_getextraspace(L);

	xtables_error(PARAMETER_PROBLEM, "%s: %s", luaxt->name, text);
	return 0;
}

/* Run a script: the one at @path, or, if that is NULL, the plugin's own. */
static bool start(struct luaxt *luaxt, const char *path)
{
	luaxt->L = luaL_newstate();
	if (!luaxt->L) {
		fprintf(stderr, "luaxt: out of memory\n");
		return false;
	}
	*(struct luaxt **)lua_getextraspace(luaxt->L) = luaxt;
	lua_atpanic(luaxt->L, panic);
	lua_pushcfunction(luaxt->L, open_library);
	lua_pushlightuserdata(luaxt->L, luaxt);
	if (lua_pcall(luaxt->L, 1, 0, 0) == LUA_OK)
		return path ? run_file(luaxt, path) : run_script(luaxt);
	fprintf(stderr, "luaxt: %s\n", luaL_tolstring(luaxt->L, -1, NULL));
	return false;
}

static struct luaxt *create(const struct luaxt_callbacks *callbacks)
{
	struct luaxt *luaxt = calloc(1, sizeof(*luaxt));
	int kind;

	if (!luaxt)
		return NULL;
	luaxt->callbacks = callbacks;
	for (kind = 0; kind < LUAXT_KINDS; kind++)
		luaxt->extensions[kind].opts = LUA_NOREF;
	return luaxt;
}

int luaxt_try(const char *name, const char *path)
{
	static const struct luaxt_callbacks none;
	struct luaxt *luaxt = create(&none);
	bool good;

	if (!luaxt)
		return -1;
	snprintf(luaxt->name, sizeof(luaxt->name), "%s", name);
	good = start(luaxt, path);
	if (good && luaxt->extensions[LUAXT_MATCH].opts == LUA_NOREF && luaxt->extensions[LUAXT_TARGET].opts == LUA_NOREF)
		fprintf(stderr, "luaxt: warning: %s calls neither luaxt.match nor luaxt.target\n", path);
	drop(luaxt);
	return good ? 0 : -1;
}

struct luaxt *luaxt_open(const void *inside, const struct luaxt_callbacks *callbacks)
{
	struct luaxt *luaxt = create(callbacks);

	if (!luaxt)
		return NULL;
	if (!plugin_name(inside, luaxt->name, sizeof(luaxt->name))) {
		fprintf(stderr, "luaxt: a plugin's file is called libxt_NAME.so, with a NAME of at most %zu characters\n",
			sizeof(luaxt->name) - 1);
	} else if (start(luaxt, NULL)) {
		if (luaxt->extensions[LUAXT_MATCH].opts != LUA_NOREF)
			xtables_register_match(&luaxt->extensions[LUAXT_MATCH].match);
		if (luaxt->extensions[LUAXT_TARGET].opts != LUA_NOREF)
			xtables_register_target(&luaxt->extensions[LUAXT_TARGET].target);
		return luaxt;
	}
	drop(luaxt);
	return NULL;
}
