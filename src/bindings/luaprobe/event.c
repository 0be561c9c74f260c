// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * event.c - what the function of a probe gets: arguments, registers, the task,
 * and memory
 *
 * All of it is found out when the function asks. A hit may have interrupted
 * anything: nothing here sleeps or takes a lock, and memory is read by functions
 * that return an error where the page is not there.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "probe.h"
#include "lockdown.h"
#include "registers.h"

#define EVENT_FAULT	200	/* units of the budget */
#define EVENT_BYTES	4096	/* most that one read gives */
#define EVENT_CHUNK	64	/* bytes of a string that are read at once */
#define EVENT_UNIT	16	/* bytes that cost one unit */
#define EVENT_READ	8	/* units for a read, however short */
#define EVENT_ARGUMENTS	16

static const struct lunatik_register event_registers[] = {
	LUNATIK_REGISTERS
};

static const unsigned int event_arguments[] = {
	LUNATIK_ARGUMENTS
};

/**
 * luaprobe_event_check() - the event of an argument
 * @L: state of the running entry
 * @ix: index of the argument
 *
 * Raises for other values, and for an event that is over.
 *
 * Context: any entry
 * Return: the event
 */
struct luaprobe_event *luaprobe_event_check(lua_State *L, int ix)
{
	struct luaprobe_event *event =
		lunatik_checkclassobject(L, ix, &luaprobe_event_class)->private;

	luaL_argcheck(L, !!event->now, ix,
		      "void: it was lent for the function that got it");
	return event;
}

/* Return: NULL if the ordinary form of a function is to raise */
static struct luaprobe_event *event_fromleaf(void *payload)
{
	lunatik_object_t *object = lunatik_leafobject(payload, &luaprobe_event_class);
	struct luaprobe_event *event = object ? object->private : NULL;

	return event && event->now ? event : NULL;
}

/* ---- registers ---------------------------------------------------------------- */

/**
 * luaprobe_event_regs() - the registers of an event
 * @event: of a function that runs
 *
 * Context: any
 * Return: the registers, or NULL for an event without any
 */
struct pt_regs *luaprobe_event_regs(const struct luaprobe_event *event)
{
	switch (event->kind) {
	case LUAPROBE_KPROBE:
		return event->now;
	case LUAPROBE_CALL:
		return ((struct luaprobe_call *)event->now)->regs;
	case LUAPROBE_TIMER:
		return ((struct luaprobe_sample *)event->now)->regs;
	case LUAPROBE_USER:
		return ((struct luaprobe_user *)event->now)->regs;
	case LUAPROBE_TRACEPOINT:
		break;
	}
	return NULL;
}

static const struct luaprobe_call *event_call(const struct luaprobe_event *event)
{
	return event->kind == LUAPROBE_CALL ? event->now : NULL;
}

static bool event_isreturn(const struct luaprobe_event *event)
{
	const struct luaprobe_call *call = event_call(event);

	if (event->kind == LUAPROBE_USER)
		return ((struct luaprobe_user *)event->now)->returns;
	return call && call->returns;
}

static bool event_isentry(const struct luaprobe_event *event)
{
	return (event->kind == LUAPROBE_USER || event_call(event)) && !event_isreturn(event);
}

static struct pt_regs *event_checkregs(lua_State *L, const struct luaprobe_event *event,
				       const char *what)
{
	struct pt_regs *regs = luaprobe_event_regs(event);

	if (!regs)
		luaL_error(L, "%s: this event has no registers", what);
	return regs;
}

static unsigned long event_getregister(const struct pt_regs *regs, unsigned int offset)
{
	return *(const unsigned long *)((const char *)regs + offset);
}

/* event:register(name) - a register by its name on this architecture; raises for other names */
static int event_register(lua_State *L)
{
	struct luaprobe_event *event = luaprobe_event_check(L, 1);
	const char *name = luaL_checkstring(L, 2);
	const struct pt_regs *regs = event_checkregs(L, event, "event.register");
	int i;

	for (i = 0; i < ARRAY_SIZE(event_registers); i++) {
		if (strcmp(event_registers[i].name, name))
			continue;
		lua_pushinteger(L, event_getregister(regs, event_registers[i].offset));
		return 1;
	}
	return luaL_error(L, "event.register: there is no register '%s'", name);
}

