/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lentry.h - what the patched Lua and its host (the core) know of each other.
 *
 * An entry is one execution inside a Lua state. Its limits live in the state's global_State, so that no coroutine
 * can renew them; Lua spends them (luaE_charge, byte checks of the C stack) and asks the host when they run out.
 */
#ifndef lentry_h
#define lentry_h

#include <lua.h>

#define LUA_HANDLECLASSES	16

/*
 * Arguments and results of a leaf: a handle stands for the payload of its userdata, an integer for itself.
 */
enum lua_LeafShape {
	LUA_LEAFGET = 1,		/* (handle, integer) -> integer */
	LUA_LEAFSET,			/* (handle, integer, integer) -> nothing */
	LUA_LEAFMAP,			/* (integer) -> integer */
	LUA_LEAFNOW,			/* () -> integer */
	LUA_LEAFLENGTH,			/* (handle) -> integer: the metamethod of the operator # */
	LUA_LEAFFIELD			/* (handle, key) -> integer or string: handle.key; see lua_fieldkey() */
};

#define LUA_LEAFTEXT	2		/* a field is a string: *value is its address, of at most LUA_LEAFTEXTSIZE bytes */
#define LUA_LEAFTEXTSIZE	40	/* with the zero byte at its end */

/**
 * lua_fieldkey - the name of a field as a number
 * @name: the name
 * @length: of it
 *
 * Return: the number; 0 for names of more than 8 bytes
 */
static inline lua_Integer lua_fieldkey(const char *name, size_t length)
{
	lua_Unsigned key = 0;

	if (length > sizeof(key))
		return 0;
	while (length--)
		key = key << 8 | (unsigned char)name[length];
	return (lua_Integer)key;
}

/**
 * struct lua_Leaf - a C function that the interpreter calls without a call frame
 * @function: for whatever @leaf leaves alone; errors and names come from it
 * @leaf: gets the payload (or NULL), the first integer (or 0), and the place of the result, or of the second integer.
 *	The key of a field comes as an integer.
 *	Bounded; does not raise, allocate or touch the state. Returns 0, and has done nothing, where @function is to do it.
 * @shape: arguments and results
 * @load: @leaf only loads so many bytes, as an integer with or without a sign, from memory that native code finds behind
 *	the handle of an object of that class (src/core/jit/jit.h). Nothing is known if the size is 0.
 */
struct lua_Leaf {
	lua_CFunction function;
	int (*leaf)(void *payload, lua_Integer argument, lua_Integer *value);
	enum lua_LeafShape shape;
	struct {
		const void *class;
		unsigned char size;	/* 1, 2, 4 or 8 */
		unsigned char sign;
	} load;
};

/**
 * struct lua_HandleClass - what handles of one class have in common
 * @metatable: theirs
 * @methods: its __index, a table; neither of them ever changes
 */
struct lua_HandleClass {
	void *metatable;
	void *methods;
};

struct lua_Entry {
	int slice;			/* units left before the next slice check */
	int abort;			/* 0, or a reason: sticky, only the host clears it */
	unsigned long stacklimit;	/* lowest address the C stack may reach; 0: unchecked */
	int maysleep;			/* 0: bounded collector steps only, a smaller Lua stack */
	int emergencies;		/* emergency collections done in this entry */
	int maxstack;			/* slots of a Lua stack: see lunatik_stackslots() */
	int gcsliced;			/* the collector used up a slice: kgc.c */
	/* called for each userdata that is marked as a handle, before its memory is freed; must not raise or touch the state */
	void (*freed)(void *payload);
	/* the function __index of handles with fields; upvalues: the class, the table of methods, a leaf or NULL */
	lua_CFunction field;
	/* by the mark of handles; 0: no handle, 1: a handle of a class that has no place here */
	struct lua_HandleClass classes[LUA_HANDLECLASSES];
	int nclasses;			/* places that are taken, the first two for good */
	int stress;			/* instructions of native code before one that exits, where it was made for that */
	lua_Integer value;		/* that native code and a leaf exchange */
};

/**
 * lunatik_stackslots - how many slots a Lua stack may have
 * @memory: limit of the state, in bytes
 *
 * A recursion without end is to fail by "stack overflow", which names its line, before memory runs out. While a stack
 * grows, a slot takes 24 bytes, and what is noted of a call 64 bytes for three slots or more.
 *
 * Return: slots, at most LUAI_MAXSTACK.
 */
static inline int lunatik_stackslots(size_t memory)
{
	return memory / 128 < LUAI_MAXSTACK ? memory / 128 : LUAI_MAXSTACK;
}

/**
 * lunatik_slice - the slice is used up
 * @L: running Lua thread
 *
 * Called from luaE_charge with entry.slice <= 0 (how far below zero has been spent as well). Must not raise, run
 * Lua code or touch the Lua stack.
 *
 * Return: 0 after refilling entry.slice; non-zero after setting entry.abort, with the message recorded by the host.
 */
int lunatik_slice(lua_State *L);

/**
 * lunatik_gcslice - the slice ran out inside the collector
 * @L: a Lua thread of the state
 *
 * Called from long loops that cannot be left by an error. May reschedule and refills entry.slice a little, whatever
 * is left of the budget: the next luaE_charge after the collector returns decides. Never raises.
 */
void lunatik_gcslice(lua_State *L);

/**
 * lunatik_nomemory - a memory error is about to be raised
 * @L: running Lua thread
 *
 * No memory is left for a message with a place: the host may note the place. Must not raise, run Lua code, allocate
 * or touch the Lua stack.
 */
void lunatik_nomemory(lua_State *L);

/**
 * lunatik_trim - a script has asked for a full collection, which is over
 * @L: a Lua thread of the state, in an entry that may sleep
 *
 * The host may give memory back that it keeps for the next blocks. Never raises.
 */
void lunatik_trim(lua_State *L);

/**
 * lunatik_seed - a random seed for string hashes
 */
unsigned int lunatik_seed(void);

/**
 * lunatik_print - the global function print
 */
int lunatik_print(lua_State *L);

/**
 * lunatik_loadfile - load a file as a chunk, leaving a function or a message on the stack
 * @L: Lua thread
 * @filename: path
 * @mode: as for lua_load()
 *
 * Return: a Lua status.
 */
int lunatik_loadfile(lua_State *L, const char *filename, const char *mode);

/**
 * lunatik_readable - may this path be loaded?
 * @L: Lua thread
 * @path: path
 */
bool lunatik_readable(lua_State *L, const char *path);

/*
 * The searchers of require after package.preload, in order, ended by NULL: functions like those of package.searchers, each
 * with the package table as first upvalue. lunatik_searchpath below may be among them.
 */
extern const lua_CFunction lunatik_searchers[];

/**
 * lunatik_searchpath - searcher of Lua files on package.path
 */
int lunatik_searchpath(lua_State *L);

#endif
