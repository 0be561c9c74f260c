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

#define LUAPROBE_TRACE		48	/* frames, those of the handler included */
#define LUAPROBE_CALLERS	16	/* frames that are shown unless a script wants more or fewer */
#define LUAPROBE_UNITS		64	/* cost of a line of a dump, or of the name of an address */
#define LUAPROBE_SITE		16	/* bytes behind a probe where its trap may return */
#define LUAPROBE_TEXT		256	/* bytes of a string, unless a script wants more or fewer */

/**
 * enum luaprobe_kind - what is known of an event
 * @LUAPROBE_KPROBE: the registers at an instruction of the kernel, struct pt_regs
 */
enum luaprobe_kind {
	LUAPROBE_KPROBE,
};

/**
 * struct luaprobe_event - private area of the event that the functions of a probe get
 * @now: of the hit, by @kind, while a function runs; under the runtime's lock
 * @kind: of the probe
 * @locked: the kernel's memory may not be read
 * @address: what was probed, or 0
 * @given: the address that the script gave, or NULL
 * @trace: the C stack of a hit is too small for it
 * @text: the same
 * @target: the text that the script gave
 */
struct luaprobe_event {
	void *now;
	enum luaprobe_kind kind;
	bool locked;
	unsigned long address;
	void *given;
	unsigned long trace[LUAPROBE_TRACE];
	char text[KSYM_SYMBOL_LEN > LUAPROBE_TEXT ? KSYM_SYMBOL_LEN : LUAPROBE_TEXT];
	char target[];
};

/* event.c */
lunatik_object_t *luaprobe_event_create(lua_State *L, enum luaprobe_kind kind, int target);
void luaprobe_event_pushargument(lua_State *L, int handle);
int luaprobe_event_callers(struct luaprobe_event *event, unsigned int *first);
extern const lunatik_class_t luaprobe_event_class;

#endif
