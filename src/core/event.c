// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * event.c - the short way of an event: enter, call and leave in one function;
 * included by lua.c.
 *
 * The entry and the landing place of errors are the same from event to event, and
 * lie in the hook (struct lunatik_prepared). The function's arguments are written
 * into its frame, and its result is read as a value. Nothing else differs
 * from lunatik_enter(), lunatik_call() and lunatik_leave(): an unusual event goes
 * there before anything has happened (LUNATIK_EVENT_ENTER), or ends by
 * event_endslow().
 *
 * Between events, abort is 0: an entry that sets it ends by event_endslow() or
 * lunatik_leave(). Softirq and hardirq runtimes have an arena, which is never tight.
 */

#define EVENT_INTERRUPTS	(NMI_MASK | HARDIRQ_MASK)

/* For protected.S. */
void lunatik_vm_execute(lua_State *L, CallInfo *ci) __alias(luaV_execute);

/* ---- preparation -------------------------------------------------------------- */

static const unsigned int event_flags[] = {
	[LUNATIK_PROCESS] = LUNATIK_MAYSLEEP | LUNATIK_SYSCALL | LUNATIK_LATE,
	[LUNATIK_SOFTIRQ] = 0,
	[LUNATIK_HARDIRQ] = LUNATIK_TRY | LUNATIK_PROBE,
};

/* The kinds of entry that the functions below are written for. */
static bool event_isknown(const struct lunatik_hook *hook)
{
	struct lunatik_runtime *rt = hook->runtime;

	if (IS_ENABLED(CONFIG_PREEMPT_RT) || hook->type->flags != event_flags[rt->context])
		return false;
	return rt->context != LUNATIK_PROCESS || !rt->limits.budgetall;
}

static void event_prepareentry(struct lunatik_hook *hook)
{
	struct lunatik_entry *entry = &hook->prepared.entry;
	bool limited = !(hook->type->flags & LUNATIK_MAYSLEEP);

	entry->runtime = hook->runtime;
	entry->hook = hook;
	entry->L = hook->L;
	entry->event = hook->event;
	entry->flags = hook->type->flags;
	entry->base = lua_gettop(hook->L);
	entry->budget = limited ? hook->runtime->limits.budget : LONG_MAX;
	entry->given = entry->budget;
	entry->granted = min_t(long, entry->budget, LUNATIK_BUDGET_SLICE);
}

/*
 * Room for a call on the Lua stack, and a frame behind the thread's first: Lua may put
 * another one between the two, and free ours, but there is always one (event_frame()).
 */
static bool event_reserve(lua_State *L, int slots)
{
	if (L->ci != &L->base_ci || L->nCcalls || !lua_checkstack(L, slots))
		return false;
	return L->ci->next || luaE_extendCI(L, 0);
}

/**
 * lunatik_event_prepare() - let the events of a hook go the short way
 * @hook: of lunatik_inithook(), not armed yet; its thread has the function in slot 1
 * @arguments: how many an event passes
 *
 * They go the ordinary way if the function is not written in Lua, if it does not fit
 * the first slice, without memory, and where a spinlock may sleep.
 *
 * Context: process, may sleep; does not raise
 */
void lunatik_event_prepare(struct lunatik_hook *hook, int arguments)
{
	struct lunatik_prepared *prepared = &hook->prepared;
	const TValue *function = index2value(hook->L, 1);
	const Proto *p;

	if (!event_isknown(hook) || !ttisLclosure(function))
		return;
	event_prepareentry(hook);
	p = clLvalue(function)->p;
	prepared->slice = prepared->entry.granted - 1 - (p->sizecode >> 4);
	if (prepared->slice <= 0)
		return;
	prepared->function = clLvalue(function);
	prepared->code = p->code;
	prepared->slots = 1 + p->maxstacksize;
	prepared->missing = max(p->numparams - arguments, 0);
	prepared->ready = event_reserve(hook->L, prepared->slots + p->numparams + arguments);
	if (prepared->ready)
		jit_compile(hook, p, arguments);
}
EXPORT_SYMBOL(lunatik_event_prepare);

/**
 * lunatik_event_preparemethods() - the same for a hook that calls methods of a table, or several functions
 * @hook: of lunatik_inithook(), not armed yet; its thread has them, and their arguments
 *
 * Context: process, may sleep; does not raise
 */
void lunatik_event_preparemethods(struct lunatik_hook *hook)
{
	if (!event_isknown(hook))
		return;
	event_prepareentry(hook);
	hook->prepared.slice = hook->prepared.entry.granted;
	hook->prepared.ready = event_reserve(hook->L, LUA_MINSTACK);
}
EXPORT_SYMBOL(lunatik_event_preparemethods);

