// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * main.c - native code against the interpreter, on the host
 *
 * The kernel's Lua, the translator and the check of src/core/jit, and an interpreter of BPF (bpf.h). Random programs
 * (generate.h) and given ones run three times: interpreted, native, and native with exits at random. Results, errors with
 * their lines, the budget that is left, upvalues and the packet's bytes have to be the same.
 *
 * Usage: jit [-s SEED] [-n PROGRAMS] [-t SECONDS] [-vcd] [SCRIPT...]
 *   -s  of the first program; the others follow
 *   -n  how many
 *   -t  end after so many seconds
 *   -v  print each program
 *   -d  print the instructions of each program on standard error
 *   -c  the check is not asked: its part of what the tests find is seen so
 *
 * A script returns what a generated program does: the function, and one that returns what it has changed.
 * Exit status: 1 for a difference, which is printed as the smallest program that shows it.
 */
#define LUA_CORE
#define LUA_LIB

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lconf.h"
#include "lentry.h"
#include "klua.h"

/* For macros of Lua; klua.h takes it away. */
#define cast(type, value)	((type)(value))

#include <linux/bpf.h>

#define jit_allocate(size)	calloc(1, size)
#define jit_free(memory)	free(memory)
#define jit_breathe()		do { } while (0)
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#include "jit.h"
#include "emit.c"
#include "translate.c"
#include "check.c"

#include "bpf.h"
#include "generate.h"

#define SLICES		3
#define LOG		20000
#define BYTES		12

/* ---- the host of Lua ----------------------------------------------------------------- */

static int slices;		/* that are left */
static int slice;		/* units of each */
static char why[200];

static void where(lua_State *L)
{
	lua_Debug ar;
	int level;

	snprintf(why, sizeof(why), "budget exhausted");
	for (level = 0; lua_getstack(L, level, &ar); level++) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline <= 0)
			continue;
		snprintf(why, sizeof(why), "%d: budget exhausted", ar.currentline);
		return;
	}
}

int lunatik_slice(lua_State *L)
{
	struct lua_Entry *entry = &G(L)->entry;

	if (slices-- > 0) {
		entry->slice += slice;
		return 0;
	}
	if (!entry->abort)
		where(L);
	entry->abort = 1;
	return 1;
}

void lunatik_gcslice(lua_State *L)
{
	G(L)->entry.slice += 256;
}

void lunatik_nomemory(lua_State *L)
{
	(void)L;
}

void lunatik_trim(lua_State *L)
{
	(void)L;
}

unsigned int lunatik_seed(void)
{
	return 42;
}

int lunatik_print(lua_State *L)
{
	(void)L;
	return 0;
}

bool lunatik_readable(lua_State *L, const char *path)
{
	(void)L;
	(void)path;
	return false;
}

int lunatik_loadfile(lua_State *L, const char *filename, const char *mode)
{
	(void)filename;
	(void)mode;
	lua_pushliteral(L, "no files");
	return LUA_ERRFILE;
}

const lua_CFunction lunatik_searchers[] = { lunatik_searchpath, NULL };

static void *allocate(void *ud, void *block, size_t osize, size_t nsize)
{
	(void)ud;
	(void)osize;
	if (nsize)
		return realloc(block, nsize);
	free(block);
	return NULL;
}

/* ---- a class of handles like that of packets ------------------------------------------- */

struct window {
	unsigned char *ptr;
	size_t readable;
};

struct object {
	const void *class;
	bool local;
	struct window *private;
};

static const struct jit_layout layout = {
	.class = offsetof(struct object, class),
	.local = offsetof(struct object, local),
	.private = offsetof(struct object, private),
	.ptr = offsetof(struct window, ptr),
	.readable = offsetof(struct window, readable),
};

static const char packet_class, other_class;

static struct object *packet_check(lua_State *L)
{
	struct object **handle = lua_touserdata(L, 1);

	luaL_argcheck(L, handle && *handle && (*handle)->class == &packet_class, 1, "a packet expected");
	return *handle;
}

static struct window *packet_alias(void *payload)
{
	struct object *object = *(struct object **)payload;

	return object && object->class == &packet_class && object->local ? object->private : NULL;
}

static int inside(const struct window *window, lua_Integer offset, size_t size)
{
	return offset >= 0 && size <= window->readable && (lua_Unsigned)offset <= window->readable - size;
}