static int event_pushnil(lua_State *L)
{
	lua_pushnil(L);
	return 1;
}

/* A read that faults costs the machine as much as many instructions. */
static int event_pushfault(lua_State *L)
{
	lunatik_spend(L, EVENT_FAULT);
	return event_pushnil(L);
}

/* ---- memory -------------------------------------------------------------------- */

static bool event_isuser(unsigned long address)
{
	return address < TASK_SIZE_MAX;
}

/* A thread of the kernel has the memory of the task before it, which is nobody's business. */
static bool event_copy(void *to, unsigned long from, size_t size)
{
	if (!event_isuser(from))
		return !copy_from_kernel_nofault(to, (const void *)from, size);
	return current->mm &&
	       !copy_from_user_nofault(to, (const void __user *)from, size);
}

/* Raises. */
static void event_checkread(lua_State *L, const struct luaprobe_event *event,
			    unsigned long address)
{
	if (event->locked && !event_isuser(address))
		luaL_error(L, "the kernel is locked down (confidentiality): its memory cannot be read");
}

static unsigned long event_checkaddress(lua_State *L, const struct luaprobe_event *event,
					int ix)
{
	unsigned long address;

	if (lua_islightuserdata(L, ix))
		address = (unsigned long)lua_touserdata(L, ix);
	else
		address = luaL_checkinteger(L, ix);
	event_checkread(L, event, address);
	return address;
}

static size_t event_checksize(lua_State *L, int ix)
{
	lua_Integer size = luaL_checkinteger(L, ix);

	if (size < 1 || size > EVENT_BYTES)
		luaL_argerror(L, ix, lua_pushfstring(L, "%I is not in 1..%d", size,
						     EVENT_BYTES));
	lunatik_spend(L, EVENT_READ + size / EVENT_UNIT);
	return size;
}

/* Memory for a read: it lies on the Lua stack, unless the event's own is enough. */
static char *event_buffer(lua_State *L, struct luaprobe_event *event, size_t size)
{
	return size <= sizeof(event->text) ? event->text :
					     lua_newuserdatauv(L, size, 0);
}

/* Return: its length, up to @size; -EFAULT if it cannot be read up to there */
static int event_copystring(char *to, unsigned long from, size_t size)
{
	size_t copied = 0, chunk, length;

	while (copied < size) {
		chunk = EVENT_CHUNK - (from + copied) % EVENT_CHUNK;
		chunk = min(chunk, size - copied);
		if (!event_copy(to + copied, from + copied, chunk))
			return -EFAULT;
		length = strnlen(to + copied, chunk);
		copied += length;
		if (length < chunk)
			break;
	}
	return copied;
}

static int event_pushstring(lua_State *L, struct luaprobe_event *event,
			    unsigned long address)
{
	size_t size = lua_isnoneornil(L, 3) ? LUAPROBE_TEXT : event_checksize(L, 3);
	char *buffer;
	int length;

	if (lua_isnoneornil(L, 3))
		lunatik_spend(L, EVENT_READ);
	buffer = event_buffer(L, event, size);
	length = event_copystring(buffer, address, size);
	if (length < 0)
		return event_pushfault(L);
	lua_pushlstring(L, buffer, length);
	return 1;
}

/* event:string(address [, size]) - the text there, up to a zero byte or size; nil if it cannot be read */
static int event_string(lua_State *L)
{
	struct luaprobe_event *event = luaprobe_event_check(L, 1);

	return event_pushstring(L, event, event_checkaddress(L, event, 2));
}

/* event:userstring(address [, size]) - the same for the memory of the task alone */
static int event_userstring(lua_State *L)
{
	struct luaprobe_event *event = luaprobe_event_check(L, 1);
	unsigned long address = luaL_checkinteger(L, 2);

	return event_isuser(address) ? event_pushstring(L, event, address) :
				       event_pushfault(L);
}

/* event:bytes(address, size) - a string of that many bytes; nil if they cannot be read */
static int event_bytes(lua_State *L)
{
	struct luaprobe_event *event = luaprobe_event_check(L, 1);
	unsigned long address = event_checkaddress(L, event, 2);
	size_t size = event_checksize(L, 3);
	char *buffer = event_buffer(L, event, size);

	if (!event_copy(buffer, address, size))
		return event_pushfault(L);
	lua_pushlstring(L, buffer, size);
	return 1;
}

