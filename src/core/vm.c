// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * vm.c - the part of the core that looks inside Lua; included by lua.c.
 */
#include "vm.h"

/* For macros of Lua; klua.h takes it away from the kernel's headers, which are all in by now. */
#define cast(type, value)	((type)(value))

/**
 * lunatik_vm_entry() - the limits that the interpreter consults
 */
struct lua_Entry *lunatik_vm_entry(lua_State *L)
{
	return &G(L)->entry;
}

void lunatik_spend(lua_State *L, size_t units)
{
	lua_charge(L, units);
}
EXPORT_SYMBOL(lunatik_spend);

/**
 * lunatik_vm_try() - call C code that may raise, to clean up behind it
 *
 * Return: LUA_OK, or the status for lunatik_vm_rethrow()
 */
int lunatik_vm_try(lua_State *L, void (*function)(lua_State *L, void *argument),
		   void *argument)
{
	return luaD_rawrunprotected(L, function, argument);
}

/**
 * lunatik_vm_rethrow() - go on with an error that lunatik_vm_try() caught
 */
void lunatik_vm_rethrow(lua_State *L, int status)
{
	int never = 0;

	asm volatile("" : "+r" (never));
	if (unlikely(never))
		return;
	luaD_throw(L, status);
}

/**
 * lunatik_vm_own() - make a thread the host's alone
 * @L: the thread
 *
 * The functions of ``coroutine`` leave it alone, whether the host is inside or
 * not; only the core and bindings call and resume it.
 */
void lunatik_vm_own(lua_State *L)
{
	L->host = 1;
}

/**
 * lunatik_vm_collect() - let the next allocations advance a collection
 */
void lunatik_vm_collect(lua_State *L)
{
	if (G(L)->GCdebt <= 0)
		luaE_setdebt(G(L), 1);
}

/**
 * lunatik_vm_rest() - let the collector begin its next cycle when the state has grown as after a cycle
 * @L: state, none of whose objects is garbage
 */
void lunatik_vm_rest(lua_State *L)
{
	G(L)->GCestimate = gettotalbytes(G(L));
	setpause(G(L));
}

/**
 * lunatik_vm_finish() - first half of the end of a state: its finalizers run
 * @L: its main thread
 *
 * None runs afterwards. The state may be given to lua_close(), or to
 * lunatik_vm_forget().
 */
void lunatik_vm_finish(lua_State *L)
{
	global_State *g = G(L);

	L->ci = &L->base_ci;
	L->errfunc = 0;
	luaD_closeprotected(L, 1, LUA_OK);
	L->top.p = L->stack.p + 1;
	g->gcstp = GCSTPCLS;
	luaC_changemode(L, KGC_INC);
	separatetobefnz(g, 1);
	callallpendingfinalizers(L);
}

/* Give back what an object holds outside of the memory of the state: all that freeobj() does beside its frees. */
static void vm_release(global_State *g, GCObject *object)
{
	switch (object->tt) {
	case LUA_VUSERDATA:
		if (gco2u(object)->handle)
			g->entry.freed(getudatamem(gco2u(object)));
		break;
	}
}

static void vm_releaseall(global_State *g, GCObject *object)
{
	for (; object; object = object->next) {
		luaC_charge(g, 1);	/* reschedules */
		vm_release(g, object);
	}
}

/**
 * lunatik_vm_forget() - second half: the state's memory goes as a whole
 * @L: its main thread
 *
 * Its blocks are not freed one by one. Nobody touches the state afterwards.
 */
void lunatik_vm_forget(lua_State *L)
{
	global_State *g = G(L);

	vm_releaseall(g, g->tobefnz);		/* left over by an abort */
	vm_releaseall(g, g->allgc);
}

/**
 * lunatik_vm_newhandle() - push a userdata that is known as a handle
 * @L: state of the running entry
 * @size: bytes of its payload, to be filled in before anything else is made
 *
 * Return: the payload
 */
void *lunatik_vm_newhandle(lua_State *L, size_t size)
{
	void *payload = lua_newuserdatauv(L, size, 0);

	uvalue(s2v(L->top.p - 1))->handle = 1;
	return payload;
}

