// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * kgc.c - bounds on the work of the collector
 */

/* The slice ran out inside the collector. */
__attribute__((__noinline__, __cold__))
void gcslice(global_State *g)
{
	g->entry.gcsliced = 1;
	lunatik_gcslice(g->mainthread);
}

/* The collector is left: the next charge asks the host if a slice ran out inside. */
void endslices(global_State *g)
{
	if (g->entry.gcsliced && g->entry.slice > 0)
		g->entry.slice = 0;
	g->entry.gcsliced = 0;
}

/* Traverse one gray object, and charge for it. */
lu_mem propagatemark(global_State *g)
{
	lu_mem work = traversegray(g);

	luaC_charge(g, work);
	return work;
}

/*
 * Mark all values that still wait for their keys, as if the tables were strong in values.
 * Convergence takes as many passes as the longest chain has links.
 * A later cycle collects such a value, or none if the value refers to its key.
 */
void markephemerons(global_State *g)
{
	GCObject *w;
	Table *h;
	Node *n;

	while ((w = g->ephemeron) != NULL) {	/* each table comes here once */
		h = gco2t(w);
		g->ephemeron = h->gclist;
		nw2black(h);			/* out of the list */
		for (n = gnode(h, 0); n < gnodelast(h); n++)
			markvalue(g, gval(n));
		linkgclist(h, g->allweak);	/* white keys have to be cleared */
		luaC_charge(g, sizenode(h));
		propagateall(g);		/* may add tables to the list */
	}
}

/*
 * Step of an entry that may not sleep: a fixed amount of work, whatever the parameters are, for as many bytes
 * allocated. The generational mode has no small steps; there, collection waits for another entry.
 */
void boundedstep(lua_State *L, global_State *g)
{
	l_mem work = 1;

	if (isdecGCmodegen(g)) {
		luaE_setdebt(g, -GCBOUNDEDWORK);
		return;
	}
	do {
		work += singlestep(L);
	} while (work < GCBOUNDEDWORK && g->gcstate != GCSpause);
	if (g->gcstate == GCSpause)
		setpause(g);			/* until the next cycle */
	else
		luaE_setdebt(g, -work);
}

/* collectgarbage("collect"): a full cycle where the entry may sleep. */
void luaC_collect(lua_State *L)
{
	if (!G(L)->entry.maysleep) {
		luaC_step(L);
		return;
	}
	luaC_fullgc(L, 0);
	lunatik_trim(L);
}