/* event:int8(address) and its kin - a number there, in the byte order of the machine; nil if it cannot be read */
#define EVENT_NUMBER(type, c_type)							\
static int event_##type(lua_State *L)							\
{											\
	struct luaprobe_event *event = luaprobe_event_check(L, 1);				\
	unsigned long address = event_checkaddress(L, event, 2);			\
	c_type value;									\
											\
	if (!event_copy(&value, address, sizeof(value)))				\
		return event_pushfault(L);						\
	lua_pushinteger(L, value);							\
	return 1;									\
}											\
											\
static int event_##type##_leaf(void *payload, lua_Integer address, lua_Integer *result)	\
{											\
	struct luaprobe_event *event = event_fromleaf(payload);				\
	c_type value;									\
											\
	if (!event || (event->locked && !event_isuser(address)) ||			\
	    !event_copy(&value, address, sizeof(value)))				\
		return 0;								\
	*result = value;								\
	return 1;									\
}

EVENT_NUMBER(int8, s8)
EVENT_NUMBER(int16, s16)
EVENT_NUMBER(int32, s32)
EVENT_NUMBER(int64, s64)
EVENT_NUMBER(uint8, u8)
EVENT_NUMBER(uint16, u16)
EVENT_NUMBER(uint32, u32)
EVENT_NUMBER(uint64, u64)

/* ---- arguments and result --------------------------------------------------------- */

/* Arguments that have no register lie on the stack. */
static int event_pushonstack(lua_State *L, struct luaprobe_event *event,
			     const struct pt_regs *regs, unsigned int n)
{
	unsigned long value, address = LUNATIK_STACKARGUMENT(regs, n);

	event_checkread(L, event, address);
	if (!event_copy(&value, address, sizeof(value)))
		return event_pushfault(L);
	lua_pushinteger(L, value);
	return 1;
}

/* Raises. */
static int event_noargument(lua_State *L, int ix, lua_Integer n, int most)
{
	return luaL_argerror(L, ix, lua_pushfstring(L, "%I is not in 0..%d", n, most - 1));
}

static int event_pushtracepoint(lua_State *L, const struct luaprobe_event *event, int ix,
				lua_Integer n)
{
	const unsigned long *arguments = event->now;

	if (n < 0 || n >= event->arguments)
		return event_noargument(L, ix, n, event->arguments);
	lua_pushinteger(L, arguments[n]);
	return 1;
}

static int event_pushargument(lua_State *L, struct luaprobe_event *event, int ix)
{
	lua_Integer n = luaL_checkinteger(L, ix);
	const struct pt_regs *regs;

	if (event->kind == LUAPROBE_TRACEPOINT)
		return event_pushtracepoint(L, event, ix, n);
	regs = event_checkregs(L, event, "event.arg");
	if (event_isreturn(event))
		return luaL_error(L, "event.arg: a function that returns has no arguments any more (the entry of probe.call may pass one)");
	if (!ARRAY_SIZE(event_arguments))
		return luaL_error(L, "event.arg: not on this architecture");
	if (n < 0 || n >= EVENT_ARGUMENTS)
		return event_noargument(L, ix, n, EVENT_ARGUMENTS);
	if (n >= ARRAY_SIZE(event_arguments))
		return event_pushonstack(L, event, regs, n);
	lua_pushinteger(L, event_getregister(regs, event_arguments[n]));
	return 1;
}

/* event:arg(n) - an argument of the function, from 0; nil if it cannot be read */
static int event_arg(lua_State *L)
{
	return event_pushargument(L, luaprobe_event_check(L, 1), 2);
}

static int event_arg_leaf(void *payload, lua_Integer n, lua_Integer *value)
{
	struct luaprobe_event *event = event_fromleaf(payload);
	struct pt_regs *regs;

	if (!event || n < 0)
		return 0;
	if (event->kind == LUAPROBE_TRACEPOINT) {
		if (n >= event->arguments)
			return 0;
		*value = ((unsigned long *)event->now)[n];
		return 1;
	}
	regs = luaprobe_event_regs(event);
	if (!regs || n >= ARRAY_SIZE(event_arguments) || event_isreturn(event))
		return 0;
	*value = event_getregister(regs, event_arguments[n]);
	return 1;
}

/* argument(n), of the handlers of probe.new - the same */
static int event_argument(lua_State *L)
{
	return event_pushargument(L, luaprobe_event_check(L, lua_upvalueindex(1)), 1);
}