/* ---- begin ------------------------------------------------------------------------ */

/* As lock_softirq(): not if this task is inside. Bottom halves are off. */
static noinline bool event_contend(struct lunatik_runtime *rt)
{
	if (READ_ONCE(rt->lock.owner) == get_current())
		return false;
	lunatik_lock_softirq(&rt->lock.softirq);
	return true;
}

static __always_inline bool event_locksoftirq(struct lunatik_runtime *rt,
					      unsigned long *bh)
{
	unsigned int count = preempt_count();

	if (unlikely((count & EVENT_INTERRUPTS) || irqs_disabled()))
		return false;
	/* On one processor the lock is always free. */
	if (!IS_ENABLED(CONFIG_SMP) && rt->lock.owner == get_current())
		return false;
	*bh = !(count & SOFTIRQ_MASK);
	if (unlikely(*bh))
		local_bh_disable();
	if (unlikely(!lunatik_lock_trysoftirq(&rt->lock.softirq)) &&
	    !event_contend(rt)) {
		if (*bh)
			local_bh_enable();
		return false;
	}
	WRITE_ONCE(rt->lock.owner, get_current());
	return true;
}

static __always_inline bool event_lockhardirq(struct lunatik_runtime *rt,
					      unsigned long *flags)
{
	local_irq_save(*flags);
	if (likely(lunatik_lock_tryhardirq(&rt->lock.hardirq)))
		return true;
	local_irq_restore(*flags);
	return false;
}

/* @state: for event_unlock() to restore */
static __always_inline bool event_lock(struct lunatik_runtime *rt,
				       enum lunatik_context kind,
				       unsigned long *state)
{
	if (kind == LUNATIK_SOFTIRQ)
		return event_locksoftirq(rt, state);
	if (kind == LUNATIK_HARDIRQ)
		return event_lockhardirq(rt, state);
	*state = 0;
	return lunatik_lock_tryowner(&rt->lock);
}

static __always_inline void event_unlock(struct lunatik_runtime *rt,
					 enum lunatik_context kind,
					 unsigned long state)
{
	if (kind == LUNATIK_SOFTIRQ) {
		WRITE_ONCE(rt->lock.owner, NULL);
		lunatik_lock_endsoftirq(&rt->lock.softirq);
		if (unlikely(state))
			local_bh_enable();
	} else if (kind == LUNATIK_HARDIRQ) {
		lunatik_lock_endhardirq(&rt->lock.hardirq);
		local_irq_restore(state);
	} else if (lunatik_lock_freeowner(&rt->lock)) {
		wake_up(&rt->lock.process.waiters);
	}
}

/* As budget_eventleft(), if that leaves the hook its whole budget. */
static __always_inline bool event_count(struct lunatik_runtime *rt,
					struct lunatik_stats *stats, u64 event)
{
	if ((stats->seen & event) || jiffies - stats->left > 1) {
		stats->seen = event;
		stats->spent = 0;
		return true;
	}
	if (unlikely(stats->spent > rt->limits.event - rt->limits.budget))
		return false;
	stats->seen |= event;
	return true;
}

static noinline void event_sample(struct lunatik_entry *entry)
{
	entry->started = ktime_get_ns();
	entry->unusual = true;
}

static __always_inline bool event_admit(struct lunatik_hook *hook,
					enum lunatik_context kind,
					struct lunatik_stats *stats, u64 event)
{
	struct lunatik_runtime *rt = hook->runtime;

	return likely(READ_ONCE(hook->armed) && rt->state == LUNATIK_READY) &&
	       (kind == LUNATIK_PROCESS || event_count(rt, stats, event));
}

/*
 * The runtime is locked.
 *
 * @lowest: address of the stack in use
 */
static __always_inline void event_enter(struct lunatik_hook *hook,
					enum lunatik_context kind,
					struct lunatik_stats *stats,
					unsigned long lowest)
{
	struct lunatik_prepared *prepared = &hook->prepared;
	struct lunatik_runtime *rt = hook->runtime;
	struct lua_Entry *vm = rt->vm;

	vm->maysleep = kind == LUNATIK_PROCESS;
	vm->emergencies = 0;
	vm->stacklimit = lowest + LUNATIK_STACK_RESERVE;
	vm->slice = prepared->slice;
	rt->current_entry = &prepared->entry;
	if (unlikely(++stats->entries % LUNATIK_BUDGET_SAMPLE == 0) &&
	    kind != LUNATIK_HARDIRQ)
		event_sample(&prepared->entry);
}

/*
 * @kind: a constant
 * @event: as for lunatik_hook_enter()
 * @state: for event_end()
 *
 * Return: false, and nothing has happened, if the event is to go the ordinary way
 */
