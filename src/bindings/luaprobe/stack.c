// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * stack.c - who has called: frames of the kernel and of the running program
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "probe.h"
#include "registers.h"

#define STACK_MOST	64	/* frames that a script may want */
#define STACK_UNITS	128	/* cost of finding the frames */
#define STACK_USERUNITS	8	/* cost of a frame of a program */

/* ---- the kernel's ------------------------------------------------------------- */

/* The last frame of our own modules, and of the kernel's function that calls all probes of a tracepoint. */
static unsigned int stack_skipours(struct luaprobe_event *event, unsigned int frames)
{
	unsigned int i, first = 0;

	for (i = 0; i < frames; i++) {
		if (within_module(event->trace[i], THIS_MODULE))
			first = i + 1;
	}
	if (first >= frames || event->kind != LUAPROBE_TRACEPOINT)
		return first;
	sprint_symbol(event->text, event->trace[first]);
	return first + strstarts(event->text, "__traceiter_");
}

/* Where a frame returns to, if the event knows it: just behind this. */
static unsigned long stack_place(const struct luaprobe_event *event)
{
	const struct luaprobe_call *call = event->now;
	struct pt_regs *regs;

	if (event->kind == LUAPROBE_CALL && call->returns)
		return call->returns;
	if (event->kind != LUAPROBE_TIMER)
		return event->address;
	regs = luaprobe_event_regs(event);
	return regs ? instruction_pointer(regs) : 0;
}

/**
 * luaprobe_stack_save() - the frames of the kernel
 * @event: of a function that runs; @trace is filled in
 * @first: set to the first frame in @trace that is not the probe's: that of the
 *	probed function, or of the one to which it returns
 *
 * Context: any
 * Return: how many frames @trace holds
 */
unsigned int luaprobe_stack_save(struct luaprobe_event *event, unsigned int *first)
{
	unsigned long place = stack_place(event);
	unsigned int i, frames = 0;

#ifdef CONFIG_STACKTRACE
	frames = stack_trace_save(event->trace, LUAPROBE_TRACE, 0);
#endif
	for (i = 0; place && i < frames; i++) {
		if (event->trace[i] - place <= LUAPROBE_SITE) {
			*first = i;
			return frames;
		}
	}
	*first = stack_skipours(event, frames);
	return frames;
}

/* "name+0x10 [module]": the size of the function is left out. */
static void stack_pushsymbol(lua_State *L, struct luaprobe_event *event,
			     unsigned long address)
{
	char *text = event->text, *size, *module;

	lunatik_spend(L, LUAPROBE_UNITS);
	sprint_symbol(text, address);
	size = strchr(text, '/');
	module = strchr(text, ' ');
	if (size)
		*size = '\0';
	lua_pushstring(L, text);
	if (size && module > size) {
		lua_pushstring(L, module);
		lua_concat(L, 2);
	}
}

/* event:symbol(address) - the name of the place, or the number as text */
int luaprobe_stack_symbol(lua_State *L)
{
	struct luaprobe_event *event = luaprobe_event_check(L, 1);
	unsigned long address;

	if (lua_islightuserdata(L, 2))
		address = (unsigned long)lua_touserdata(L, 2);
	else
		address = luaL_checkinteger(L, 2);
	stack_pushsymbol(L, event, address);
	return 1;
}

static unsigned int stack_checkcount(lua_State *L)
{
	lua_Integer n = luaL_optinteger(L, 2, LUAPROBE_CALLERS);

	if (n < 1 || n > STACK_MOST)
		luaL_argerror(L, 2, lua_pushfstring(L, "%I is not in 1..%d", n, STACK_MOST));
	luaL_checkstack(L, 2 * n + 4, NULL);
	return n;
}

/* There are only the frames of the interrupt or trap itself then. */
static bool stack_interruptsuser(const struct luaprobe_event *event)
{
	struct pt_regs *regs;

	if (event->kind != LUAPROBE_TIMER)
		return event->kind == LUAPROBE_USER;
	regs = luaprobe_event_regs(event);
	return regs && user_mode(regs);
}

/* event:stack([n]) - the innermost frames of the kernel, joined by line ends */
int luaprobe_stack_stack(lua_State *L)
{
	struct luaprobe_event *event = luaprobe_event_check(L, 1);
	unsigned int i, first, frames, n = stack_checkcount(L);
	int top = lua_gettop(L);

	lunatik_spend(L, STACK_UNITS);
	frames = luaprobe_stack_save(event, &first);
	frames = stack_interruptsuser(event) ? 0 : min(frames, first + n);
	for (i = first; i < frames; i++) {
		if (i > first)
			lua_pushliteral(L, "\n");
		stack_pushsymbol(L, event, event->trace[i]);
	}
	lua_concat(L, lua_gettop(L) - top);
	return 1;
}

/* ---- of a program --------------------------------------------------------------- */

/* The memory at the frame pointer of a program. */
struct stack_frame {
	unsigned long next;
	unsigned long returns;
};

static struct pt_regs *stack_userregs(struct luaprobe_event *event)
{
	struct pt_regs *regs;

	if ((current->flags & PF_KTHREAD) || !current->mm)
		return NULL;
	regs = luaprobe_event_regs(event);
	if (!regs || !user_mode(regs))
		regs = task_pt_regs(current);
	return LUNATIK_USER64(regs) ? regs : NULL;
}

static bool stack_next(unsigned long *fp, unsigned long *address)
{
	struct stack_frame frame;

	if (!*fp || *fp % sizeof(long) ||
	    copy_from_user_nofault(&frame, (const void __user *)*fp, sizeof(frame)) ||
	    frame.next <= *fp || !frame.returns)
		return false;
	*fp = frame.next;
	*address = frame.returns;
	return true;
}

/* event:userstack([n]) - the innermost frames of the running program, joined by line ends */
int luaprobe_stack_userstack(lua_State *L)
{
	struct luaprobe_event *event = luaprobe_event_check(L, 1);
	unsigned int i, n = stack_checkcount(L);
	struct pt_regs *regs = stack_userregs(event);
	unsigned long address, fp;
	int top = lua_gettop(L);

	address = regs ? instruction_pointer(regs) : 0;
	fp = regs ? LUNATIK_FRAMEPOINTER(regs) : 0;
	for (i = 0; i < n && address; i++) {
		lunatik_spend(L, STACK_USERUNITS);
		if (i)
			lua_pushliteral(L, "\n");
		snprintf(event->text, sizeof(event->text), "0x%lx", address);
		lua_pushstring(L, event->text);
		if (!stack_next(&fp, &address))
			break;
	}
	lua_concat(L, lua_gettop(L) - top);
	return 1;
}