/**
 * luaprobe_event_pushargument() - push the function argument for an event
 * @L: state of the running entry
 * @handle: index of the event's handle
 *
 * Raises without memory.
 *
 * Context: any entry
 */
void luaprobe_event_pushargument(lua_State *L, int handle)
{
	lua_pushvalue(L, handle);
	lua_pushcclosure(L, event_argument, 1);
}

/* event:result() - what the function returns */
static int event_result(lua_State *L)
{
	struct luaprobe_event *event = luaprobe_event_check(L, 1);

	if (event_isentry(event))
		return luaL_error(L, "event.result: the function has just been entered");
	lua_pushinteger(L, regs_return_value(event_checkregs(L, event, "event.result")));
	return 1;
}

/* ---- fields ------------------------------------------------------------------------- */

static int event_getip(lua_State *L, struct luaprobe_event *event)
{
	unsigned long address = event->address;

	if ((event->kind == LUAPROBE_TIMER || event->kind == LUAPROBE_USER) &&
	    luaprobe_event_regs(event))
		address = instruction_pointer(luaprobe_event_regs(event));
	if (!address)
		return 0;
	lua_pushinteger(L, address);
	return 1;
}

static int event_getcpu(lua_State *L, struct luaprobe_event *event)
{
	lua_pushinteger(L, raw_smp_processor_id());
	return 1;
}

static int event_gettime(lua_State *L, struct luaprobe_event *event)
{
	lua_pushinteger(L, ktime_get_mono_fast_ns());
	return 1;
}

static int event_getpid(lua_State *L, struct luaprobe_event *event)
{
	lua_pushinteger(L, current->tgid);
	return 1;
}

static int event_gettid(lua_State *L, struct luaprobe_event *event)
{
	lua_pushinteger(L, current->pid);
	return 1;
}

/* Without the lock of the name, which may be held: a name that changes may come out mixed. */
static int event_getcomm(lua_State *L, struct luaprobe_event *event)
{
	char name[TASK_COMM_LEN];

	memcpy(name, current->comm, sizeof(name));
	lua_pushlstring(L, name, strnlen(name, sizeof(name)));
	return 1;
}

static int event_getuid(lua_State *L, struct luaprobe_event *event)
{
	lua_pushinteger(L, __kuid_val(current_uid()));
	return 1;
}

static int event_getcgroup(lua_State *L, struct luaprobe_event *event)
{
#ifdef CONFIG_CGROUPS
	u64 id;

	rcu_read_lock();
	id = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
	lua_pushinteger(L, id);
	return 1;
#else
	return 0;
#endif
}

static int event_getelapsed(lua_State *L, struct luaprobe_event *event)
{
	const struct luaprobe_call *call = event_call(event);

	if (!call || !call->returns || !call->started)
		return 0;
	lua_pushinteger(L, ktime_get_mono_fast_ns() - call->started);
	return 1;
}

static int event_gettarget(lua_State *L, struct luaprobe_event *event)
{
	if (event->given)
		lua_pushlightuserdata(L, event->given);
	else
		lua_pushstring(L, event->target);
	return 1;
}

struct event_field {
	const char *name;
	int (*push)(lua_State *L, struct luaprobe_event *event);
};

static const struct event_field event_fields[] = {
	{ "pid", event_getpid },
	{ "comm", event_getcomm },
	{ "tid", event_gettid },
	{ "time", event_gettime },
	{ "cpu", event_getcpu },
	{ "uid", event_getuid },
	{ "ip", event_getip },
	{ "target", event_gettarget },
	{ "cgroup", event_getcgroup },
	{ "elapsed", event_getelapsed },
};

/* event.FIELD */
static int event_index(lua_State *L)
{
	const char *name;
	int i;

	if (lua_type(L, 2) != LUA_TSTRING)
		return 0;
	name = lua_tostring(L, 2);
	for (i = 0; i < ARRAY_SIZE(event_fields); i++) {
		if (strcmp(event_fields[i].name, name))
			continue;
		if (event_fields[i].push(L, luaprobe_event_check(L, 1)))
			return 1;
		return event_pushnil(L);
	}
	return 0;
}

