// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * jit.c - native code for the functions of hooks, by the kernel's BPF back end; included by lua.c.
 *
 * A hook's function is translated when the hook is made (event.c calls jit_compile()). The program belongs to the
 * hook's object, and is freed with it: after a grace period, when nobody runs it any more. Its pointers are to constants
 * of the function, which the hook's Lua thread anchors, and to metatables and methods of classes, which stay as long as
 * the state.
 *
 * The interpreter does not know of it: native code is entered at the beginning of the function only, and after an exit
 * the interpreter has the rest of the call.
 */
#undef pr_fmt
#define pr_fmt(fmt) "lunatik: " fmt

#include "account.h"
#include "jit.h"
#include "param.h"

#define jit_allocate(size)	kvzalloc(size, LUNATIK_GFP)
#define jit_free(memory)	kvfree(memory)
#define jit_breathe()		cond_resched()

#include "jit/jit.h"
#include "jit/emit.c"
#include "jit/translate.c"
#include "jit/check.c"

#define JIT_INSNS	48	/* most instructions of native code for one of Lua's */
#define JIT_FIXES	24
#define JIT_SPARE	64
#define JIT_UNITS	128	/* of the budget, for one instruction of Lua */

static const struct jit_layout jit_layout = {
	.class = offsetof(lunatik_object_t, class),
	.local = offsetof(lunatik_object_t, local),
	.private = offsetof(lunatik_object_t, private),
	.ptr = offsetof(struct luadata, ptr),
	.readable = offsetof(struct luadata, readable),
};

static_assert(sizeof_field(lunatik_object_t, local) == 1);

static atomic_t jit_programs;
static const char *jit_reason;		/* why the last function stayed Lua, or NULL */

/* ---- programs of the kernel ------------------------------------------------------------ */

/*
 * Programs are called as C functions of three arguments, which CFI of clang would not let pass, and have 32-bit
 * arithmetic that clears the upper halves. Tried on x86-64 only.
 *
 * Return: why this kernel cannot have them, or NULL
 */
static const char *jit_impossible(void)
{
	if (!IS_ENABLED(CONFIG_X86_64))
		return "this architecture is not tried yet";
	if (!IS_ENABLED(CONFIG_BPF_JIT))
		return "this kernel has no JIT (CONFIG_BPF_JIT)";
	if (IS_ENABLED(CONFIG_CFI_CLANG) || IS_ENABLED(CONFIG_CFI))
		return "this kernel checks indirect calls (CONFIG_CFI)";
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return "this kernel is a real-time one (CONFIG_PREEMPT_RT)";
	return NULL;
}

/**
 * struct lunatik_native - the program of a hook
 * @prog: of the kernel
 * @account: pays for it
 * @size: bytes that it pays
 */
struct lunatik_native {
	struct bpf_prog *prog;
	struct lunatik_account *account;
	size_t size;
};

/* Calls by their number become calls relative to __bpf_call_base. */
static bool jit_relocate(struct jit_program *program)
{
	struct bpf_insn *insn = program->insns;
	long distance;
	int i;

	for (i = 0; i < program->n; i++) {
		if (insn[i].code == (BPF_LD | BPF_DW | BPF_IMM)) {
			i++;
			continue;
		}
		if (insn[i].code != (BPF_JMP | BPF_CALL))
			continue;
		distance = (long)program->calls[insn[i].imm].function - (long)__bpf_call_base;
		if (distance != (s32)distance)
			return false;
		insn[i].imm = distance;
	}
	return true;
}

/* Return: why a finished program cannot be called, or NULL: the kernel's own interpreter would get other arguments */
static const char *jit_unusable(const struct bpf_prog *prog, int err)
{
	if (!prog->jit_requested)
		return "the kernel's JIT is off (sysctl net.core.bpf_jit_enable)";
	/* The kernel has changed the program that was checked. */
	if (prog->blinded)
		return "the kernel's JIT changes constants (sysctl net.core.bpf_jit_harden)";
	if (err || !prog->jited)
		return "the kernel's JIT has refused a program, or has no memory";
	return NULL;
}

/* Return: a program that is native code, or NULL, with a reason */
static struct bpf_prog *jit_make(const struct jit_program *program, const char **reason)
{
	struct bpf_prog *prog = bpf_prog_alloc(bpf_prog_size(program->n), 0);
	int err = 0;

	*reason = "not enough memory";
	if (!prog)
		return NULL;
	prog->len = program->n;
	memcpy(prog->insnsi, program->insns, program->n * sizeof(*program->insns));
	prog->type = BPF_PROG_TYPE_SOCKET_FILTER;
	prog->aux->stack_depth = 0;
	prog = bpf_prog_select_runtime(prog, &err);
	*reason = jit_unusable(prog, err);
	if (!*reason)
		return prog;
	bpf_prog_free(prog);
	return NULL;
}

/* ---- translation ------------------------------------------------------------------------- */

static void jit_release(struct jit *j)
{
	kvfree(j->program.insns);
	kvfree(j->label);
	kvfree(j->fix);
	kvfree(j->in);
	kvfree(j->held);
	kvfree(j->flags);
	kvfree(j->facts);
	kvfree(j);
}

static struct jit *jit_new(const Proto *p, const struct lua_Entry *entry)
{
	struct jit *j = jit_allocate(sizeof(*j));
	int n = p->sizecode;

