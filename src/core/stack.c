// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * stack.c - how much of the C stack is left, and where deep calls get a whole one.
 *
 * Lua takes stack for each of its own C calls, and the kernel has taken some before it entered Lua. Code below a system
 * call counts on most of a stack, and its need depends on the machine: each bridge or tunnel takes 2 KiB of the sender's
 * stack. So bindings that call far into the kernel (sockets, netlink, file systems, devices) do so by lunatik_calldeep().
 */
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/mm.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>

#include "stack.h"
#include "runtime.h"

#define STACK_UNKNOWN	LUNATIK_STACK(6)	/* taken of a stack we know nothing of */
#define STACK_DEEP	LUNATIK_STACK(12)	/* for the deepest calls of the kernel */

#ifdef IRQ_STACK_SIZE
#define STACK_IRQ	((unsigned long)IRQ_STACK_SIZE)
#else
#define STACK_IRQ	((unsigned long)THREAD_SIZE)
#endif

static DEFINE_PER_CPU(unsigned long, stack_irqbase);
static struct workqueue_struct *stack_workqueue;

/* ---- bounds ------------------------------------------------------------------- */

/*
 * Stacks from vmalloc() end at a page that is not mapped.
 *
 * Return: the lowest address of the stack, or 0
 */
static unsigned long stack_findguard(unsigned long sp)
{
	unsigned long base = sp & PAGE_MASK;
	unsigned long most = base - STACK_IRQ;

	if (!is_vmalloc_addr((void *)sp))
		return 0;
	for (; base > most; base -= PAGE_SIZE) {
		if (!vmalloc_to_page((void *)(base - PAGE_SIZE)))
			return base;
	}
	return 0;
}

/*
 * The bounds of interrupt stacks are not exported. A CPU keeps its own for ever.
 * Where they are not from vmalloc(), they are aligned to their size.
 */
static unsigned long stack_irqlowest(unsigned long sp)
{
	unsigned long base = this_cpu_read(stack_irqbase);

	if (sp - base < STACK_IRQ)
		return base;
	base = stack_findguard(sp);
	if (base)
		this_cpu_write(stack_irqbase, base);
	else
		base = max(sp - STACK_UNKNOWN, ALIGN_DOWN(sp, STACK_IRQ));
	return base;
}

/**
 * lunatik_stack_lowest() - the lowest address of a stack in use
 * @sp: an address on it
 *
 * Context: any
 */
unsigned long lunatik_stack_lowest(unsigned long sp)
{
	unsigned long base = (unsigned long)task_stack_page(current);

	return sp - base < THREAD_SIZE ? base : stack_irqlowest(sp);
}

/**
 * lunatik_stack_limit() - the lowest stack address that an entry may reach
 *
 * Context: any
 */
unsigned long lunatik_stack_limit(void)
{
	unsigned long sp = (unsigned long)__builtin_frame_address(0);

	return lunatik_stack_lowest(sp) + LUNATIK_STACK_RESERVE;
}

/**
 * lunatik_stack_left() - whether so many bytes of stack are left
 * @rt: the runtime that was entered
 * @bytes: counted from the stack's very end
 */
bool lunatik_stack_left(struct lunatik_runtime *rt, size_t bytes)
{
	unsigned long sp = (unsigned long)__builtin_frame_address(0);

	return !rt->vm || sp > rt->vm->stacklimit - LUNATIK_STACK_RESERVE + bytes;
}

/**
 * lunatik_stack_room() - how many bytes are left of the stack in use
 *
 * Context: any
 */
size_t lunatik_stack_room(void)
{
	unsigned long sp = (unsigned long)__builtin_frame_address(0);

	return sp - lunatik_stack_lowest(sp);
}

/* ---- deep calls ------------------------------------------------------------------ */

/**
 * struct stack_call - a call on its way to a stack of its own
 * @cred, @fs, @files, @nsproxy: the caller's, who waits and keeps them
 */
struct stack_call {
	struct work_struct work;
	int (*function)(void *argument);
	void *argument;
	int result;
	const struct cred *cred;
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
};

/* A task that exits has none of them any more: the worker keeps its own then. */
static void stack_swap(struct stack_call *call)
{
	task_lock(current);
	if (call->fs)
		swap(current->fs, call->fs);
	if (call->files)
		swap(current->files, call->files);
	if (call->nsproxy)
		swap(current->nsproxy, call->nsproxy);
	task_unlock(current);
}

static void stack_work(struct work_struct *work)
{
	struct stack_call *call = container_of(work, struct stack_call, work);
	const struct cred *own = override_creds(call->cred);

	stack_swap(call);
	call->result = call->function(call->argument);
	stack_swap(call);
	revert_creds(own);
}

static noinline_for_stack int stack_calldeep(int (*function)(void *argument),
					     void *argument)
{
	struct stack_call call = {
		.function = function,
		.argument = argument,
		.cred = current_cred(),
		.fs = current->fs,
		.files = current->files,
		.nsproxy = current->nsproxy,
	};

	INIT_WORK_ONSTACK(&call.work, stack_work);
	queue_work(stack_workqueue, &call.work);
	flush_work(&call.work);
	destroy_work_on_stack(&call.work);
	return call.result;
}

int lunatik_calldeep(int (*function)(void *argument), void *argument)
{
	if (lunatik_stack_room() >= STACK_DEEP)
		return function(argument);
	return stack_calldeep(function, argument);
}
EXPORT_SYMBOL(lunatik_calldeep);

/**
 * lunatik_stack_init() - make the workers for deep calls
 *
 * Return: 0 or -ENOMEM
 */
int lunatik_stack_init(void)
{
	stack_workqueue = alloc_workqueue("lunatik_deep", WQ_UNBOUND, 0);
	return stack_workqueue ? 0 : -ENOMEM;
}

/**
 * lunatik_stack_exit() - undo lunatik_stack_init()
 */
void lunatik_stack_exit(void)
{
	destroy_workqueue(stack_workqueue);
}