#define GETTER(name, T)									\
static int packet_##name(lua_State *L)							\
{											\
	struct window *window = packet_check(L)->private;				\
	lua_Integer offset = luaL_checkinteger(L, 2);					\
	T value;									\
											\
	luaL_argcheck(L, inside(window, offset, sizeof(T)), 2, "out of bounds");	\
	memcpy(&value, window->ptr + offset, sizeof(T));				\
	lua_pushinteger(L, value);							\
	return 1;									\
}											\
											\
static int packet_##name##_leaf(void *payload, lua_Integer offset, lua_Integer *result)	\
{											\
	struct window *window = packet_alias(payload);					\
	T value;									\
											\
	if (!window || !inside(window, offset, sizeof(T)))				\
		return 0;								\
	memcpy(&value, window->ptr + offset, sizeof(T));				\
	*result = value;								\
	return 1;									\
}

#define SETTER(name, T)									\
static int packet_##name(lua_State *L)							\
{											\
	struct window *window = packet_check(L)->private;				\
	lua_Integer offset = luaL_checkinteger(L, 2);					\
	T value = luaL_checkinteger(L, 3);						\
											\
	luaL_argcheck(L, inside(window, offset, sizeof(T)), 2, "out of bounds");	\
	memcpy(window->ptr + offset, &value, sizeof(T));				\
	return 0;									\
}											\
											\
static int packet_##name##_leaf(void *payload, lua_Integer offset, lua_Integer *result)	\
{											\
	struct window *window = packet_alias(payload);					\
	T value = *result;								\
											\
	if (!window || !inside(window, offset, sizeof(T)))				\
		return 0;								\
	memcpy(window->ptr + offset, &value, sizeof(T));				\
	return 1;									\
}

GETTER(u8, unsigned char)
GETTER(s8, signed char)
GETTER(u16, unsigned short)
GETTER(s16, short)
GETTER(u32, unsigned int)
GETTER(s32, int)
GETTER(i64, long long)
GETTER(plain, unsigned char)
SETTER(w8, unsigned char)
SETTER(w16, unsigned short)
SETTER(w32, unsigned int)

#define METHOD(name, shape_, size_, sign_)	\
	{ #name, { packet_##name, packet_##name##_leaf, shape_, { &packet_class, size_, sign_ } } }

static const struct {
	const char *name;
	struct lua_Leaf leaf;
} methods[] = {
	METHOD(u8, LUA_LEAFGET, 1, 0), METHOD(s8, LUA_LEAFGET, 1, 1), METHOD(u16, LUA_LEAFGET, 2, 0),
	METHOD(s16, LUA_LEAFGET, 2, 1), METHOD(u32, LUA_LEAFGET, 4, 0), METHOD(s32, LUA_LEAFGET, 4, 1),
	METHOD(i64, LUA_LEAFGET, 8, 1), METHOD(plain, LUA_LEAFGET, 0, 0),
	METHOD(w8, LUA_LEAFSET, 0, 0), METHOD(w16, LUA_LEAFSET, 0, 0), METHOD(w32, LUA_LEAFSET, 0, 0),
};

static void freed(void *payload)
{
	(void)payload;
}

static void open_packets(lua_State *L)
{
	struct lua_Entry *entry = &G(L)->entry;
	size_t i;

	entry->freed = freed;
	lua_newtable(L);
	lua_newtable(L);
	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		luaE_pushleaf(L, &methods[i].leaf);
		lua_setfield(L, -2, methods[i].name);
	}
	entry->classes[entry->nclasses].methods = hvalue(s2v(L->top.p - 1));
	lua_setfield(L, -2, "__index");
	entry->classes[entry->nclasses++].metatable = hvalue(s2v(L->top.p - 1));
	lua_setfield(L, LUA_REGISTRYINDEX, "packet");
}

static void push_packet(lua_State *L, struct object *object, int marked)
{
	struct object **handle = lua_newuserdatauv(L, sizeof(*handle), 0);

	*handle = object;
	lua_getfield(L, LUA_REGISTRYINDEX, "packet");
	lua_setmetatable(L, -2);
	uvalue(s2v(L->top.p - 1))->handle = marked ? 2 : 1;
}

/* ---- one run ----------------------------------------------------------------------------- */

