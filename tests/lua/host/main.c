// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * main.c - the kernel's Lua as an ordinary program, for quick tests
 *
 * The same patched sources and configuration, with a host that does what the core does: it ends entries whose budget
 * is used up, and runs them on a stack as small as a kernel's. Prints with write(2) only: printf needs more stack than
 * there is.
 *
 * Usage: klua [-b BUDGET] [-m MEMORY] [-s STACK] [-r RESERVE] [-a] [-v] SCRIPT
 *   -b  units that the script may spend (default: no limit)
 *   -m  bytes of memory (default: 64 MiB)
 *   -s  bytes of C stack in all, -r of them reserved (default: 256 KiB, 4 KiB)
 *   -a  an entry that may not sleep
 *   -v  report on standard error what was spent
 *
 * Exit status: 0, 1 for an error, 3 when the script was aborted.
 */
#define LUA_CORE
#define LUA_LIB

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "lconf.h"
#include "lentry.h"
#include "klua.h"

#define SLICE		4096
#define PAINT		0x5a

struct host {
	lua_State *L;
	const char *script;
	long budget;			/* 0: none */
	long spent;
	int given;			/* units of the current slice */
	size_t memory, limit;
	size_t stack, reserve;
	char *base;
	bool atomic, verbose;
	int status;
	char message[256];
	ucontext_t main, entry;
};

static struct host host = { .limit = 64 << 20, .stack = 256 << 10, .reserve = 4 << 10 };

static void say(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t done = write(fd, text, length);

		if (done <= 0)
			exit(2);
		text += done;
		length -= done;
	}
}

static void refill(int units)
{
	struct lua_Entry *entry = &G(host.L)->entry;

	host.spent += host.given - entry->slice;
	entry->slice = host.given = units;
}

/* "script:line: " of the running Lua function. */
static void where(lua_State *L)
{
	lua_Debug ar;
	char *end = host.message;
	int level;

	for (level = 0; lua_getstack(L, level, &ar); level++) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline > 0)
			break;
		ar.currentline = 0;
	}
	if (level > 0 || ar.currentline > 0) {
		end = stpcpy(end, ar.short_src);
		*end++ = ':';
		end += lua_formatinteger(end, 24, ar.currentline);
		end = stpcpy(end, ": ");
	}
	strcpy(end, "budget exhausted");
}

int lunatik_slice(lua_State *L)
{
	struct lua_Entry *entry = &G(L)->entry;

	refill(SLICE);
	if (host.budget == 0 || host.spent < host.budget)
		return 0;
	if (!entry->abort)
		where(L);
	entry->abort = 1;
	refill(0);
	return 1;
}

void lunatik_gcslice(lua_State *L)
{
	(void)L;
	refill(256);
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
	static unsigned int seed;

	if (!seed)
		seed = time(NULL) ^ (unsigned int)getpid();
	seed = seed * 1103515245 + 12345;
	return seed;
}

int lunatik_print(lua_State *L)
{
	int i, n = lua_gettop(L);
	size_t length;
	const char *s;

	for (i = 1; i <= n; i++) {
		s = luaL_tolstring(L, i, &length);
		if (i > 1)
			say(1, "\t", 1);
		say(1, s, length);
		lua_pop(L, 1);
	}
	say(1, "\n", 1);
	return 0;
}

bool lunatik_readable(lua_State *L, const char *path)
{
	(void)L;
	return access(path, R_OK) == 0;
}

struct source {
	int fd;
	char buffer[256];
};

static const char *read_source(lua_State *L, void *data, size_t *size)
{
	struct source *source = data;
	ssize_t length = read(source->fd, source->buffer, sizeof(source->buffer));

	(void)L;
	*size = length > 0 ? length : 0;
	return source->buffer;
}

int lunatik_loadfile(lua_State *L, const char *filename, const char *mode)
{
	struct source source;
	int status;

	source.fd = filename ? open(filename, O_RDONLY) : 0;
	if (source.fd < 0) {
		lua_pushfstring(L, "cannot open %s", filename);
		return LUA_ERRFILE;
	}
	lua_pushfstring(L, "@%s", filename);
	status = lua_load(L, read_source, &source, lua_tostring(L, -1), mode);
	lua_remove(L, -2);
	if (source.fd > 0)
		close(source.fd);
	return status;
}

const lua_CFunction lunatik_searchers[] = { lunatik_searchpath, NULL };

static void *allocate(void *ud, void *block, size_t osize, size_t nsize)
{
	(void)ud;
	if (!block)
		osize = 0;
	if (nsize == 0) {
		free(block);
		host.memory -= osize;
		return NULL;
	}
	if (nsize > osize && (nsize > host.limit || host.memory - osize > host.limit - nsize))
		return NULL;
	block = realloc(block, nsize);
	if (block)
		host.memory += nsize - osize;
	return block;
}

