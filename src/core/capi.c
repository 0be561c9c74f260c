// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * capi.c - runtimes as the documented C interface offers them.
 */
#include <linux/slab.h>

#include <lunatik_binding.h>

#include "context.h"
#include "entry.h"
#include "print.h"
#include "registry.h"
#include "runtime.h"
#include "sink.h"
#include "stop.h"
#include "vm.h"

#define CAPI_MESSAGE	1024

int lunatik_runtime(lunatik_object_t **pruntime, const char *script, bool sleep)
{
	struct lunatik_params params = {
		.script = script,
		.context = sleep ? LUNATIK_PROCESS : LUNATIK_SOFTIRQ,
	};
	char *message = kmalloc(CAPI_MESSAGE, LUNATIK_GFP);
	int err;

	if (!message)
		return -ENOMEM;
	err = lunatik_runtime_create(pruntime, &params, message, CAPI_MESSAGE);
	if (err)
		lunatik_log_creation(script, message);
	kfree(message);
	return err;
}
EXPORT_SYMBOL(lunatik_runtime);

/**
 * lunatik_session_open() - a runtime for one open file of a device
 * @psession: the runtime, one reference for the caller
 * @script: name below the script folders
 * @owner: runtime of the device, which the caller keeps; the session ends with it, and is charged to its account
 * @privileged: the opener of the file may load modules
 *
 * Context: process, may sleep; signals end its entries
 * Return: as lunatik_runtime()
 */
int lunatik_session_open(lunatik_object_t **psession, const char *script,
			 struct lunatik_runtime *owner, bool privileged)
{
	struct lunatik_params params = {
		.script = script, .session = true, .parent = owner,
		.privileged = privileged, .sink = lunatik_sink_create(),
	};
	char *message = kmalloc(CAPI_MESSAGE, LUNATIK_GFP);
	int err = -ENOMEM;

	if (message && params.sink) {
		err = lunatik_runtime_create(psession, &params, message, CAPI_MESSAGE);
		if (err)
			lunatik_log_creation(script, message);
	}
	if (params.sink)
		lunatik_sink_put(params.sink);
	kfree(message);
	return err;
}
EXPORT_SYMBOL(lunatik_session_open);

int lunatik_stop(lunatik_object_t *runtime)
{
	lunatik_stop_runtime(lunatik_runtime_of(runtime));
	return lunatik_putobject(runtime);
}
EXPORT_SYMBOL(lunatik_stop);

void lunatik_stopall(void)
{
	lunatik_object_t *object;

	lunatik_registry_close(true);
	while ((object = lunatik_registry_findany()))
		lunatik_stop(object);
	lunatik_registry_close(false);
}
EXPORT_SYMBOL(lunatik_stopall);

/**
 * lunatik_beginrun() - first half of lunatik_run()
 * @run: filled in
 * @runtime: the runtime
 * @inside: the caller runs inside it already
 *
 * Context: process for a process runtime, else any but a probe; does not raise
 * Return: 0, or -ENXIO, -EBUSY or -EINTR as lunatik_run() sets its result
 */
int lunatik_beginrun(struct lunatik_run *run, lunatik_object_t *runtime,
		     bool inside)
{
	struct lunatik_runtime *rt = lunatik_runtime_of(runtime);
	int err;

	if (inside) {
		run->entry = *rt->current_entry;
		run->entry.base = lua_gettop(run->entry.L);
	} else {
		err = lunatik_runtime_enter(rt, &run->entry, LUNATIK_MAYSLEEP);
		if (err)
			return err;
	}
	run->inside = inside;
	lunatik_vm_jump(run->entry.L, run);
	return 0;
}
EXPORT_SYMBOL(lunatik_beginrun);

/**
 * lunatik_endrun() - second half of lunatik_run()
 * @run: of lunatik_beginrun()
 * @failed: the handler raised
 *
 * Context: as lunatik_beginrun(); does not raise
 */
void lunatik_endrun(struct lunatik_run *run, bool failed)
{
	struct lunatik_entry *entry = &run->entry;

	lunatik_vm_land(entry->L, run, failed);
	if (failed)
		lunatik_log_error(entry->runtime, entry, "error in a C handler");
	if (run->inside)
		lua_settop(entry->L, entry->base);
	else
		lunatik_leave(entry);
}
EXPORT_SYMBOL(lunatik_endrun);

/* lunatik_run() in the public header calls it. */
EXPORT_SYMBOL(lunatik_setjmp);