static __always_inline bool event_begin(struct lunatik_hook *hook,
					enum lunatik_context kind, u64 event,
					unsigned long *state)
{
	unsigned long sp = current_stack_pointer;
	unsigned long lowest = (unsigned long)task_stack_page(get_current());
	struct lunatik_runtime *rt = hook->runtime;
	struct lunatik_stats *stats;

	/* A hook that is not armed takes no lock from others. Pairs with the release that arms it. */
	if (unlikely(!hook->prepared.ready || !smp_load_acquire(&hook->armed)))
		return false;
	if (unlikely(sp - lowest >= THREAD_SIZE))
		lowest = lunatik_stack_lowest(sp);
	if (unlikely(sp - lowest < LUNATIK_STACK_ENTRY))
		return false;
	if (unlikely(!event_lock(rt, kind, state)))
		return false;
	stats = raw_cpu_ptr(rt->stats);
	if (unlikely(!event_admit(hook, kind, stats, event))) {
		event_unlock(rt, kind, *state);
		return false;
	}
	event_enter(hook, kind, stats, lowest);
	return true;
}

/* ---- end --------------------------------------------------------------------------- */

static noinline void event_endslow(struct lunatik_hook *hook, unsigned long state)
{
	struct lunatik_runtime *rt = hook->runtime;
	struct lunatik_entry *entry = &hook->prepared.entry;

	lunatik_entry_end(entry);
	entry->budget = entry->given;
	entry->granted = min_t(long, entry->given, LUNATIK_BUDGET_SLICE);
	entry->overspent = 0;
	entry->started = 0;
	entry->unusual = false;
	event_unlock(rt, rt->context, state);
}

static __always_inline void event_end(struct lunatik_hook *hook,
				      enum lunatik_context kind,
				      unsigned long state)
{
	struct lunatik_runtime *rt = hook->runtime;
	struct lunatik_entry *entry = &hook->prepared.entry;
	struct lunatik_stats *stats;
	int left = rt->vm->slice;

	if (kind == LUNATIK_PROCESS)
		lunatik_heap_refill(rt);
	if (unlikely(left <= 0 || entry->unusual)) {
		event_endslow(hook, state);
		return;
	}
	if (kind != LUNATIK_PROCESS) {
		stats = raw_cpu_ptr(rt->stats);
		stats->spent += entry->granted - left;
		stats->left = jiffies;
	}
	rt->current_entry = NULL;
	event_unlock(rt, kind, state);
}

/**
 * lunatik_event_leave() - leave the runtime after LUNATIK_EVENT_RESULTS or LUNATIK_EVENT_CALL
 * @hook: its prepared entry is the one inside
 *
 * Context: as the event
 */
void lunatik_event_leave(struct lunatik_hook *hook)
{
	struct lunatik_entry *entry = &hook->prepared.entry;

	if (entry->flags & LUNATIK_MAYSLEEP)
		lunatik_heap_refill(hook->runtime);
	event_endslow(hook, entry->irqflags);
}
EXPORT_SYMBOL(lunatik_event_leave);

/* ---- call --------------------------------------------------------------------------- */

static __always_inline CallInfo *event_frame(lua_State *L)
{
	return L->base_ci.next;
}

/* Where the function goes: above what the hook keeps at fixed slots. */
static __always_inline StkId event_function(lua_State *L, int slots)
{
	return L->base_ci.func.p + 1 + slots;
}

/* The same as the end of a lua_pcall() that has caught an error. */
static noinline void event_fail(struct lunatik_hook *hook)
{
	struct lunatik_entry *entry = &hook->prepared.entry;
	lua_State *L = hook->L;
	ptrdiff_t top = savestack(L, event_function(L, entry->base));
	int status = hook->prepared.jump.status;

	L->ci = &L->base_ci;
	L->allowhook = 1;
	L->errfunc = 0;
	status = luaD_closeprotected(L, top, status);
	luaD_seterrorobj(L, status, restorestack(L, top));
	luaD_shrinkstack(L);
	lunatik_entry_failed(entry, status);
	L->top.p = restorestack(L, top);
	entry->unusual = true;
}

/* Return: whether the function has returned, to where it has been; the results reach up to the top */
static __always_inline bool event_run(struct lunatik_hook *hook, lua_State *L,
				      CallInfo *ci)
{
	struct lunatik_prepared *prepared = &hook->prepared;
	bool failed;

	ci->callstatus = CIST_FRESH;
	L->ci = ci;
	L->nCcalls = nyci;
	L->errorJmp = (struct lua_longjmp *)&prepared->jump;
	failed = lunatik_protected(L, ci, prepared->jump.buffer);
	L->errorJmp = NULL;
	L->nCcalls = 0;
	if (likely(!failed))
		return true;
	event_fail(hook);
	return false;
}