static struct lua_HandleClass *vm_findclass(lua_State *L, const Table *metatable)
{
	struct lua_Entry *entry = &G(L)->entry;
	int i;

	for (i = 2; i < entry->nclasses; i++) {
		if (entry->classes[i].metatable == metatable)
			return &entry->classes[i];
	}
	return NULL;
}

/**
 * lunatik_vm_addclass() - let the interpreter find methods of a class at once
 * @L: state of the running entry, with the class's metatable on top, which stays in
 *	the registry
 *
 * Its ``__index`` is a table that never changes, or a function that has such a
 * table as its second upvalue, after the class.
 * Does nothing if the state has many classes already.
 */
void lunatik_vm_addclass(lua_State *L)
{
	struct lua_Entry *entry = &G(L)->entry;
	Table *metatable = hvalue(s2v(L->top.p - 1));
	const TValue *methods = luaH_getshortstr(metatable, G(L)->tmname[TM_INDEX]);

	if (ttisCclosure(methods) && clCvalue(methods)->f == entry->field)
		methods = &clCvalue(methods)->upvalue[1];
	if (!ttistable(methods) || entry->nclasses == LUA_HANDLECLASSES)
		return;
	entry->classes[entry->nclasses].metatable = metatable;
	entry->classes[entry->nclasses++].methods = hvalue(methods);
}

/**
 * lunatik_vm_setclass() - the handle on top of the stack has got its metatable
 */
void lunatik_vm_setclass(lua_State *L)
{
	const TValue *value = s2v(L->top.p - 1);
	struct lua_HandleClass *class = NULL;

	if (ttisfulluserdata(value) && uvalue(value)->handle)
		class = vm_findclass(L, uvalue(value)->metatable);
	if (class)
		uvalue(value)->handle = class - G(L)->entry.classes;
}

/**
 * lunatik_leaf_push() - push a function that has a short form
 * @L: state of the running entry
 * @leaf: in the read-only data of a module that stays as long as the state
 *
 * Raises without memory.
 *
 * Context: any entry
 */
void lunatik_leaf_push(lua_State *L, const lunatik_leaf_t *leaf)
{
	luaE_pushleaf(L, leaf);
}

/**
 * lunatik_vm_tohandle() - the payload of a handle
 * @L: state of the running entry
 * @ix: index of any value
 *
 * Return: the payload, or NULL for any other value
 */
void *lunatik_vm_tohandle(lua_State *L, int ix)
{
	const TValue *value = index2value(L, ix);

	if (!ttisfulluserdata(value) || !uvalue(value)->handle)
		return NULL;
	return getudatamem(uvalue(value));
}

/*
 * lunatik_jump in the public header is Lua's own record of a protected call,
 * so that a C handler's errors land in the frame of lunatik_run().
 */
void lunatik_vm_jump(lua_State *L, struct lunatik_run *run)
{
	struct lunatik_jump *jump = &run->jump;

	BUILD_BUG_ON(sizeof(*jump) != sizeof(struct lua_longjmp));
	BUILD_BUG_ON(offsetof(struct lunatik_jump, buffer) !=
		     offsetof(struct lua_longjmp, b));
	BUILD_BUG_ON(offsetof(struct lunatik_jump, status) !=
		     offsetof(struct lua_longjmp, status));
	jump->status = LUA_OK;
	jump->previous = (struct lunatik_jump *)L->errorJmp;
	run->ccalls = L->nCcalls;
	run->ci = L->ci;
	L->errorJmp = (struct lua_longjmp *)jump;
}

void lunatik_vm_land(lua_State *L, struct lunatik_run *run, bool failed)
{
	StkId base;

	L->errorJmp = (struct lua_longjmp *)run->jump.previous;
	if (!failed)
		return;
	L->nCcalls = run->ccalls;
	L->ci = run->ci;
	base = L->ci->func.p + 1 + run->entry.base;
	luaD_closeprotected(L, (char *)base - (char *)L->stack.p, LUA_OK);
}
