/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * probe.h - what the files of the probe library share
 */
#ifndef LUAPROBE_H
#define LUAPROBE_H

#include <linux/kallsyms.h>
#include <linux/ptrace.h>

#include <lunatik_binding.h>
#include <lunatik_event.h>

#define LUAPROBE_TRACE		88	/* frames, those of the handler included */
#define LUAPROBE_CALLERS	16	/* frames that are shown unless a script wants more or fewer */
#define LUAPROBE_UNITS		64	/* cost of a line of a dump, or of the name of an address */
#define LUAPROBE_SITE		16	/* bytes behind a probe where its trap may return */
#define LUAPROBE_TEXT		256	/* bytes of a string, unless a script wants more or fewer */
#define LUAPROBE_SCRATCH	(LUAPROBE_TEXT + KSYM_SYMBOL_LEN)

#define LUAPROBE_PASSED		32	/* most bytes of a string that a call's entry passes to its exit */

/* Slots of a hook's Lua thread, unless it belongs to probe.new. */
#define LUAPROBE_FUNCTION	1
#define LUAPROBE_HANDLE		2	/* of the event */
#define LUAPROBE_EXIT		3	/* the second function of probe.call */

/**
 * enum luaprobe_kind - the type of an event's @now
 * @LUAPROBE_KPROBE: struct pt_regs, the registers at an instruction of the kernel.
 * @LUAPROBE_CALL: struct luaprobe_call, the begin or the end of a call.
 * @LUAPROBE_TRACEPOINT: an array of unsigned long, its arguments.
 * @LUAPROBE_TIMER: struct luaprobe_sample, of the interrupt of a timer.
 * @LUAPROBE_USER: struct luaprobe_user, of a program.
 */
enum luaprobe_kind {
	LUAPROBE_KPROBE,
	LUAPROBE_CALL,
	LUAPROBE_TRACEPOINT,
	LUAPROBE_TIMER,
	LUAPROBE_USER,
};

/**
 * struct luaprobe_sample - a hit of LUAPROBE_TIMER
 * @regs: registers of what was interrupted, or NULL if the kernel does not know
 */
struct luaprobe_sample {
	struct pt_regs *regs;
};

/**
 * struct luaprobe_user - a hit of LUAPROBE_USER
 * @regs: registers of the program
 * @returns: a function of it has returned
 */
struct luaprobe_user {
	struct pt_regs *regs;
	bool returns;
};

/**
 * struct luaprobe_call - a hit of LUAPROBE_CALL
 * @regs: registers
 * @started: when the function was entered; 0 if nobody wants to know
 * @returns: where the call goes on at its end; 0 at its begin
 */
struct luaprobe_call {
	struct pt_regs *regs;
	u64 started;
	unsigned long returns;
};

/**
 * struct luaprobe_value - what a call's entry passes to its exit
 * @length: of @text; -1 for @integer, -2 for nothing
 */
struct luaprobe_value {
	s8 length;
	union {
		lua_Integer integer;
		char text[LUAPROBE_PASSED];
	};
};

#define LUAPROBE_INTEGER	(-1)
#define LUAPROBE_NOTHING	(-2)

/**
 * struct luaprobe_event - private area of the event that the functions of a probe get
 * @now: of the hit, by @kind, while a function runs; under the runtime's lock
 * @kind: of the probe
 * @locked: the kernel's memory may not be read
 * @arguments: how many a tracepoint has
 * @address: of the probed place, or 0
 * @given: the address that the script gave, or NULL
 * @trace: the C stack of a hit is too small for it
 * @text: the same
 * @target: the text that the script gave
 */
struct luaprobe_event {
	void *now;
	enum luaprobe_kind kind;
	bool locked;
	unsigned int arguments;
	unsigned long address;
	void *given;
	unsigned long trace[LUAPROBE_TRACE];
	char text[LUAPROBE_SCRATCH];
	char target[];
};

struct luaprobe_site;

/**
 * struct luaprobe_ops - what differs between kinds of probes
 * @enable: let the kernel call, or not; returns 0, -ENXIO if it is not registered, or an error of the kernel's
 * @release: undo construction; the kernel does not call any more
 */
struct luaprobe_ops {
	int (*enable)(struct luaprobe_site *site, bool on);
	void (*release)(struct luaprobe_site *site);
};

/**
 * struct luaprobe_site - begin of the private area of each probe
 * @hook: its thread keeps all that a hit needs
 * @ops: of its kind; NULL before it is ready to be released
 * @event: that the functions get
 * @lent: its object, with a reference
 */
struct luaprobe_site {
	struct lunatik_hook hook;
	const struct luaprobe_ops *ops;
	struct luaprobe_event *event;
	lunatik_object_t *lent;
};

static inline struct luaprobe_site *luaprobe_siteof(struct lunatik_hook *hook)
{
	return container_of(hook, struct luaprobe_site, hook);
}

/* luaprobe.c */
extern const lunatik_class_t luaprobe_class;
struct luaprobe_site *luaprobe_begin(struct luaprobe_site *hit);
void luaprobe_end(void);
void luaprobe_lend(lua_State *L, struct luaprobe_site *site, enum luaprobe_kind kind);

/* fire.c */
void luaprobe_fire(struct luaprobe_site *site, int slot, void *now,
		   const struct luaprobe_value *argument, struct luaprobe_value *result);

/* symbols.c */
int luaprobe_symbols(lua_State *L);

/* tracepoint.c */
int luaprobe_tracepoint(lua_State *L);

/* stack.c */
unsigned int luaprobe_stack_save(struct luaprobe_event *event, unsigned int *first);
int luaprobe_stack_symbol(lua_State *L);
int luaprobe_stack_stack(lua_State *L);
int luaprobe_stack_userstack(lua_State *L);

/* timer.c */
int luaprobe_every(lua_State *L);
int luaprobe_profile(lua_State *L);
int luaprobe_timer_init(void);
void luaprobe_timer_exit(void);

/* user.c */
int luaprobe_user(lua_State *L);
int luaprobe_userexit(lua_State *L);

/* event.c */
lunatik_object_t *luaprobe_event_create(lua_State *L, enum luaprobe_kind kind, int target);
void luaprobe_event_pushargument(lua_State *L, int handle);
struct luaprobe_event *luaprobe_event_check(lua_State *L, int ix);
struct pt_regs *luaprobe_event_regs(const struct luaprobe_event *event);
extern const lunatik_class_t luaprobe_event_class;

#endif