/*
 * Call the function that the hook is prepared for.
 *
 * @func: where it goes; its arguments lie above
 * @top: behind them
 *
 * Return: as event_run(), with all results
 */
static __always_inline bool event_call(struct lunatik_hook *hook, lua_State *L,
				       StkId func, StkId top)
{
	struct lunatik_prepared *prepared = &hook->prepared;
	CallInfo *ci = event_frame(L);
	int i;

	val_(s2v(func)).gc = prepared->function;
	settt_(s2v(func), ctb(LUA_VLCL));
	for (i = prepared->missing; unlikely(i > 0); i--)
		setnilvalue(s2v(top++));
	L->top.p = top;
	ci->func.p = func;
	ci->top.p = func + prepared->slots;
	ci->u.l.savedpc = prepared->code;
	ci->nresults = LUA_MULTRET;
	return event_run(hook, L, ci);
}

/*
 * Native code has left for the interpreter at the instruction @at, which goes on from there.
 *
 * Return: as event_run()
 */
static noinline bool event_goon(struct lunatik_hook *hook, lua_State *L, StkId func,
				StkId top, unsigned int at)
{
	struct lunatik_prepared *prepared = &hook->prepared;
	CallInfo *ci = event_frame(L);

	WRITE_ONCE(prepared->exits, prepared->exits + 1);
	val_(s2v(func)).gc = prepared->function;
	settt_(s2v(func), ctb(LUA_VLCL));
	L->top.p = top;
	ci->func.p = func;
	ci->top.p = func + prepared->slots;
	ci->u.l.savedpc = (const Instruction *)prepared->code + at;
	ci->nresults = LUA_MULTRET;
	return event_run(hook, L, ci);
}

/*
 * The same as event_call(), by native code. It raises nothing, so that neither frame nor landing place are needed before
 * an exit. No parameter is missing.
 */
static __always_inline bool event_callnative(struct lunatik_hook *hook, lua_State *L,
					     StkId func, StkId top)
{
	struct lunatik_prepared *prepared = &hook->prepared;
	int at;

	G(L)->entry.stress = lunatik_param_jit_stress;
	at = prepared->run(func + 1, &G(L)->entry, prepared->function);
	if (unlikely(at >= 0))
		return event_goon(hook, L, func, top, at);
	L->top.p = func + (at == JIT_ONE);
	return true;
}

/* Call the function that the hook is prepared for, in either way. */
static __always_inline bool event_callfunction(struct lunatik_hook *hook, lua_State *L,
					       StkId func, StkId top)
{
	if (unlikely(hook->prepared.run))
		return event_callnative(hook, L, func, top);
	return event_call(hook, L, func, top);
}

/* A function that is written in Lua, and fits; or NULL. */
static __always_inline LClosure *event_fitting(struct lunatik_hook *hook, lua_State *L,
					       const TValue *f, StkId top)
{
	Proto *p;

	if (unlikely(!ttisLclosure(f)))
		return NULL;
	p = clLvalue(f)->p;
	if (unlikely(L->stack_last.p - top <= p->maxstacksize + p->numparams ||
		     hook->prepared.slice <= 1 + (p->sizecode >> 4)))
		return NULL;
	return clLvalue(f);
}

/* The method of the table in slot 2 whose name is in a slot, if it is written in Lua, and fits. */
static __always_inline LClosure *event_method(struct lunatik_hook *hook, lua_State *L,
					      int name, StkId top)
{
	StkId base = L->base_ci.func.p;

	if (unlikely(!ttistable(s2v(base + 2))))
		return NULL;
	return event_fitting(hook, L, luaH_getshortstr(hvalue(s2v(base + 2)),
						       tsvalue(s2v(base + name))), top);
}

/* As event_call(), for a method. */
static __always_inline bool event_callmethod(struct lunatik_hook *hook, lua_State *L,
					     LClosure *method, StkId func, StkId top,
					     int results)
{
	CallInfo *ci = event_frame(L);
	Proto *p = method->p;
	int i = p->numparams - (int)(top - func - 1);

	val_(s2v(func)).gc = obj2gco(method);
	settt_(s2v(func), ctb(LUA_VLCL));
	for (; unlikely(i > 0); i--)
		setnilvalue(s2v(top++));
	L->top.p = top;
	ci->func.p = func;
	ci->top.p = func + 1 + p->maxstacksize;
	ci->u.l.savedpc = p->code;
	ci->nresults = results;
	G(L)->entry.slice -= 1 + (p->sizecode >> 4);
	return event_run(hook, L, ci);
}