/* Off by default, as in the core. */
static void warning(void *ud, const char *message, int tocont)
{
	static bool on;

	(void)ud;
	if (!tocont && message[0] == '@') {
		on = strcmp(message, "@on") == 0;
		return;
	}
	if (!on)
		return;
	say(2, message, strlen(message));
	if (!tocont)
		say(2, "\n", 1);
}

/* The entry: runs on the small stack. */
static void run(void)
{
	lua_State *L = lua_newthread(host.L);
	struct lua_Entry *entry = &G(L)->entry;
	const char *message;
	size_t length;

	entry->maysleep = !host.atomic;
	entry->stacklimit = (unsigned long)host.base + host.reserve;
	entry->slice = host.given = SLICE;
	host.status = lunatik_loadfile(L, host.script, "t");
	if (host.status == LUA_OK)
		host.status = lua_pcall(L, 0, 0, 0);
	refill(0);
	if (entry->abort) {
		say(2, host.message, strlen(host.message));
		say(2, "\n", 1);
	} else if (host.status != LUA_OK) {
		message = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
		if (!message)
			message = "(error object is not a string)", length = strlen(message);
		say(2, message, length < 1000 ? length : 1000);
		say(2, "\n", 1);
	}
	entry->abort = 0;
	entry->stacklimit = 0;
	entry->slice = host.given = INT_MAX;
}

/* Close with a budget as the core does: finalizers may not loop for ever. */
static void finish(void)
{
	long budget = host.spent + (host.budget ? host.budget : 100000000);

	host.budget = budget;
	G(host.L)->entry.slice = host.given = SLICE;
	lua_close(host.L);
}

#ifdef __SANITIZE_ADDRESS__

/* AddressSanitizer knows one stack only: a part of it. */
static void on_stack(void (*function)(void))
{
	host.base = (char *)__builtin_frame_address(0) - host.stack;
	function();
}

static void make_stack(void)
{
}

static size_t stack_used(void)
{
	return 0;
}

#else

static void on_stack(void (*function)(void))
{
	getcontext(&host.entry);
	host.entry.uc_stack.ss_sp = host.base;
	host.entry.uc_stack.ss_size = host.stack;
	host.entry.uc_link = &host.main;
	makecontext(&host.entry, function, 0);
	swapcontext(&host.main, &host.entry);
}

/* A stack with an inaccessible page below it, painted so that its use can be seen. */
static void make_stack(void)
{
	size_t page = sysconf(_SC_PAGESIZE);

	host.stack = (host.stack + page - 1) / page * page;
	host.base = mmap(NULL, host.stack + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (host.base == MAP_FAILED || mprotect(host.base, page, PROT_NONE) != 0)
		exit(2);
	host.base += page;
	memset(host.base, PAINT, host.stack);
}

static size_t stack_used(void)
{
	size_t unused = 0;

	while (unused < host.stack && host.base[unused] == PAINT)
		unused++;
	return host.stack - unused;
}

#endif

static void report(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	fprintf(stderr, "# units=%ld stack=%zu milliseconds=%ld left=%zu\n", host.spent, stack_used(),
		now.tv_sec * 1000 + now.tv_nsec / 1000000, host.memory);
}

static void options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "b:m:s:r:av")) != -1) {
		switch (option) {
		case 'b':
			host.budget = atol(optarg);
			break;
		case 'm':
			host.limit = strtoul(optarg, NULL, 0);
			break;
		case 's':
			host.stack = strtoul(optarg, NULL, 0);
			break;
		case 'r':
			host.reserve = strtoul(optarg, NULL, 0);
			break;
		case 'a':
			host.atomic = true;
			break;
		case 'v':
			host.verbose = true;
			break;
		default:
			exit(2);
		}
	}
	host.script = argv[optind];
	if (!host.script)
		exit(2);
}

int main(int argc, char **argv)
{
	bool aborted;

	options(argc, argv);
	make_stack();
	host.L = lua_newstate(allocate, NULL);
	if (!host.L)
		return 2;
	G(host.L)->entry.maxstack = lunatik_stackslots(host.limit);
	lua_setwarnf(host.L, warning, NULL);
	luaL_openlibs(host.L);
	on_stack(run);
	aborted = host.message[0] != '\0';
	on_stack(finish);
	if (host.verbose)
		report();
	if (host.memory != 0)
		fprintf(stderr, "klua: %zu bytes leaked\n", host.memory);
	return host.memory != 0 ? 2 : aborted ? 3 : host.status != LUA_OK;
}