enum way { INTERPRETED, NATIVE, STRESSED };

struct run {
	enum way way;
	const char *text;
	size_t length;
	char log[LOG];
	size_t used;
	int stress;
	long programs, refused, exits, whole, worth;
};

static int unchecked;
static int dumps;

static void note(struct run *run, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	run->used += vsnprintf(run->log + run->used, LOG - run->used, format, arguments);
	va_end(arguments);
	if (run->used > LOG - 1)
		run->used = LOG - 1;
}

static void note_value(struct run *run, const TValue *value)
{
	switch (ttypetag(value)) {
	case LUA_VNUMINT:
		note(run, " %lld", ivalue(value));
		break;
	case LUA_VSHRSTR:
	case LUA_VLNGSTR:
		note(run, " '%s'", getstr(tsvalue(value)));
		break;
	case LUA_VTRUE:
		note(run, " true");
		break;
	case LUA_VFALSE:
		note(run, " false");
		break;
	case LUA_VNIL:
		note(run, " nil");
		break;
	default:
		note(run, " %s", ttypename(ttype(value)));
	}
}

static void dump(const struct jit_program *program)
{
	const struct bpf_insn *i = program->insns;
	int n;

	for (n = 0; n < program->n; n++, i++)
		fprintf(stderr, "%4d: %02x r%d r%d off %d imm %d\n", n, i->code, i->dst_reg, i->src_reg, i->off, i->imm);
}

static void *translate(struct run *run, lua_State *L, const LClosure *cl)
{
	const Proto *p = cl->p;
	struct jit *j = calloc(1, sizeof(*j));
	int n = p->sizecode, refused;

	j->p = p;
	j->entry = &G(L)->entry;
	j->stress = run->way == STRESSED;
	j->room = 64 + 64 * n;
	j->mostfix = 64 + 32 * n;
	j->program.layout = &layout;
	j->program.insns = calloc(j->room, sizeof(struct bpf_insn));
	j->label = calloc(JIT_LABELS(p), sizeof(int));
	j->fix = calloc(j->mostfix, sizeof(*j->fix));
	j->in = calloc(n, sizeof(*j->in));
	j->held = calloc(n, sizeof(*j->held));
	j->flags = calloc(n, 1);
	j->facts = calloc(n, sizeof(*j->facts));
	run->programs++;
	if (jit_translate(j)) {
		refused = unchecked ? 0 : jit_check(&j->program);
		if (refused) {
			note(run, "REFUSED by the check: instruction %d\n", refused - 1);
			run->refused++;
		}
		run->worth += jit_isworth(j);
		if (dumps)
			dump(&j->program);
	} else {
		note(run, "NOT TRANSLATED\n");
		run->refused++;
	}
	free(j->label);
	free(j->fix);
	free(j->in);
	free(j->held);
	free(j->flags);
	free(j->facts);
	return j;
}

static void drop(struct jit *j)
{
	if (!j)
		return;
	free(j->program.insns);
	free(j);
}

static void execute(lua_State *L, void *ci)
{
	luaV_execute(L, ci);
}

/* As the short way of an event does it: src/core/event.c. */
static int call_native(struct run *run, lua_State *L, struct jit *j, int args)
{
	StkId func = L->top.p - args - 1;
	LClosure *cl = clLvalue(s2v(func));
	CallInfo *ci, *before = L->ci;
	l_uint32 calls = L->nCcalls;
	ptrdiff_t at;
	int r, status;

	lua_checkstack(L, cl->p->maxstacksize + args);
	ci = L->ci->next ? L->ci->next : luaE_extendCI(L, 0);
	func = L->top.p - args - 1;
	at = savestack(L, func);
	G(L)->entry.slice -= 1 + (cl->p->sizecode >> 4);
	setnilvalue(s2v(func));
	G(L)->entry.stress = run->stress;
	r = bpf_run(&j->program, func + 1, &G(L)->entry, cl);
	func = restorestack(L, at);
	if (r < 0) {
		run->whole++;
		L->top.p = func + (r == JIT_ONE);
		return LUA_OK;
	}
	run->exits++;
	setclLvalue2s(L, func, cl);
	ci->func.p = func;
	ci->top.p = func + 1 + cl->p->maxstacksize;
	ci->u.l.savedpc = cl->p->code + r;
	ci->nresults = LUA_MULTRET;
	ci->callstatus = CIST_FRESH;
	L->ci = ci;
	status = luaD_rawrunprotected(L, execute, ci);
	if (status == LUA_OK)
		return status;
	L->ci = before;
	L->nCcalls = calls;
	status = luaD_closeprotected(L, at, status);
	luaD_seterrorobj(L, status, restorestack(L, at));
	luaD_shrinkstack(L);
	return status;
}