/* Return: LUNATIK_EVENT_NIL without a result, or for one that is nil, else LUNATIK_EVENT_RESULTS */
static noinline int event_results(struct lunatik_hook *hook, lua_State *L,
				  unsigned long state, int wanted)
{
	int base = hook->prepared.entry.base;
	int n = lua_gettop(L) - base;

	hook->prepared.entry.irqflags = state;
	if (!n || (n == 1 && ttisnil(s2v(L->top.p - 1)))) {
		lua_settop(L, base);
		return LUNATIK_EVENT_NIL;
	}
	lua_settop(L, base + wanted);
	return LUNATIK_EVENT_RESULTS;
}

/*
 * @most: an integer from 0 up to this is a result
 * @wanted: otherwise so many results are to be left on the stack
 */
static __always_inline int event_result(struct lunatik_hook *hook, lua_State *L,
					unsigned long state, int slots, int most,
					int wanted)
{
	StkId func = event_function(L, slots);

	if (unlikely(L->top.p != func + 1 || !ttisinteger(s2v(func)) ||
		     l_castS2U(ivalue(s2v(func))) > (lua_Unsigned)most))
		return event_results(hook, L, state, wanted);
	L->top.p = func;
	return ivalue(s2v(func));
}

/* ---- packets -------------------------------------------------------------------------- */

static __always_inline void event_clear(struct luadata *data)
{
	data->ptr = NULL;
	data->size = 0;
	data->readable = 0;
	data->writable = 0;
}

static __always_inline unsigned int
event_packet(struct lunatik_hook *hook, struct sk_buff *skb,
	     const struct nf_hook_state *state, lunatik_event_oddpacket_t odd)
{
	struct luadata *data = hook->prepared.data[0];
	int network, start, result = LUNATIK_EVENT_FAILED;
	lua_State *L = hook->L;
	unsigned long locked;
	StkId func;

	if (unlikely(!event_begin(hook, LUNATIK_SOFTIRQ, hook->event, &locked)))
		return odd(hook, skb, state, LUNATIK_EVENT_ENTER);
	network = lunatik_packet_network(skb);
	start = lunatik_packet_start(skb, network);
	data->skb = skb;
	data->start = start;
	data->ptr = skb->data + start;
	data->size = (int)skb->len - start;
	data->readable = data->size - skb->data_len;
	func = event_function(L, 2);
	setobjs2s(L, func + 1, func - 1);
	setivalue(s2v(func + 2), network - start);
	if (likely(event_callfunction(hook, L, func, func + 3)))
		result = event_result(hook, L, locked, 2, NF_ACCEPT, 2);
	if (unlikely(result == LUNATIK_EVENT_RESULTS))
		return odd(hook, skb, state, result);
	event_clear(data);
	data->skb = NULL;
	event_end(hook, LUNATIK_SOFTIRQ, locked);
	if (likely(result >= 0))
		return result;
	return odd(hook, skb, state, result);
}

/* Return: whether bottom halves are to be enabled again; meanwhile, the task stays on its CPU */
static bool event_pin(void)
{
	if ((preempt_count() & (EVENT_INTERRUPTS | SOFTIRQ_MASK)) || irqs_disabled())
		return false;
	local_bh_disable();
	return true;
}

static noinline unsigned int
event_packethere(struct lunatik_hook *hook, struct sk_buff *skb,
		 const struct nf_hook_state *state, lunatik_event_oddpacket_t odd)
{
	bool pinned = event_pin();
	unsigned int verdict;

	verdict = event_packet(lunatik_hook_here(hook), skb, state, odd);
	if (pinned)
		local_bh_enable();
	return verdict;
}

/**
 * lunatik_event_packet() - call the function of a hook with a packet and the offset of its network header
 * @hook: prepared; its thread has the function, and the handle of the packet's object
 * @skb: the packet
 * @state: for @odd
 * @odd: called last, for all results but ACCEPT and DROP: LUNATIK_EVENT_NIL and its kin; of two results with
 *	LUNATIK_EVENT_RESULTS
 *
 * Context: softirq, or process with preemption
 * Return: the verdict
 */
unsigned int lunatik_event_packet(struct lunatik_hook *hook, struct sk_buff *skb,
				  const struct nf_hook_state *state,
				  lunatik_event_oddpacket_t odd)
{
	if (unlikely(hook->members))
		return event_packethere(hook, skb, state, odd);
	return event_packet(hook, skb, state, odd);
}
EXPORT_SYMBOL(lunatik_event_packet);

/**
 * lunatik_event_xdp() - call the function of a hook with a packet of XDP and other memory
 * @hook: prepared; its thread has the function, and the handles of the objects of both
 * @xdp: the packet, in one piece
 * @argument: the memory
 * @size: its size
 *
 * Context: softirq
 * Return: a value of enum xdp_action, or LUNATIK_EVENT_NIL and its kin; of one result with LUNATIK_EVENT_RESULTS
 */
