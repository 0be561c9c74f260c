// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * event.c - the short way of an event: enter, call and leave in one function;
 * included by lua.c.
 *
 * What is the same from event to event lies in the hook (struct lunatik_prepared):
 * the entry, the landing place of errors, the call. The function's arguments are
 * written into its frame, and its result is read as a value. Nothing else differs
 * from lunatik_enter(), lunatik_call() and lunatik_leave(): whatever is unusual goes
 * there before anything has happened (LUNATIK_EVENT_ENTER), or ends by
 * event_endslow().
 *
 * Between events, abort is 0: whatever sets it ends by event_endslow() or
 * lunatik_leave(). Softirq runtimes have an arena, which is never tight.
 */

#define EVENT_INTERRUPTS	(NMI_MASK | HARDIRQ_MASK)

/* For protected.S, and there. */
void lunatik_vm_execute(lua_State *L, CallInfo *ci) __attribute__((__alias__("luaV_execute")));
int lunatik_protected(lua_State *L, CallInfo *ci, jmp_buf env);

/* ---- preparation -------------------------------------------------------------- */

static void event_prepareentry(struct lunatik_hook *hook, long first)
{
	struct lunatik_entry *entry = &hook->prepared.entry;

	entry->runtime = hook->runtime;
	entry->hook = hook;
	entry->L = hook->L;
	entry->event = hook->event;
	entry->flags = hook->type->flags;
	entry->base = lua_gettop(hook->L);
	entry->budget = hook->runtime->limits.budget;
	entry->given = entry->budget;
	entry->granted = first;
}

/* Room for the call on the Lua stack, and its frame, which both stay as long as the thread. */
static CallInfo *event_reserve(lua_State *L, const Proto *p, int arguments)
{
	int slots = 1 + arguments + p->numparams + p->maxstacksize;

	if (L->ci != &L->base_ci || L->nCcalls || !lua_checkstack(L, slots))
		return NULL;
	return L->ci->next ? L->ci->next : luaE_extendCI(L, 0);
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
	long first = min_t(long, hook->runtime->limits.budget,
			   LUNATIK_BUDGET_SLICE);
	const Proto *p;

	if (IS_ENABLED(CONFIG_PREEMPT_RT) || hook->type->flags ||
	    hook->runtime->context != LUNATIK_SOFTIRQ || !ttisLclosure(function))
		return;
	p = clLvalue(function)->p;
	prepared->slice = first - 1 - (p->sizecode >> 4);
	if (prepared->slice <= 0)
		return;
	event_prepareentry(hook, first);
	prepared->function = clLvalue(function);
	prepared->code = p->code;
	prepared->slots = 1 + p->maxstacksize;
	prepared->missing = max(p->numparams - arguments, 0);
	prepared->frame = event_reserve(hook->L, p, arguments);
}
EXPORT_SYMBOL(lunatik_event_prepare);

/* ---- begin ------------------------------------------------------------------------ */

/* As lock_softirq(): not if this task is inside. Bottom halves are off. */
static noinline bool event_contend(struct lunatik_runtime *rt)
{
	if (READ_ONCE(rt->lock.owner) == get_current())
		return false;
	lunatik_lock_softirq(&rt->lock.softirq);
	return true;
}

static __always_inline void event_unlock(struct lunatik_runtime *rt, bool bh)
{
	WRITE_ONCE(rt->lock.owner, NULL);
	lunatik_lock_endsoftirq(&rt->lock.softirq);
	if (unlikely(bh))
		local_bh_enable();
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
					struct lunatik_stats *stats)
{
	struct lunatik_runtime *rt = hook->runtime;

	return likely(smp_load_acquire(&hook->armed) &&
		      rt->state == LUNATIK_READY) &&
	       event_count(rt, stats, hook->event);
}

/* Return: false, and nothing has happened, if the event is to go the ordinary way */
static __always_inline bool event_begin(struct lunatik_hook *hook, bool *bh)
{
	unsigned long sp = current_stack_pointer;
	struct lunatik_prepared *prepared = &hook->prepared;
	struct lunatik_runtime *rt = hook->runtime;
	struct task_struct *task = get_current();
	unsigned long lowest = (unsigned long)task_stack_page(task);
	unsigned int count = preempt_count();
	struct lunatik_stats *stats;
	struct lua_Entry *vm;

	if (unlikely(!prepared->frame || (count & EVENT_INTERRUPTS) ||
		     irqs_disabled()))
		return false;
	if (unlikely(sp - lowest >= THREAD_SIZE))
		lowest = lunatik_stack_lowest(sp);
	if (unlikely(sp - lowest < LUNATIK_STACK_ENTRY))
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
	WRITE_ONCE(rt->lock.owner, task);
	stats = raw_cpu_ptr(rt->stats);
	if (unlikely(!event_admit(hook, stats))) {
		event_unlock(rt, *bh);
		return false;
	}
	vm = rt->vm;
	vm->maysleep = 0;
	vm->emergencies = 0;
	vm->stacklimit = lowest + LUNATIK_STACK_RESERVE;
	vm->slice = prepared->slice;
	rt->current_entry = &prepared->entry;
	if (unlikely(++stats->entries % LUNATIK_BUDGET_SAMPLE == 0))
		event_sample(&prepared->entry);
	return true;
}