static const long long arguments[] = { 0, 1, -1, 5, 0x7fffffffffffffff, -0x7fffffffffffffff - 1, 1000, 63, 2, 3 };

#define TURNS	((int)ARRAY_SIZE(arguments))

static void call(struct run *run, lua_State *L, struct jit *j, int turn, struct object *packet)
{
	struct lua_Entry *entry = &G(L)->entry;
	int base = lua_gettop(L), status, i;

	slice = 100 + turn * 37;
	slices = turn % SLICES;
	why[0] = '\0';
	entry->slice = slice;
	lua_pushvalue(L, 1);
	if (turn == 6)
		lua_pushinteger(L, 9);
	else
		push_packet(L, packet, turn != 5);
	if (turn == 7)
		lua_pushliteral(L, "7");
	else
		lua_pushinteger(L, arguments[turn]);
	status = j ? call_native(run, L, j, 2) : lua_pcall(L, 2, LUA_MULTRET, 0);
	note(run, "%d: status %d left %d+%d %s:", turn, status, entry->slice, slices, why);
	if (status != LUA_ERRABORT) {
		for (i = base + 1; i <= lua_gettop(L); i++)
			note_value(run, index2value(L, i));
	}
	note(run, "\n");
	entry->abort = 0;
	entry->slice = 1000000;
	lua_settop(L, base);
	lua_pushvalue(L, 2);
	if (lua_pcall(L, 0, LUA_MULTRET, 0) == LUA_OK) {
		for (i = base + 1; i <= lua_gettop(L); i++)
			note_value(run, index2value(L, i));
	}
	lua_settop(L, base);
}

static void calls(struct run *run, lua_State *L)
{
	unsigned char bytes[BYTES] = { 0x45, 0x80, 0xff, 0x7f, 1, 2, 3, 4, 0xfe, 0xdc, 0xba, 0x98 };
	struct window window = { .ptr = bytes, .readable = BYTES };
	struct object packet = { .private = &window };
	struct jit *j = NULL;
	int turn, i;

	if (run->way != INTERPRETED)
		j = translate(run, L, clLvalue(index2value(L, 1)));
	if (!j || !run->refused) {
		for (turn = 0; turn < TURNS; turn++) {
			packet.class = turn == 8 ? &other_class : &packet_class;
			packet.local = turn != 4;
			window.readable = turn == 3 ? 2 : BYTES;
			call(run, L, j, turn, turn == 9 ? NULL : &packet);
			for (i = 0; i < BYTES; i++)
				note(run, "%02x", bytes[i]);
			note(run, "\n");
		}
	}
	drop(j);
}

/* Return: whether the program could be loaded */
static int run_once(struct run *run)
{
	lua_State *L = lua_newstate(allocate, NULL);
	int ok;

	run->used = 0;
	run->refused = 0;
	G(L)->entry.maxstack = 10000;
	lua_gc(L, LUA_GCSTOP);	/* it would spend at other moments */
	luaL_requiref(L, "_G", luaopen_base, 1);
	lua_settop(L, 0);
	open_packets(L);
	G(L)->entry.slice = 100000;
	slices = 0;
	ok = luaL_loadbufferx(L, run->text, run->length, "=x", "t") == LUA_OK && lua_pcall(L, 0, 2, 0) == LUA_OK &&
	     ttisLclosure(index2value(L, 1));
	if (ok)
		calls(run, L);
	else
		note(run, "%s\n", lua_tostring(L, -1));
	G(L)->entry.slice = 100000000;
	lua_close(L);
	return ok;
}

/* ---- comparison ------------------------------------------------------------------------------ */

static struct run runs[3];