int lunatik_event_xdp(struct lunatik_hook *hook, struct xdp_buff *xdp,
		      void *argument, size_t size)
{
	struct luadata *packet = hook->prepared.data[0];
	struct luadata *data = hook->prepared.data[1];
	lua_State *L = hook->L;
	int result = LUNATIK_EVENT_FAILED;
	unsigned long state;
	StkId func;

	if (unlikely(!event_begin(hook, LUNATIK_SOFTIRQ, hook->event, &state)))
		return LUNATIK_EVENT_ENTER;
	packet->ptr = xdp->data;
	packet->size = xdp->data_end - xdp->data;
	packet->readable = packet->size;
	packet->writable = packet->size;
	data->ptr = argument;
	data->size = size;
	data->readable = size;
	data->writable = size;
	func = event_function(L, 3);
	setobjs2s(L, func + 1, func - 2);
	setobjs2s(L, func + 2, func - 1);
	if (likely(event_callfunction(hook, L, func, func + 3)))
		result = event_result(hook, L, state, 3, XDP_REDIRECT, 1);
	if (unlikely(result == LUNATIK_EVENT_RESULTS))
		return result;
	event_clear(packet);
	event_clear(data);
	event_end(hook, LUNATIK_SOFTIRQ, state);
	return result;
}
EXPORT_SYMBOL(lunatik_event_xdp);

/* ---- rules of x_tables --------------------------------------------------------- */

#define EVENT_RULESLOTS		(LUNATIK_EVENT_PARNAMES + LUNATIK_EVENT_FIELDS - 1)

static __always_inline TValue *event_parfield(lua_State *L, int field)
{
	StkId base = L->base_ci.func.p;

	return (TValue *)luaH_getshortstr(hvalue(s2v(base + LUNATIK_EVENT_PAR)),
					  tsvalue(s2v(base + LUNATIK_EVENT_PARNAMES + field)));
}

/* Return: whether the rule's table has all its fields, as it does unless the script has removed one */
static __always_inline bool event_fillpar(lua_State *L,
					  const struct lunatik_event_rule *rule)
{
	TValue *hotdrop = event_parfield(L, LUNATIK_EVENT_HOTDROP);
	TValue *thoff = event_parfield(L, LUNATIK_EVENT_THOFF);
	TValue *fragoff = event_parfield(L, LUNATIK_EVENT_FRAGOFF);
	TValue *hooknum = event_parfield(L, LUNATIK_EVENT_HOOKNUM);

	if (unlikely(isempty(hotdrop) || isempty(thoff) || isempty(fragoff) ||
		     isempty(hooknum)))
		return false;
	settt_(hotdrop, rule->hotdrop ? LUA_VTRUE : LUA_VFALSE);
	setivalue(thoff, rule->thoff);
	setivalue(fragoff, rule->fragoff);
	setivalue(hooknum, rule->hooknum);
	return true;
}

/* Write the arguments: packet, par, userargs. Return: false, and nothing has happened, for an unusual packet */
static __always_inline bool event_passrule(lua_State *L, StkId func,
					   const struct lunatik_event_rule *rule)
{
	StkId base = L->base_ci.func.p;
	const TValue *userargs = luaH_getint(hvalue(&G(L)->l_registry), rule->userargs);

	if (unlikely(!ttisstring(userargs) || !event_fillpar(L, rule)))
		return false;
	setobjs2s(L, func + 1, base + 2);
	setobjs2s(L, func + 2, base + LUNATIK_EVENT_PAR);
	setobj2s(L, func + 3, userargs);
	return true;
}

/* Return: whether the function of a match has returned something true */
static __always_inline int event_matches(lua_State *L, struct lunatik_event_rule *rule)
{
	StkId func = event_function(L, EVENT_RULESLOTS);
	int matches = L->top.p > func && !l_isfalse(s2v(func));

	rule->hotdrop = !l_isfalse(event_parfield(L, LUNATIK_EVENT_HOTDROP));
	L->top.p = func;
	return matches;
}

/* As event_result(), of a target: CONTINUE is the same as nil. */
static __always_inline int event_verdict(struct lunatik_hook *hook, lua_State *L,
					 unsigned long state)
{
	StkId func = event_function(L, EVENT_RULESLOTS);

	if (L->top.p == func + 1 && ttisinteger(s2v(func)) &&
	    ivalue(s2v(func)) == XT_CONTINUE) {
		L->top.p = func;
		return LUNATIK_EVENT_NIL;
	}
	return event_result(hook, L, state, EVENT_RULESLOTS, NF_ACCEPT, 1);
}

