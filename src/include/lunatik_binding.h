/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * lunatik_binding.h - what the bindings of this repository need beside lunatik.h.
 *
 * It may change with every release: modules of others do without. Each
 * function's comment stands where it is defined, in src/core.
 */
#ifndef LUNATIK_BINDING_H
#define LUNATIK_BINDING_H

#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include <lunatik.h>

struct file;

/* ---- hooks and entries (hook.c, entry.c) -------------------------------- */

int lunatik_hook_enter(struct lunatik_hook *hook, struct lunatik_entry *entry,
		       u64 event);
int lunatik_hook_enterlate(struct lunatik_hook *hook, struct lunatik_entry *entry);
void lunatik_log_replay(struct lunatik_hook *hook, bool on);
void lunatik_hook_countmissed(struct lunatik_hook *hook);
void lunatik_hook_miss(struct lunatik_hook *hook, u64 events);
void lunatik_hook_signal(struct lunatik_hook *hook, int stage);
void lunatik_hook_retire(struct lunatik_hook *hook);
void lunatik_hook_keep(struct lunatik_hook *hook, const char *what);
struct lunatik_hook *lunatik_percpu_getleader(struct lunatik_hook *hook);
int lunatik_cpu(lua_State *L);

/* ---- bodies and sessions (resume.c, capi.c, lib.c, loader.c) ------------ */

bool lunatik_body_exists(lunatik_object_t *runtime);
void lunatik_body_push(lua_State *L);
int lunatik_body_resume(struct lunatik_entry *entry);
bool lunatik_script_isours(const char *script);
int lunatik_session_open(lunatik_object_t **psession, const char *script,
			 struct lunatik_runtime *owner, bool privileged);
void lunatik_env_set(lunatik_object_t *env);

extern const lunatik_class_t lunatik_runtimeclass;

/* ---- memory (handle.c) -------------------------------------------------- */

bool lunatik_charge_reclaim(lua_State *L, lunatik_object_t *object, size_t size);

/* ---- irq_work (work.c) -------------------------------------------------- */

void lunatik_work_begin(void);
void lunatik_work_end(void);
bool lunatik_work_isbusy(void);
DECLARE_PER_CPU(int, lunatik_inside);

/* ---- calls that may hang (detour.c) ------------------------------------- */

bool lunatik_detour_pass(lua_State *L, struct module *owner,
			 int (*function)(void *argument),
			 void (*release)(void *argument), void *argument,
			 int *result);

/* ---- symbols of the kernel (symbol.c) ----------------------------------- */

bool lunatik_symbol_isgone(const char *symbol);
bool lunatik_symbol_istext(unsigned long address);
unsigned long lunatik_symbol_function(unsigned long address);
unsigned int lunatik_symbol_namesakes(const char *name, unsigned long *addresses,
				      unsigned int most);
unsigned int lunatik_symbol_functions(const char *name, unsigned long *addresses,
				      unsigned int most);
void lunatik_symbol_place(unsigned long address, char *place, size_t size);

/**
 * struct lunatik_symbol - a record of lunatik_symbol_search()
 * @address: of the symbol
 * @name: of the symbol; the next record follows
 */
struct lunatik_symbol {
	unsigned long address;
	char name[];
};

static inline size_t lunatik_symbol_size(const char *name)
{
	return ALIGN(sizeof(struct lunatik_symbol) + strlen(name) + 1, sizeof(long));
}

ssize_t lunatik_symbol_search(const char *pattern, void *buffer, size_t size);
int lunatik_symbol_filter(const struct lunatik_symbol **symbols, unsigned int n);

/* ---- files, permission, text (file.c, access.c, print.c) ---------------- */

struct file *lunatik_file_open(const char *path, int flags);
void lunatik_file_close(struct file *file);
int lunatik_access_check(void);
int lunatik_access_checkcode(void);
void lunatik_text_clean(char *to, const char *from, size_t length);

#endif