/* Return: 0, or 1 for a difference, or -1 without a program */
static int compare_text(const char *text, size_t length, int stress)
{
	int way;

	for (way = INTERPRETED; way <= STRESSED; way++) {
		runs[way].way = way;
		runs[way].text = text;
		runs[way].length = length;
		runs[way].stress = stress;
		if (!run_once(&runs[way]))
			return -1;
		if (way && strcmp(runs[way].log, runs[0].log))
			return 1;
	}
	return 0;
}

static int compare(const struct source *source, int stress)
{
	static char text[MOST_LINES * LINE];
	size_t length = 0;
	int i;

	for (i = 0; i < source->n; i++)
		length += snprintf(text + length, sizeof(text) - length, "%s\n", source->line[i]);
	return compare_text(text, length, stress);
}

/* Leave out lines as long as the difference stays. */
static void reduce(struct source *source, int stress)
{
	static struct source smaller;
	int size, at, again = 1;

	while (again) {
		again = 0;
		for (size = source->n / 2; size > 0; size /= 2) {
			for (at = 0; at + size <= source->n; at++) {
				smaller = *source;
				memmove(smaller.line[at], smaller.line[at + size],
					(smaller.n - at - size) * sizeof(smaller.line[0]));
				smaller.n -= size;
				if (compare(&smaller, stress) != 1)
					continue;
				*source = smaller;
				again = 1;
				at--;
			}
		}
	}
}

static void print_difference(const struct run *a, const struct run *b)
{
	printf("# interpreted:\n%s# %s:\n%s", a->log, b->way == NATIVE ? "native" : "native, with exits", b->log);
}

static void print(const struct source *source)
{
	int i;

	for (i = 0; i < source->n; i++)
		printf("%s\n", source->line[i]);
}

static int show(struct source *source, unsigned long long seed, int stress)
{
	int dump = dumps;

	dumps = 0;
	reduce(source, stress);
	dumps = dump;
	compare(source, stress);
	printf("not ok: seed %llu differs, reduced:\n", seed);
	print(source);
	print_difference(&runs[0], strcmp(runs[NATIVE].log, runs[0].log) ? &runs[NATIVE] : &runs[STRESSED]);
	return 1;
}

static int random_programs(unsigned long long seed, long most, int seconds, int verbose)
{
	static struct source source;
	long n, loaded = 0;
	time_t end = time(NULL) + seconds;
	int result, stress;

	for (n = 0; n < most && (!seconds || time(NULL) < end); n++, seed++) {
		generate(&source, seed);
		stress = 1 + seed % 29;
		if (verbose) {
			printf("-- seed %llu\n", seed);
			print(&source);
			fflush(stdout);
		}
		result = compare(&source, stress);
		if (result > 0)
			return show(&source, seed, stress);
		loaded += !result;
	}
	printf("ok: %ld programs (%ld ran, %ld worth it), next seed %llu; of the calls, %ld never left native code, %ld did\n",
	       n, loaded, runs[NATIVE].worth, seed, runs[NATIVE].whole, runs[NATIVE].exits);
	return loaded < n / 2;
}

static int script(const char *name)
{
	static char text[MOST_LINES * LINE];
	FILE *file = fopen(name, "r");
	size_t length = file ? fread(text, 1, sizeof(text), file) : 0;
	int stress, result = 0;

	if (file)
		fclose(file);
	for (stress = 1; stress < 60 && !result; stress++)
		result = compare_text(text, length, stress);
	printf("%s: %s\n", result ? "not ok" : "ok", name);
	if (result > 0)
		print_difference(&runs[0], strcmp(runs[NATIVE].log, runs[0].log) ? &runs[NATIVE] : &runs[STRESSED]);
	else if (result)
		printf("# %s\n", runs[0].log);
	return !!result;
}

int main(int argc, char **argv)
{
	unsigned long long seed = 1;
	long programs = 1000;
	int option, seconds = 0, verbose = 0, failed = 0;

	while ((option = getopt(argc, argv, "s:n:t:vcd")) != -1) {
		switch (option) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			programs = atol(optarg);
			break;
		case 't':
			seconds = atoi(optarg);
			break;
		case 'v':
			verbose = 1;
			break;
		case 'c':
			unchecked = 1;
			break;
		case 'd':
			dumps = 1;
			break;
		default: return 2;
		}
	}
	if (optind == argc)
		return random_programs(seed, programs, seconds, verbose);
	for (; optind < argc; optind++)
		failed |= script(argv[optind]);
	return failed;
}