	if (!j)
		return NULL;
	j->p = p;
	j->entry = entry;
	j->program.layout = &jit_layout;
	j->stress = READ_ONCE(lunatik_param_jit_stress);
	j->room = JIT_SPARE + JIT_INSNS * n;
	j->mostfix = JIT_SPARE + JIT_FIXES * n;
	j->program.insns = jit_allocate(j->room * sizeof(*j->program.insns));
	j->label = jit_allocate(JIT_LABELS(p) * sizeof(*j->label));
	j->fix = jit_allocate(j->mostfix * sizeof(*j->fix));
	j->in = jit_allocate(n * sizeof(*j->in));
	j->held = jit_allocate(n * sizeof(*j->held));
	j->flags = jit_allocate(n);
	j->facts = jit_allocate(n * sizeof(*j->facts));
	if (j->program.insns && j->label && j->fix && j->in && j->held && j->flags && j->facts)
		return j;
	jit_release(j);
	return NULL;
}

struct jit_work {
	const Proto *p;
	const struct lua_Entry *entry;
	struct bpf_prog *prog;
	const char *reason;
};

/* Return: why there is no program, or NULL */
static const char *jit_finish(struct jit_work *work, struct jit *j)
{
	const char *reason;
	int refused;

	if (!jit_translate(j))
		return "a function is too large";
	if (!jit_isworth(j))
		return "a function leaves native code at once";
	refused = jit_check(&j->program);
	if (refused < 0)
		return "not enough memory";
	if (refused) {
		pr_warn_ratelimited("jit: the program for line %d is refused at %d of %d: please report it\n",
			work->p->linedefined, refused, j->program.n);
		return "a program was refused: the kernel log has more";
	}
	if (!jit_relocate(&j->program))
		return "functions are too far from the kernel";
	work->prog = jit_make(&j->program, &reason);
	return reason;
}

/* By lunatik_calldeep(): the kernel's back end is not ours to know how much stack it takes. */
static int jit_work(void *argument)
{
	struct jit_work *work = argument;
	struct jit *j = jit_new(work->p, work->entry);

	if (!j) {
		work->reason = "not enough memory";
		return 0;
	}
	work->reason = jit_finish(work, j);
	jit_release(j);
	return 0;
}

static size_t jit_size(const struct bpf_prog *prog)
{
	return prog->pages * PAGE_SIZE + sizeof(*prog->aux) + PAGE_ALIGN(prog->jited_len) +
	       sizeof(struct lunatik_native);
}

static struct lunatik_native *jit_own(struct lunatik_hook *hook, struct bpf_prog *prog)
{
	struct lunatik_account *account = hook->runtime->account;
	struct lunatik_native *native = kzalloc(sizeof(*native), LUNATIK_GFP);

	if (!native)
		return NULL;
	native->prog = prog;
	native->account = account;
	native->size = jit_size(prog);
	if (!lunatik_account_charge(account, native->size))
		return native;
	kfree(native);
	return NULL;
}

/* Functions whose frame is made in another way are left out. Return: why, or NULL */
static const char *jit_odd(const Proto *p, int arguments)
{
	if (p->is_vararg || p->numparams > arguments)
		return "a function has parameters that an event has no argument for";
	if (p->sizecode > JIT_MOSTCODE)
		return "a function is too large";
	return NULL;
}

static const char *jit_trycompile(struct lunatik_hook *hook, const Proto *p, int arguments)
{
	struct jit_work work = { .p = p, .entry = hook->runtime->vm };
	const char *reason = jit_impossible() ?: jit_odd(p, arguments);
	struct lunatik_native *native;

	if (reason)
		return reason;
	luaE_debit(hook->L, luaE_units(p->sizecode * JIT_UNITS));
	if (lunatik_calldeep(jit_work, &work) || !work.prog)
		return work.reason;
	native = jit_own(hook, work.prog);
	if (!native) {
		bpf_prog_free(work.prog);
		return "a runtime's limit has no room for a program";
	}
	atomic_inc(&jit_programs);
	hook->prepared.native = native;
	WRITE_ONCE(hook->prepared.run, (void *)work.prog->bpf_func);
	return NULL;
}

/**
 * jit_compile() - make native code of a hook's function
 * @hook: being prepared; its function is known
 * @p: the function's
 * @arguments: how many an event passes
 *
 * Nothing happens where that is switched off or impossible, or without memory: the interpreter runs the function.
 *
 * Context: process, may sleep; does not raise
 */
static void jit_compile(struct lunatik_hook *hook, const Proto *p, int arguments)
{
	if (READ_ONCE(lunatik_param_jit))
		WRITE_ONCE(jit_reason, jit_trycompile(hook, p, arguments));
}

/**
 * lunatik_jit_free() - free the native code of a hook
 * @hook: nobody is inside any more, nor will be
 *
 * Context: process
 */
void lunatik_jit_free(struct lunatik_hook *hook)
{
	struct lunatik_native *native = hook->prepared.native;

	if (!native)
		return;
	hook->prepared.native = NULL;
	bpf_prog_free(native->prog);
	lunatik_account_uncharge(native->account, native->size);
	kfree(native);
	atomic_dec(&jit_programs);
}

/**
 * lunatik_jit_count() - how many functions are native now
 *
 * Context: any
 */
unsigned int lunatik_jit_count(void)
{
	return atomic_read(&jit_programs);
}

/**
 * lunatik_jit_reason() - why functions are not native
 *
 * Context: any
 * Return: NULL if nothing speaks against it
 */
const char *lunatik_jit_reason(void)
{
	if (!READ_ONCE(lunatik_param_jit))
		return "it is switched off (parameter jit)";
	return jit_impossible() ?: READ_ONCE(jit_reason);
}