/**
 * lunatik_event_rule() - call the function of a hook with a packet, the table of its rule, and the rule's string
 * @hook: prepared; its thread has the function, the handle of the packet's object, the table, two more values,
 *	and the names of enum lunatik_event_field
 * @skb: the packet
 * @rule: its rule; the function of a match may change @hotdrop
 *
 * Context: softirq, or process with preemption
 * Return: of a match 0 or 1, of a target NF_DROP or NF_ACCEPT. Otherwise LUNATIK_EVENT_NIL and its kin, of one result
 *	with LUNATIK_EVENT_RESULTS
 */
int lunatik_event_rule(struct lunatik_hook *hook, struct sk_buff *skb,
		       struct lunatik_event_rule *rule)
{
	struct luadata *data = hook->prepared.data[0];
	int result = LUNATIK_EVENT_FAILED;
	lua_State *L = hook->L;
	unsigned long state;
	StkId func;

	if (unlikely(!event_begin(hook, LUNATIK_SOFTIRQ, rule->event, &state)))
		return LUNATIK_EVENT_ENTER;
	hook->prepared.entry.event = rule->event;
	func = event_function(L, EVENT_RULESLOTS);
	if (unlikely(!event_passrule(L, func, rule))) {
		hook->prepared.entry.irqflags = state;
		return LUNATIK_EVENT_CALL;
	}
	data->skb = skb;
	data->start = 0;
	data->ptr = skb->data;
	data->size = skb->len;
	data->readable = skb_headlen(skb);
	data->opt = rule->match ? LUADATA_OPT_READONLY : LUADATA_OPT_NONE;
	if (likely(event_callfunction(hook, L, func, func + 4)))
		result = rule->match ? event_matches(L, rule) : event_verdict(hook, L, state);
	if (unlikely(result == LUNATIK_EVENT_RESULTS))
		return result;
	event_clear(data);
	data->skb = NULL;
	event_end(hook, LUNATIK_SOFTIRQ, state);
	return result;
}
EXPORT_SYMBOL(lunatik_event_rule);

/* ---- methods ---------------------------------------------------------------------- */

/* How many of an event's arguments a function takes. */
static __always_inline int event_wanted(const Proto *p, int most)
{
	return unlikely(p->is_vararg) ? most : min_t(int, p->numparams, most);
}

#define EVENT_PROBEARGS	4

/**
 * lunatik_event_probe() - call a handler of a probe
 * @hook: prepared; its thread has the handlers in slot 2, and their arguments in slots 3 to 6: the target,
 *	the functions dump and argument, and the handle of the event
 * @event: as for lunatik_hook_enter()
 * @name: slot that has the handler's name
 * @place: set to @value while the runtime is entered, then to NULL, unless it stays entered
 * @value: registers of the probed function
 *
 * Context: as the type of hook declares
 * Return: 0, or LUNATIK_EVENT_FAILED and its kin
 */
int lunatik_event_probe(struct lunatik_hook *hook, u64 event, int name,
			void **place, void *value)
{
	lua_State *L = hook->L;
	unsigned long state;
	LClosure *handler;
	int i, n, result = 0;
	StkId func;

	if (unlikely(!event_begin(hook, LUNATIK_HARDIRQ, event, &state)))
		return LUNATIK_EVENT_ENTER;
	hook->prepared.entry.event = event;
	*place = value;
	func = L->top.p;
	handler = event_method(hook, L, name, func + 1 + EVENT_PROBEARGS);
	if (unlikely(!handler)) {
		hook->prepared.entry.irqflags = state;
		return LUNATIK_EVENT_CALL;
	}
	n = event_wanted(handler->p, EVENT_PROBEARGS);
	for (i = 1; i <= n; i++)
		setobjs2s(L, func + i, L->base_ci.func.p + 2 + i);
	if (unlikely(!event_callmethod(hook, L, handler, func, func + 1 + n, 0)))
		result = LUNATIK_EVENT_FAILED;
	*place = NULL;
	event_end(hook, LUNATIK_HARDIRQ, state);
	return result;
}
EXPORT_SYMBOL(lunatik_event_probe);

/* One result, which stays on the stack unless it is an integer or nil. */
static __always_inline int event_integer(struct lunatik_hook *hook, lua_State *L,
					 unsigned long state, lua_Integer *result)
{
	const TValue *value = s2v(L->top.p - 1);

	if (unlikely(!ttisinteger(value) && !ttisnil(value))) {
		hook->prepared.entry.irqflags = state;
		return LUNATIK_EVENT_RESULTS;
	}
	L->top.p--;
	if (!ttisinteger(value))
		return 0;
	*result = ivalue(value);
	return 1;
}