/* ---- end --------------------------------------------------------------------------- */

static noinline void event_endslow(struct lunatik_hook *hook, bool bh)
{
	struct lunatik_runtime *rt = hook->runtime;
	struct lunatik_entry *entry = &hook->prepared.entry;
	long first = min_t(long, entry->given, LUNATIK_BUDGET_SLICE);

	lunatik_entry_end(entry);
	entry->budget = entry->given;
	entry->granted = first;
	entry->overspent = 0;
	entry->started = 0;
	entry->unusual = false;
	rt->error.outofmemory = false;
	event_unlock(rt, bh);
}

static __always_inline void event_end(struct lunatik_hook *hook, bool bh)
{
	struct lunatik_runtime *rt = hook->runtime;
	struct lunatik_entry *entry = &hook->prepared.entry;
	struct lunatik_stats *stats;
	int left = rt->vm->slice;

	if (unlikely(left <= 0 || entry->unusual)) {
		event_endslow(hook, bh);
		return;
	}
	stats = raw_cpu_ptr(rt->stats);
	stats->spent += entry->granted - left;
	stats->left = jiffies;
	rt->current_entry = NULL;
	event_unlock(rt, bh);
}

/**
 * lunatik_event_leave() - leave the runtime after LUNATIK_EVENT_RESULTS
 * @hook: its prepared entry is the one that has the results
 *
 * Context: as the event
 */
void lunatik_event_leave(struct lunatik_hook *hook)
{
	event_endslow(hook, hook->prepared.entry.irqflags);
}
EXPORT_SYMBOL(lunatik_event_leave);

/* ---- call --------------------------------------------------------------------------- */

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

/*
 * @func: where the function goes; its arguments lie above
 * @top: behind them
 *
 * Return: whether it has returned; its results lie where the function has been, up to the top
 */
static __always_inline bool event_call(struct lunatik_hook *hook, lua_State *L,
				       StkId func, StkId top)
{
	struct lunatik_prepared *prepared = &hook->prepared;
	CallInfo *ci = prepared->frame;
	bool failed;
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

/* Return: LUNATIK_EVENT_NIL if there is no result, or one that is nil, else LUNATIK_EVENT_RESULTS */
static noinline int event_results(struct lunatik_hook *hook, lua_State *L, bool bh,
				  int wanted)
{
	int base = hook->prepared.entry.base;
	int n = lua_gettop(L) - base;

	hook->prepared.entry.irqflags = bh;
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
					bool bh, int slots, int most, int wanted)
{
	StkId func = event_function(L, slots);

	if (unlikely(L->top.p != func + 1 || !ttisinteger(s2v(func)) ||
		     l_castS2U(ivalue(s2v(func))) > (lua_Unsigned)most))
		return event_results(hook, L, bh, wanted);
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

/**
 * lunatik_event_packet() - call the function of a hook with a packet and an integer
 * @hook: prepared; its thread has the function, and the handle of the packet's object
 * @skb: the packet
 * @start: as for luadata_setskb()
 * @argument: the integer
 *
 * Context: softirq, or process with preemption
 * Return: 0 or 1 as the function did, or LUNATIK_EVENT_NIL and its kin; of two results with LUNATIK_EVENT_RESULTS
 */
int lunatik_event_packet(struct lunatik_hook *hook, struct sk_buff *skb, int start,
			 lua_Integer argument)
{
	struct luadata *data = hook->prepared.data[0];
	lua_State *L = hook->L;
	int result = LUNATIK_EVENT_FAILED;
	StkId func;
	bool bh;

	if (unlikely(!event_begin(hook, &bh)))
		return LUNATIK_EVENT_ENTER;
	data->skb = skb;
	data->start = start;
	data->ptr = skb->data + start;
	data->size = (int)skb->len - start;
	data->readable = data->size - skb->data_len;
	func = event_function(L, 2);
	setobjs2s(L, func + 1, func - 1);
	setivalue(s2v(func + 2), argument);
	if (likely(event_call(hook, L, func, func + 3)))
		result = event_result(hook, L, bh, 2, NF_ACCEPT, 2);
	if (unlikely(result == LUNATIK_EVENT_RESULTS))
		return result;
	event_clear(data);
	data->skb = NULL;
	event_end(hook, bh);
	return result;
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
	StkId func;
	bool bh;

	if (unlikely(!event_begin(hook, &bh)))
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
	if (likely(event_call(hook, L, func, func + 3)))
		result = event_result(hook, L, bh, 3, XDP_REDIRECT, 1);
	if (unlikely(result == LUNATIK_EVENT_RESULTS))
		return result;
	event_clear(packet);
	event_clear(data);
	event_end(hook, bh);
	return result;
}
EXPORT_SYMBOL(lunatik_event_xdp);
