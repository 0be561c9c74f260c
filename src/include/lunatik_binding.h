/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lunatik_binding.h - what the bindings of this repository need beside lunatik.h.
 *
 * It may change with every release: modules of others do without. Each
 * function's comment stands where it is defined, in src/core.
 */
#ifndef LUNATIK_BINDING_H
#define LUNATIK_BINDING_H

#include <lunatik.h>

struct file;

/* ---- hooks and entries (hook.c, entry.c) -------------------------------- */

int lunatik_enterfor(struct lunatik_hook *hook, struct lunatik_entry *entry,
		     u64 event);
int lunatik_enterlate(struct lunatik_hook *hook, struct lunatik_entry *entry);
void lunatik_replay(struct lunatik_hook *hook, bool on);
void lunatik_countmissed(struct lunatik_hook *hook);
void lunatik_miss(struct lunatik_hook *hook, u64 events);
void lunatik_signalhook(struct lunatik_hook *hook, int stage);
void lunatik_retirehook(struct lunatik_hook *hook);
void lunatik_keephook(struct lunatik_hook *hook, const char *what);

/* ---- bodies and sessions (resume.c, capi.c, lib.c, loader.c) ------------ */

bool lunatik_hasbody(lunatik_object_t *runtime);
void lunatik_pushbody(lua_State *L);
int lunatik_resumebody(struct lunatik_entry *entry);
bool lunatik_isours(const char *script);
int lunatik_opensession(lunatik_object_t **psession, const char *script,
			struct lunatik_runtime *owner, bool privileged);
void lunatik_setenv(lunatik_object_t *env);

extern const lunatik_class_t lunatik_runtimeclass;

/* ---- irq_work (work.c) -------------------------------------------------- */

void lunatik_beginwork(void);
void lunatik_endwork(void);
bool lunatik_inwork(void);

/* ---- symbols of the kernel (symbol.c) ----------------------------------- */

bool lunatik_isgone(const char *symbol);
bool lunatik_istext(unsigned long address);
unsigned long lunatik_functionof(unsigned long address);
unsigned int lunatik_namesakes(const char *name, unsigned long *addresses,
			       unsigned int most);
unsigned int lunatik_functions(const char *name, unsigned long *addresses,
			       unsigned int most);
void lunatik_placeof(unsigned long address, char *place, size_t size);

/* ---- files, permission, text (file.c, access.c, print.c) ---------------- */

struct file *lunatik_openpath(const char *path, int flags);
int lunatik_checkaccess(void);
int lunatik_checkcode(void);
void lunatik_cleantext(char *to, const char *from, size_t length);

#endif