/**
 * lunatik_event_trace() - call a function with the handle of an event
 * @hook: prepared by lunatik_event_preparemethods(); its thread has the handle in slot 2
 * @slot: of the function
 * @place: set to @value while the runtime is entered, then to NULL, unless it stays entered
 * @value: of the event, for the methods of its handle
 * @argument: second argument of the function, or NULL
 * @result: set to an integer that the function returns; NULL if results are to be ignored
 *
 * Context: as the type of hook declares
 * Return: 0, 1 with an integer in @result, or LUNATIK_EVENT_FAILED and its kin; of one result with
 *	LUNATIK_EVENT_RESULTS
 */
int lunatik_event_trace(struct lunatik_hook *hook, int slot, void **place, void *value,
			const lua_Integer *argument, lua_Integer *result)
{
	lua_State *L = hook->L;
	unsigned long state;
	LClosure *function;
	StkId func, top;
	int code = 0;

	if (unlikely(!event_begin(hook, LUNATIK_HARDIRQ, hook->event, &state)))
		return LUNATIK_EVENT_ENTER;
	hook->prepared.entry.event = hook->event;
	*place = value;
	func = L->top.p;
	function = event_fitting(hook, L, s2v(L->base_ci.func.p + slot), func + 3);
	if (unlikely(!function)) {
		hook->prepared.entry.irqflags = state;
		return LUNATIK_EVENT_CALL;
	}
	setobjs2s(L, func + 1, L->base_ci.func.p + 2);
	top = func + 2;
	if (argument)
		setivalue(s2v(top++), *argument);
	if (unlikely(!event_callmethod(hook, L, function, func, top, result ? 1 : 0)))
		code = LUNATIK_EVENT_FAILED;
	else if (result)
		code = event_integer(hook, L, state, result);
	if (unlikely(code == LUNATIK_EVENT_RESULTS))
		return code;
	*place = NULL;
	event_end(hook, LUNATIK_HARDIRQ, state);
	return code;
}
EXPORT_SYMBOL(lunatik_event_trace);

/* Two results: a string or nil, and nil or an offset. Return: false if they are something else, or too long */
static __always_inline bool event_copy(StkId result, size_t length, loff_t *offset,
				       void *buffer, size_t *copied)
{
	const TValue *string = s2v(result), *next = s2v(result + 1);

	*copied = 0;
	if (likely(ttisstring(string)))
		*copied = min(tsslen(tsvalue(string)), length);
	else if (!ttisnil(string))
		return false;
	if (unlikely(*copied > LUNATIK_EVENT_BYTES))
		return false;
	if (likely(ttisnil(next)))
		*offset += *copied;
	else if (ttisinteger(next) && ivalue(next) >= 0)
		*offset = ivalue(next);
	else
		return false;
	if (likely(*copied))
		memcpy(buffer, getstr(tsvalue(string)), *copied);
	return true;
}

/**
 * lunatik_event_read() - call driver:read(length, offset) of a device
 * @hook: prepared; its thread has the driver in slot 2, and the method's name in slot 3
 * @length: for the method
 * @offset: the same; where to go on
 * @buffer: of LUNATIK_EVENT_BYTES bytes
 *
 * Context: process, may sleep
 * Return: the number of bytes in @buffer, or LUNATIK_EVENT_FAILED and its kin; of two results with
 *	LUNATIK_EVENT_RESULTS, which do not fit
 */
int lunatik_event_read(struct lunatik_hook *hook, size_t length, loff_t *offset,
		       void *buffer)
{
	lua_State *L = hook->L;
	unsigned long state;
	LClosure *method;
	size_t copied;
	StkId func;

	if (unlikely(!event_begin(hook, LUNATIK_PROCESS, hook->event, &state)))
		return LUNATIK_EVENT_ENTER;
	hook->prepared.entry.flags = hook->type->flags;
	func = L->top.p;
	method = event_method(hook, L, 3, func + 4);
	if (unlikely(!method))
		return LUNATIK_EVENT_CALL;
	setobjs2s(L, func + 1, L->base_ci.func.p + 2);
	setivalue(s2v(func + 2), length);
	setivalue(s2v(func + 3), *offset);
	if (unlikely(!event_callmethod(hook, L, method, func, func + 4, 2))) {
		event_end(hook, LUNATIK_PROCESS, state);
		return LUNATIK_EVENT_FAILED;
	}
	if (unlikely(!event_copy(L->top.p - 2, length, offset, buffer, &copied)))
		return LUNATIK_EVENT_RESULTS;
	L->top.p -= 2;
	event_end(hook, LUNATIK_PROCESS, state);
	return copied;
}
EXPORT_SYMBOL(lunatik_event_read);