/* The key of a name, as lua_fieldkey() makes it. */
#define EVENT_KEY3(a, b, c)	((a) | (b) << 8 | (c) << 16)
#define EVENT_KEY4(a, b, c, d)	(EVENT_KEY3(a, b, c) | (d) << 24)

/* The usual ones. */
static int event_index_leaf(void *payload, lua_Integer key, lua_Integer *value)
{
	struct luaprobe_event *event = event_fromleaf(payload);

	if (!event)
		return 0;
	switch (key) {
	case EVENT_KEY3('p', 'i', 'd'):
		*value = current->tgid;
		return 1;
	case EVENT_KEY3('t', 'i', 'd'):
		*value = current->pid;
		return 1;
	case EVENT_KEY3('c', 'p', 'u'):
		*value = raw_smp_processor_id();
		return 1;
	case EVENT_KEY3('u', 'i', 'd'):
		*value = __kuid_val(current_uid());
		return 1;
	case EVENT_KEY4('t', 'i', 'm', 'e'):
		*value = ktime_get_mono_fast_ns();
		return 1;
	case EVENT_KEY4('c', 'o', 'm', 'm'):
		memcpy(event->text, current->comm, TASK_COMM_LEN);
		event->text[TASK_COMM_LEN] = '\0';
		*value = (lua_Integer)event->text;
		return LUA_LEAFTEXT;
	default:
		return 0;
	}
}

/* ---- the object --------------------------------------------------------------------------- */

static bool event_islocked(void)
{
	return security_locked_down(LUNATIK_LOCKDOWN_READ) < 0;
}

/**
 * luaprobe_event_create() - make the event of a probe, and push its handle
 * @L: state of the running entry, which may sleep
 * @kind: of the probe
 * @target: index of what the script has given: a string or an address
 *
 * Raises without memory. No other runtime gets the object.
 *
 * Context: process, may sleep
 * Return: the object, which the handle owns; its private area is a struct luaprobe_event
 */
lunatik_object_t *luaprobe_event_create(lua_State *L, enum luaprobe_kind kind, int target)
{
	struct luaprobe_event *event;
	lunatik_object_t *object;
	const char *text = "";
	size_t length = 0;

	if (lua_islightuserdata(L, target))
		lua_pushnil(L);
	else
		text = luaL_tolstring(L, target, &length);
	object = lunatik_newobject(L, &luaprobe_event_class,
				   struct_size(event, target, length + 1));
	object->local = true;
	event = object->private;
	event->kind = kind;
	event->locked = event_islocked();
	event->given = lua_touserdata(L, target);
	memcpy(event->target, text, length + 1);
	lua_remove(L, -2);
	return object;
}

static const luaL_Reg event_methods[] = {
	{"__gc", lunatik_deleteobject},
	{"arg", event_arg},
	{"bytes", event_bytes},
	{"int16", event_int16},
	{"int32", event_int32},
	{"int64", event_int64},
	{"int8", event_int8},
	{"register", event_register},
	{"result", event_result},
	{"stack", luaprobe_stack_stack},
	{"string", event_string},
	{"symbol", luaprobe_stack_symbol},
	{"uint16", event_uint16},
	{"uint32", event_uint32},
	{"uint64", event_uint64},
	{"uint8", event_uint8},
	{"userstack", luaprobe_stack_userstack},
	{"userstring", event_userstring},
	{NULL, NULL}
};

static const lunatik_leaf_t event_leaves[] = {
	LUNATIK_LEAF(event_arg, LUA_LEAFGET),
	LUNATIK_LEAF(event_index, LUA_LEAFFIELD),
	LUNATIK_LEAF(event_int16, LUA_LEAFGET),
	LUNATIK_LEAF(event_int32, LUA_LEAFGET),
	LUNATIK_LEAF(event_int64, LUA_LEAFGET),
	LUNATIK_LEAF(event_int8, LUA_LEAFGET),
	LUNATIK_LEAF(event_uint16, LUA_LEAFGET),
	LUNATIK_LEAF(event_uint32, LUA_LEAFGET),
	LUNATIK_LEAF(event_uint64, LUA_LEAFGET),
	LUNATIK_LEAF(event_uint8, LUA_LEAFGET),
	{}
};

const lunatik_class_t luaprobe_event_class = {
	.name = "probe.event",
	.methods = event_methods,
	.leaves = event_leaves,
	.field = event_index,
	.owner = THIS_MODULE,
};
