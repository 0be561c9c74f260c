// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * translate.c - from the instructions of a Lua function to native code; included by jit.c
 *
 * Native code implements the common case of an instruction, and leaves everything else to the interpreter, by an exit
 * before it has changed anything. Values are in the slots of the frame, where the interpreter has them. Which slots hold
 * integers is found out for the whole function first: there, no tag is read or written again.
 */

#define T0	(j->t[0])
#define T1	(j->t[1])
#define T2	(j->t[2])
#define jit_bit(slot)	((slot) < JIT_KNOWN ? (lua_Unsigned)1 << (slot) : 0)

/* ---- kinds of instructions ------------------------------------------------------------ */

static int jit_isarith(OpCode o)
{
	return (o >= OP_ADDI && o <= OP_SHR) && o != OP_POWK && o != OP_POW;
}

static int jit_isconstarith(OpCode o)
{
	return o >= OP_ADDK && o <= OP_BXORK;
}

static int jit_istest(OpCode o)
{
	return o >= OP_EQ && o <= OP_TESTSET;
}

static int jit_isget(OpCode o)
{
	return o == OP_GETTABUP || o == OP_GETTABLE || o == OP_GETI || o == OP_GETFIELD;
}

static int jit_isset(OpCode o)
{
	return o == OP_SETTABUP || o == OP_SETTABLE || o == OP_SETI || o == OP_SETFIELD;
}

static int jit_divides(OpCode o)
{
	return o == OP_MOD || o == OP_IDIV || o == OP_DIV || o == OP_MODK || o == OP_IDIVK || o == OP_DIVK;
}

/* Where the instruction goes, or -1. */
static int jit_jumpsto(const Proto *p, int pc)
{
	Instruction i = p->code[pc];

	switch (GET_OPCODE(i)) {
	case OP_JMP: return pc + 1 + GETARG_sJ(i);
	case OP_FORLOOP: case OP_TFORLOOP: return pc + 1 - GETARG_Bx(i);
	case OP_FORPREP: return pc + 2 + GETARG_Bx(i);
	case OP_TFORPREP: return pc + 1 + GETARG_Bx(i);
	default: return -1;
	}
}

/* A constant operand of arithmetic that native code has an answer for. */
static int jit_constant(const Proto *p, Instruction i, lua_Integer *value)
{
	const TValue *k = &p->k[GETARG_C(i)];

	if (!ttisinteger(k))
		return 0;
	*value = ivalue(k);
	return !jit_divides(GET_OPCODE(i)) || (*value > 0 && *value == (int)*value);
}

/* ---- facts along straight code -------------------------------------------------------- */

static void jit_forgetfrom(struct jit *j, int slot)
{
	for (; slot < (int)ARRAY_SIZE(j->slot); slot++)
		j->slot[slot].kind = JIT_ANY;
}

/* The leaf of a method, if one of the classes has it. */
static int jit_findmethod(const struct jit *j, const TValue *key, struct jit_fact *fact)
{
	const TValue *method;
	int i;

	if (!ttisshrstring(key))
		return 0;
	for (i = 2; i < j->entry->nclasses; i++) {
		method = luaH_getshortstr((Table *)j->entry->classes[i].methods, tsvalue(key));
		if (!ttisCclosure(method) || clCvalue(method)->f != luaE_callleaf)
			continue;
		fact->kind = JIT_METHOD;
		fact->class = i;
		fact->closure = clCvalue(method);
		fact->leaf = pvalue(&clCvalue(method)->upvalue[0]);
		return 1;
	}
	return 0;
}

static int jit_selffact(const struct jit *j, Instruction i, struct jit_fact *fact)
{
	return TESTARG_k(i) && jit_findmethod(j, &j->p->k[GETARG_C(i)], fact);
}

static int jit_iscallof(Instruction i, enum lua_LeafShape shape)
{
	if (shape == LUA_LEAFGET)
		return GETARG_B(i) == 3 && GETARG_C(i) == 2;
	return shape == LUA_LEAFSET && GETARG_B(i) == 4 && GETARG_C(i) == 1;
}

/* A method that is called at once, with native arguments. */
static void jit_callfact(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];
	int a = GETARG_A(i);

	if (j->slot[a].kind == JIT_METHOD && jit_iscallof(i, j->slot[a].leaf->shape)) {
		j->facts[pc] = j->slot[a];
		j->facts[pc].value = j->slot[a + 2].kind == JIT_INTEGER ? j->slot[a + 2].value : -1;
	}
	jit_forgetfrom(j, a);
}

static void jit_learn(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];
	OpCode o = GET_OPCODE(i);
	int a = GETARG_A(i);

	switch (o) {
	case OP_LOADI:
		j->slot[a] = (struct jit_fact){ .kind = JIT_INTEGER, .value = GETARG_sBx(i) };
		break;
	case OP_SELF:
		j->slot[a + 1].kind = JIT_ANY;
		if (!jit_selffact(j, i, &j->slot[a]))
			j->slot[a].kind = JIT_ANY;
		break;
	case OP_CALL:
		jit_callfact(j, pc);
		break;
	case OP_FORPREP:
		j->facts[pc] = j->slot[a + 2];
		jit_forgetfrom(j, 0);
		break;
	case OP_MOVE: case OP_LOADK: case OP_GETUPVAL: case OP_UNM: case OP_BNOT: case OP_NOT:
	case OP_LOADTRUE: case OP_LOADFALSE:
		j->slot[a].kind = JIT_ANY;
		break;
	default:
		if (jit_isarith(o) || jit_isget(o))
			j->slot[a].kind = JIT_ANY;
		else if (o != OP_MMBIN && o != OP_MMBINI && o != OP_MMBINK)
			jit_forgetfrom(j, 0);
	}
}

static void jit_findfacts(struct jit *j)
{
	const Proto *p = j->p;
	int pc, to;

	for (pc = 0; pc < p->sizecode; pc++) {
		to = jit_jumpsto(p, pc);
		if (to >= 0 && to < p->sizecode)
			j->flags[to] |= JIT_TARGET;
		if ((jit_istest(GET_OPCODE(p->code[pc])) || GET_OPCODE(p->code[pc]) == OP_LFALSESKIP) &&
		    pc + 2 < p->sizecode)
			j->flags[pc + 2] |= JIT_TARGET;
	}
	for (pc = 0; pc < p->sizecode; pc++) {
		if (j->flags[pc] & JIT_TARGET)
			jit_forgetfrom(j, 0);
		jit_learn(j, pc);
	}
}

/* ---- integers in the whole function ---------------------------------------------------- */

struct jit_edge {
	int to;
	lua_Unsigned known;
	lua_Unsigned handles;
};

static int jit_flowarith(const struct jit *j, int pc, struct jit_edge *edge)
{
	Instruction i = j->p->code[pc];
	OpCode o = GET_OPCODE(i);
	lua_Integer value;

	if (jit_isconstarith(o) && !jit_constant(j->p, i, &value))
		return 0;
	edge->to = pc + 2;
	edge->known |= jit_bit(GETARG_A(i)) | jit_bit(GETARG_B(i));
	if (o >= OP_ADD)
		edge->known |= jit_bit(GETARG_C(i));
	return 1;
}

static int jit_flowtest(const struct jit *j, int pc, struct jit_edge *edge)
{
	const Proto *p = j->p;
	Instruction i = p->code[pc];
	OpCode o = GET_OPCODE(i);
	lua_Unsigned a = jit_bit(GETARG_A(i)), b = jit_bit(GETARG_B(i));
	const TValue *k = o == OP_EQK ? &p->k[GETARG_B(i)] : NULL;

	if (k && !ttisinteger(k) && !ttisshrstring(k) && !ttisnil(k) && !ttisboolean(k))
		return 0;
	if (o == OP_LT || o == OP_LE)
		edge->known |= a | b;
	else if ((o >= OP_EQI && o <= OP_GEI) || (k && ttisinteger(k)))
		edge->known |= a;
	edge[1] = edge[0];
	edge[0].to = pc + 2;
	edge[1].to = pc + 2 + GETARG_sJ(p->code[pc + 1]);
	if (o == OP_TESTSET)
		edge[1].known = (edge[1].known & ~a) | (edge[1].known & b ? a : 0);
	if ((o == OP_TEST || o == OP_TESTSET) && edge[1].to <= pc)
		return 0;
	return 2;
}

static int jit_flowloop(const struct jit *j, int pc, struct jit_edge *edge)
{
	Instruction i = j->p->code[pc];
	int a = GETARG_A(i), prep = GET_OPCODE(i) == OP_FORPREP;
	int enter = prep ? pc + 1 : jit_jumpsto(j->p, pc);
	const struct jit_fact *step = &j->facts[prep ? pc : enter - 1];

	if (step->kind != JIT_INTEGER || !step->value)
		return 0;
	edge->known |= jit_bit(a) | jit_bit(a + 1) | jit_bit(a + 2);
	edge[1] = edge[0];
	edge[0].to = enter;
	edge[0].known |= jit_bit(a + 3);
	edge[1].to = prep ? jit_jumpsto(j->p, pc) : pc + 1;
	return 2;
}

/*
 * Where an instruction goes in native code, and which slots hold integers there.
 *
 * @edge: the first has what is known before
 *
 * Return: how many edges; 0: it always exits, or returns
 */
static int jit_flow(const struct jit *j, int pc, struct jit_edge *edge)
{
	Instruction i = j->p->code[pc];
	OpCode o = GET_OPCODE(i);
	int a = GETARG_A(i), n;
	struct jit_fact fact;

	if (jit_isarith(o))
		return jit_flowarith(j, pc, edge);
	if (jit_istest(o))
		return jit_flowtest(j, pc, edge);
	if (o == OP_FORPREP || o == OP_FORLOOP)
		return jit_flowloop(j, pc, edge);
	edge->to = pc + 1;
	if (jit_isset(o))
		return 1;
	switch (o) {
	case OP_SETUPVAL:
		return 1;
	case OP_JMP:
		edge->to = jit_jumpsto(j->p, pc);
		return 1;
	case OP_LFALSESKIP:
		edge->to = pc + 2;
		break;
	case OP_LOADI:
		edge->known |= jit_bit(a);
		return 1;
	case OP_UNM: case OP_BNOT:
		edge->known |= jit_bit(a) | jit_bit(GETARG_B(i));
		return 1;
	case OP_MOVE:
		n = !!(edge->known & jit_bit(GETARG_B(i)));
		edge->known &= ~jit_bit(a);
		edge->known |= n ? jit_bit(a) : 0;
		return 1;
	case OP_LOADK:
		if (ttisinteger(&j->p->k[GETARG_Bx(i)])) {
			edge->known |= jit_bit(a);
			return 1;
		}
		break;
	case OP_LOADNIL:
		for (n = 1; n <= GETARG_B(i); n++)
			edge->known &= ~jit_bit(a + n);
		break;
	case OP_SELF:
		if (!jit_selffact(j, i, &fact))
			return 0;
		edge->known &= ~jit_bit(a + 1);
		break;
	case OP_CALL:
		if (j->facts[pc].kind != JIT_METHOD)
			return 0;
		edge->known |= jit_bit(a + 2);
		if (j->facts[pc].leaf->shape == LUA_LEAFSET) {
			edge->known |= jit_bit(a + 3);
			return 1;
		}
		edge->known |= jit_bit(a);
		return 1;
	case OP_LOADTRUE: case OP_LOADFALSE: case OP_NOT: case OP_GETUPVAL:
		break;
	default:
		if (!jit_isget(o))
			return 0;
	}
	edge->known &= ~jit_bit(a);
	return 1;
}

/* Slots from the first one on that an instruction may write. */
static lua_Unsigned jit_written(Instruction i)
{
	OpCode o = GET_OPCODE(i);
	int a = GETARG_A(i);

	if (jit_isset(o) || (jit_istest(o) && o != OP_TESTSET) || o == OP_JMP || o == OP_SETUPVAL)
		return 0;
	return a < JIT_KNOWN ? ~(lua_Unsigned)0 << a : 0;
}

/* Handles whose class is guarded stay such until their slot is written. */
static lua_Unsigned jit_flowhandles(const struct jit *j, Instruction i, lua_Unsigned handles)
{
	struct jit_fact fact;

	if (GET_OPCODE(i) == OP_SELF && jit_selffact(j, i, &fact) && fact.class == j->class)
		return ((handles | jit_bit(GETARG_B(i))) & ~jit_written(i)) | jit_bit(GETARG_A(i) + 1);
	return handles & ~jit_written(i);
}

/* Return: whether something has changed */
static int jit_meet(struct jit *j, const struct jit_edge *edge)
{
	lua_Unsigned *in, *held;

	if (edge->to < 0 || edge->to >= j->p->sizecode) {
		j->bad = 1;
		return 0;
	}
	in = &j->in[edge->to];
	held = &j->held[edge->to];
	if (!(j->flags[edge->to] & JIT_REACHED)) {
		j->flags[edge->to] |= JIT_REACHED;
		*in = edge->known;
		*held = edge->handles;
		return 1;
	}
	if (!(*in & ~edge->known) && !(*held & ~edge->handles))
		return 0;
	*in &= edge->known;
	*held &= edge->handles;
	return 1;
}

static int jit_flowround(struct jit *j)
{
	struct jit_edge edges[2];
	int pc, n, changed = 0;

	for (pc = 0; pc < j->p->sizecode && !j->bad; pc++) {
		if (!(j->flags[pc] & JIT_REACHED))
			continue;
		edges[0].known = j->in[pc];
		for (n = jit_flow(j, pc, edges); n > 0; n--) {
			edges[n - 1].handles = jit_flowhandles(j, j->p->code[pc], j->held[pc]);
			changed |= jit_meet(j, &edges[n - 1]);
		}
	}
	return changed;
}

/* The class of the first method. */
static int jit_findclass(const struct jit *j)
{
	struct jit_fact fact;
	int pc;

	for (pc = 0; pc < j->p->sizecode; pc++) {
		if (GET_OPCODE(j->p->code[pc]) == OP_SELF && jit_selffact(j, j->p->code[pc], &fact))
			return fact.class;
	}
	return 0;
}

static void jit_findtypes(struct jit *j)
{
	int round;

	j->class = jit_findclass(j);
	j->flags[0] |= JIT_REACHED;
	j->in[0] = 0;
	j->held[0] = 0;
	for (round = 0; jit_flowround(j) && !j->bad; round++) {
		j->bad = round == JIT_ROUNDS;
		jit_breathe();
	}
}

/* ---- parts of instructions -------------------------------------------------------------- */

static void jit_exit(struct jit *j, int pc)
{
	jit_goto(j, JIT_EXIT(j, pc));
	j->dead = 1;
}

static void jit_forget(struct jit *j, int slot)
{
	j->known &= ~jit_bit(slot);
}

/* The slot has got, or gets, an integer. */
static void jit_isinteger(struct jit *j, int slot)
{
	if (!(j->known & jit_bit(slot)))
		jit_settag(j, slot, LUA_VNUMINT);
	j->known |= jit_bit(slot);
}

static void jit_storeinteger(struct jit *j, int slot, int reg)
{
	jit_storevalue(j, slot, reg);
	jit_isinteger(j, slot);
}

static void jit_guardinteger(struct jit *j, int slot, int pc)
{
	if (j->known & jit_bit(slot))
		return;
	jit_loadtag(j, T0, slot);
	jit_if(j, BPF_JNE, T0, LUA_VNUMINT, JIT_EXIT(j, pc));
	j->known |= jit_bit(slot);
}

/* As the interpreter charges: if the slice is used up, it repeats the instruction, and asks the host. */
static void jit_charge(struct jit *j, int pc, int units)
{
	jit_if32(j, BPF_JSLE, j->slice, units, JIT_EXIT(j, pc));
	jit_put(j, BPF_ALU | BPF_SUB | BPF_K, j->slice, 0, 0, units);
}

static void jit_copyslot(struct jit *j, int to, int from)
{
	jit_loadvalue(j, T0, from);
	jit_loadtag(j, T1, from);
	jit_storevalue(j, to, T0);
	jit_storetag(j, to, T1);
}

static void jit_moveslot(struct jit *j, int to, int from)
{
	if (j->known & jit_bit(from)) {
		jit_loadvalue(j, T0, from);
		jit_storeinteger(j, to, T0);
		return;
	}
	jit_copyslot(j, to, from);
	jit_forget(j, to);
}

static void jit_copycell(struct jit *j, int to, int cell, int value, int tag)
{
	jit_cellvalue(j, value, cell);
	jit_celltag(j, tag, cell);
	jit_storevalue(j, to, value);
	jit_storetag(j, to, tag);
}

/* ---- arithmetic -------------------------------------------------------------------------- */

static int jit_operation(OpCode o)
{
	switch (o) {
	case OP_ADDI: case OP_ADDK: case OP_ADD: return BPF_ADD;
	case OP_SUBK: case OP_SUB: return BPF_SUB;
	case OP_MULK: case OP_MUL: return BPF_MUL;
	case OP_BANDK: case OP_BAND: return BPF_AND;
	case OP_BORK: case OP_BOR: return BPF_OR;
	case OP_BXORK: case OP_BXOR: return BPF_XOR;
	case OP_SHLI: case OP_SHL: return BPF_LSH;
	case OP_MODK: case OP_MOD: return BPF_MOD;
	case OP_IDIVK: case OP_IDIV: case OP_DIVK: case OP_DIV: return BPF_DIV;
	default: return BPF_RSH;
	}
}

static void jit_shiftby(struct jit *j, int slot, int right)
{
	if (right <= -64 || right >= 64) {
		jit_integer(j, T0, 0);
		return;
	}
	jit_loadvalue(j, T0, slot);
	if (right > 0)
		jit_alu(j, BPF_RSH, T0, right);
	else if (right < 0)
		jit_alu(j, BPF_LSH, T0, -right);
}

/* A shift of a constant: other numbers of bits than 0 to 63 are left to the interpreter. */
static void jit_shiftconstant(struct jit *j, int pc, int slot, int value)
{
	jit_loadvalue(j, T1, slot);
	jit_if(j, BPF_JGT, T1, 63, JIT_EXIT(j, pc));
	jit_integer(j, T0, value);
	jit_alureg(j, BPF_LSH, T0, T1);
}

static void jit_divideby(struct jit *j, int pc, int op, int value)
{
	int bits = 0;

	/* Lua rounds down, the machine towards 0. */
	jit_if(j, BPF_JSLT, T0, 0, JIT_EXIT(j, pc));
	if (value & (value - 1)) {
		jit_alu(j, op, T0, value);
		return;
	}
	while (value >> bits > 1)
		bits++;
	if (op == BPF_MOD)
		jit_alu(j, BPF_AND, T0, value - 1);
	else if (bits)
		jit_alu(j, BPF_RSH, T0, bits);
}

static void jit_arithconstant(struct jit *j, int pc, int op, int slot, lua_Integer value)
{
	jit_loadvalue(j, T0, slot);
	if (op == BPF_DIV || op == BPF_MOD) {
		jit_divideby(j, pc, op, value);
	} else if (value == (int)value) {
		jit_alu(j, op, T0, value);
	} else {
		jit_integer(j, T1, value);
		jit_alureg(j, op, T0, T1);
	}
}

static void jit_arithslots(struct jit *j, int pc, int op, int b, int c)
{
	jit_loadvalue(j, T1, c);
	jit_loadvalue(j, T0, b);
	if (op == BPF_DIV || op == BPF_MOD) {
		jit_if(j, BPF_JSLE, T1, 0, JIT_EXIT(j, pc));
		jit_if(j, BPF_JSLT, T0, 0, JIT_EXIT(j, pc));
	}
	if (op == BPF_LSH || op == BPF_RSH)
		jit_if(j, BPF_JGT, T1, 63, JIT_EXIT(j, pc));
	jit_alureg(j, op, T0, T1);
}

static void jit_arith(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];
	OpCode o = GET_OPCODE(i);
	int b = GETARG_B(i), op = jit_operation(o);
	lua_Integer value = GETARG_sC(i);

	if (jit_isconstarith(o) && !jit_constant(j->p, i, &value)) {
		jit_exit(j, pc);
		return;
	}
	jit_guardinteger(j, b, pc);
	if (o >= OP_ADD) {
		jit_guardinteger(j, GETARG_C(i), pc);
		jit_arithslots(j, pc, op, b, GETARG_C(i));
	} else if (o == OP_SHRI) {
		jit_shiftby(j, b, value);
	} else if (o == OP_SHLI) {
		jit_shiftconstant(j, pc, b, value);
	} else {
		jit_arithconstant(j, pc, op, b, value);
	}
	jit_storeinteger(j, GETARG_A(i), T0);
}

static void jit_unary(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];

	jit_guardinteger(j, GETARG_B(i), pc);
	jit_loadvalue(j, T0, GETARG_B(i));
	if (GET_OPCODE(i) == OP_UNM)
		jit_put(j, BPF_ALU64 | BPF_NEG, T0, 0, 0, 0);
	else
		jit_alu(j, BPF_XOR, T0, -1);
	jit_storeinteger(j, GETARG_A(i), T0);
}

/* ---- comparisons --------------------------------------------------------------------------- */

static int jit_inverse(int op)
{
	switch (op) {
	case BPF_JEQ: return BPF_JNE;
	case BPF_JNE: return BPF_JEQ;
	case BPF_JSLT: return BPF_JSGE;
	case BPF_JSLE: return BPF_JSGT;
	case BPF_JSGT: return BPF_JSLE;
	default: return BPF_JSLT;
	}
}

/*
 * The end of a comparison: to the jump's target if T0 @op T1 (or @imm) is as the instruction wants it, else behind the
 * jump. Backwards, it is charged.
 */
static void jit_branch(struct jit *j, int pc, int op, int source, int imm)
{
	const Proto *p = j->p;
	int off = GETARG_sJ(p->code[pc + 1]) + 1, to = pc + 1 + off, back = off < 0;

	if (!GETARG_k(p->code[pc]))
		op = jit_inverse(op);
	if (back)
		op = jit_inverse(op);
	jit_jump(j, BPF_JMP | op | source, T0, source == BPF_X ? T1 : 0, imm, back ? pc + 2 : to);
	if (!back)
		return;
	jit_charge(j, pc, -off);
	jit_goto(j, to);
	j->dead = 1;
}

static void jit_equal(struct jit *j, int pc, int a, int b)
{
	if ((j->known & jit_bit(a)) || (j->known & jit_bit(b))) {
		jit_guardinteger(j, a, pc);
		jit_guardinteger(j, b, pc);
	} else {
		jit_loadtag(j, T0, a);
		jit_loadtag(j, T1, b);
		jit_ifreg(j, BPF_JNE, T0, T1, JIT_EXIT(j, pc));
		/* Integers, or short strings: the word decides. */
		jit_if(j, BPF_JEQ, T0, LUA_VNUMINT, JIT_LOCAL(j, pc));
		jit_if(j, BPF_JNE, T0, ctb(LUA_VSHRSTR), JIT_EXIT(j, pc));
		jit_label(j, JIT_LOCAL(j, pc));
	}
	jit_loadvalue(j, T0, a);
	jit_loadvalue(j, T1, b);
	jit_branch(j, pc, BPF_JEQ, BPF_X, 0);
}

static void jit_equalconstant(struct jit *j, int pc, int a, const TValue *k)
{
	if (ttisinteger(k)) {
		jit_guardinteger(j, a, pc);
		jit_loadvalue(j, T0, a);
		jit_integer(j, T1, ivalue(k));
		jit_branch(j, pc, BPF_JEQ, BPF_X, 0);
	} else if (ttisshrstring(k)) {
		jit_loadtag(j, T0, a);
		jit_if(j, BPF_JNE, T0, ctb(LUA_VSHRSTR), JIT_EXIT(j, pc));
		jit_loadvalue(j, T0, a);
		jit_pointer(j, T1, gcvalue(k), rawtt(k), 0);
		jit_branch(j, pc, BPF_JEQ, BPF_X, 0);
	} else if (ttisnil(k) || ttisboolean(k)) {
		jit_loadtag(j, T0, a);
		jit_branch(j, pc, BPF_JEQ, BPF_K, rawtt(k));
	} else {
		jit_exit(j, pc);
	}
}

/* Return: the comparison of an order, with an immediate or not */
static int jit_order(OpCode o)
{
	switch (o) {
	case OP_EQI: return BPF_JEQ;
	case OP_LT: case OP_LTI: return BPF_JSLT;
	case OP_LE: case OP_LEI: return BPF_JSLE;
	case OP_GTI: return BPF_JSGT;
	default: return BPF_JSGE;
	}
}

static void jit_compare(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];
	OpCode o = GET_OPCODE(i);
	int a = GETARG_A(i), b = GETARG_B(i);

	switch (o) {
	case OP_EQ:
		jit_equal(j, pc, a, b);
		break;
	case OP_EQK:
		jit_equalconstant(j, pc, a, &j->p->k[b]);
		break;
	case OP_LT: case OP_LE:
		jit_guardinteger(j, a, pc);
		jit_guardinteger(j, b, pc);
		jit_loadvalue(j, T0, a);
		jit_loadvalue(j, T1, b);
		jit_branch(j, pc, jit_order(o), BPF_X, 0);
		break;
	default:
		jit_guardinteger(j, a, pc);
		jit_loadvalue(j, T0, a);
		jit_branch(j, pc, jit_order(o), BPF_K, GETARG_sB(i));
	}
}

/* Go to @no if the slot's value is nil or false, else to @yes, or on if that is -1. */
static void jit_truth(struct jit *j, int slot, int no, int yes)
{
	jit_loadtag(j, T0, slot);
	jit_if(j, BPF_JEQ, T0, LUA_VFALSE, no);
	jit_alu(j, BPF_AND, T0, 15);
	jit_if(j, BPF_JEQ, T0, LUA_TNIL, no);
	if (yes >= 0)
		jit_goto(j, yes);
}

static void jit_test(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];
	int set = GET_OPCODE(i) == OP_TESTSET, a = GETARG_A(i), b = GETARG_B(i), k = GETARG_k(i);
	int to = pc + 2 + GETARG_sJ(j->p->code[pc + 1]);

	if (to <= pc) {
		jit_exit(j, pc);
		return;
	}
	if (!set) {
		jit_truth(j, a, k ? pc + 2 : to, k ? to : -1);
		j->dead = k;
		return;
	}
	jit_truth(j, b, k ? pc + 2 : JIT_LOCAL(j, pc), k ? -1 : pc + 2);
	jit_label(j, JIT_LOCAL(j, pc));
	jit_moveslot(j, a, b);
	jit_goto(j, to);
	j->dead = 1;
}

static void jit_not(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];
	int a = GETARG_A(i);

	jit_truth(j, GETARG_B(i), JIT_LOCAL(j, pc), -1);
	jit_settag(j, a, LUA_VFALSE);
	jit_forget(j, a);
	jit_goto(j, pc + 1);
	jit_label(j, JIT_LOCAL(j, pc));
	jit_settag(j, a, LUA_VTRUE);
}

/* ---- values ----------------------------------------------------------------------------------- */

static void jit_loadconstant(struct jit *j, int slot, const TValue *k)
{
	if (ttisinteger(k)) {
		jit_integer(j, T0, ivalue(k));
		jit_storeinteger(j, slot, T0);
		return;
	}
	if (iscollectable(k)) {
		jit_pointer(j, T0, gcvalue(k), rawtt(k), 0);
		jit_storevalue(j, slot, T0);
	}
	jit_settag(j, slot, rawtt(k));
	jit_forget(j, slot);
}

/* The next instruction returns the slot, and nothing else gets there. */
static int jit_returnsnext(const struct jit *j, int pc, int slot)
{
	Instruction i = j->p->code[pc + 1];

	return GET_OPCODE(i) == OP_RETURN1 && GETARG_A(i) == slot && !(j->flags[pc + 1] & JIT_TARGET);
}

static void jit_getupvalue(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];
	int a = GETARG_A(i), last = jit_returnsnext(j, pc, a);

	jit_loadcell(j, T2, GETARG_B(i));
	jit_copycell(j, last ? -1 : a, T2, T0, T1);
	jit_forget(j, a);
	if (!last)
		return;
	jit_goto(j, JIT_RETURNONE(j));
	j->dead = 1;
	j->flags[pc + 1] &= ~JIT_REACHED;
}

/* The collector has to hear of an object that an upvalue gets: that is left to the interpreter. */
static void jit_guardplain(struct jit *j, int slot, int pc)
{
	if (j->known & jit_bit(slot))
		return;
	jit_loadtag(j, T0, slot);
	jit_if(j, BPF_JGE, T0, BIT_ISCOLLECTABLE, JIT_EXIT(j, pc));
}

/* T0 and T1 are lost; @slot is guarded. */
static void jit_setcell(struct jit *j, int cell, int slot)
{
	jit_loadvalue(j, T1, slot);
	jit_setcellvalue(j, cell, T1);
	if (j->known & jit_bit(slot)) {
		jit_setcelltag(j, cell, LUA_VNUMINT);
		return;
	}
	jit_loadtag(j, T1, slot);
	jit_storecelltag(j, cell, T1);
}

static void jit_setupvalue(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];

	jit_guardplain(j, GETARG_A(i), pc);
	jit_loadcell(j, T2, GETARG_B(i));
	jit_setcell(j, T2, GETARG_A(i));
}

/* ---- tables ------------------------------------------------------------------------------------- */

/* R1: the table in a slot, or in an upvalue if @slot is -1. */
static void jit_table(struct jit *j, int pc, int slot, int upvalue)
{
	if (slot >= 0) {
		jit_loadtag(j, BPF_REG_2, slot);
		jit_if(j, BPF_JNE, BPF_REG_2, ctb(LUA_VTABLE), JIT_EXIT(j, pc));
		jit_loadvalue(j, BPF_REG_1, slot);
		return;
	}
	jit_loadcell(j, BPF_REG_1, upvalue);
	jit_celltag(j, BPF_REG_2, BPF_REG_1);
	jit_if(j, BPF_JNE, BPF_REG_2, ctb(LUA_VTABLE), JIT_EXIT(j, pc));
	jit_cellvalue(j, BPF_REG_1, BPF_REG_1);
}

/* R0: the value there, and R2: its tag. Exits if the value is nil. */
static void jit_present(struct jit *j, int pc)
{
	jit_celltag(j, BPF_REG_2, BPF_REG_0);
	jit_move(j, BPF_REG_3, BPF_REG_2);
	jit_alu(j, BPF_AND, BPF_REG_3, 15);
	jit_if(j, BPF_JEQ, BPF_REG_3, LUA_TNIL, JIT_EXIT(j, pc));
}

static void jit_lookupstring(struct jit *j, int pc, const TValue *key)
{
	jit_pointer(j, BPF_REG_2, gcvalue(key), rawtt(key), 0);
	jit_call(j, luaH_getshortstr, JIT_GETSTRING, 0);
	jit_present(j, pc);
}

static void jit_lookupinteger(struct jit *j, int pc)
{
	jit_call(j, luaH_getint, JIT_GETINTEGER, 0);
	jit_present(j, pc);
}

static void jit_get(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];
	OpCode o = GET_OPCODE(i);
	int a = GETARG_A(i), b = GETARG_B(i), c = GETARG_C(i);

	if (o == OP_GETTABLE)
		jit_guardinteger(j, c, pc);
	jit_table(j, pc, o == OP_GETTABUP ? -1 : b, b);
	if (o == OP_GETTABUP || o == OP_GETFIELD) {
		jit_lookupstring(j, pc, &j->p->k[c]);
	} else {
		if (o == OP_GETI)
			jit_integer(j, BPF_REG_2, c);
		else
			jit_loadvalue(j, BPF_REG_2, c);
		jit_lookupinteger(j, pc);
	}
	jit_copycell(j, a, BPF_REG_0, BPF_REG_1, BPF_REG_2);
	jit_forget(j, a);
}

/* The value of a field that is there: a number, boolean, nil. */
static void jit_setfield(struct jit *j, int slot, const TValue *k)
{
	if (!k) {
		jit_loadvalue(j, BPF_REG_1, slot);
		jit_setcellvalue(j, BPF_REG_0, BPF_REG_1);
		jit_loadtag(j, BPF_REG_1, slot);
		jit_storecelltag(j, BPF_REG_0, BPF_REG_1);
		return;
	}
	if (ttisinteger(k)) {
		jit_integer(j, BPF_REG_1, ivalue(k));
		jit_setcellvalue(j, BPF_REG_0, BPF_REG_1);
	}
	jit_setcelltag(j, BPF_REG_0, rawtt(k));
}

static void jit_set(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];
	OpCode o = GET_OPCODE(i);
	int a = GETARG_A(i), b = GETARG_B(i), c = GETARG_C(i);
	const TValue *k = TESTARG_k(i) ? &j->p->k[c] : NULL;

	if (k && iscollectable(k)) {
		jit_exit(j, pc);
		return;
	}
	if (!k)
		jit_guardplain(j, c, pc);
	if (o == OP_SETTABLE)
		jit_guardinteger(j, b, pc);
	jit_table(j, pc, o == OP_SETTABUP ? -1 : a, a);
	if (o == OP_SETTABUP || o == OP_SETFIELD) {
		jit_lookupstring(j, pc, &j->p->k[b]);
	} else {
		if (o == OP_SETI)
			jit_integer(j, BPF_REG_2, b);
		else
			jit_loadvalue(j, BPF_REG_2, b);
		jit_lookupinteger(j, pc);
	}
	jit_setfield(j, c, k);
}

/* ---- methods of handles ---------------------------------------------------------------------------- */

/* T0: the handle in a slot. */
static void jit_guardhandle(struct jit *j, int pc, int slot, int class)
{
	jit_loadtag(j, T0, slot);
	jit_if(j, BPF_JNE, T0, ctb(LUA_VUSERDATA), JIT_EXIT(j, pc));
	jit_loadvalue(j, T0, slot);
	jit_field(j, BPF_B, T1, T0, offsetof(Udata, handle));
	jit_if(j, BPF_JNE, T1, class, JIT_EXIT(j, pc));
	jit_field(j, BPF_DW, T1, T0, offsetof(Udata, metatable));
	jit_pointer(j, T2, j->entry->classes[class].metatable, JIT_METATABLE, class);
	jit_ifreg(j, BPF_JNE, T1, T2, JIT_EXIT(j, pc));
}

static void jit_self(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];
	int a = GETARG_A(i), b = GETARG_B(i);
	struct jit_fact fact;

	if (!jit_selffact(j, i, &fact)) {
		jit_exit(j, pc);
		return;
	}
	if ((j->handles & jit_bit(b)) && fact.class == j->class)
		jit_loadvalue(j, T0, b);
	else
		jit_guardhandle(j, pc, b, fact.class);
	jit_storevalue(j, a + 1, T0);
	jit_settag(j, a + 1, ctb(LUA_VUSERDATA));
	jit_pointer(j, T2, fact.closure, ctb(LUA_VCCL), 0);
	jit_storevalue(j, a, T2);
	jit_settag(j, a, ctb(LUA_VCCL));
	jit_forget(j, a);
	jit_forget(j, a + 1);
	j->handles = jit_flowhandles(j, i, j->handles);
}

/* Whether the bytes can be loaded without the leaf. */
static int jit_isload(const struct jit_fact *fact)
{
	return fact->leaf->shape == LUA_LEAFGET && fact->leaf->load.size;
}

/* T0: the memory behind a handle; exits where a lock is needed, and if the handle is that of another object. */
static void jit_window(struct jit *j, int pc, int slot, const void *class)
{
	const struct jit_layout *layout = j->program.layout;

	jit_loadvalue(j, T0, slot);
	jit_field(j, BPF_DW, T0, T0, JIT_PAYLOAD);
	jit_if(j, BPF_JEQ, T0, 0, JIT_EXIT(j, pc));
	jit_field(j, BPF_DW, T1, T0, layout->class);
	jit_pointer(j, T2, class, JIT_CLASS, 0);
	jit_ifreg(j, BPF_JNE, T1, T2, JIT_EXIT(j, pc));
	jit_field(j, BPF_B, T1, T0, layout->local);
	jit_if(j, BPF_JEQ, T1, 0, JIT_EXIT(j, pc));
	jit_field(j, BPF_DW, T0, T0, layout->private);
}

/*
 * T0: the address of the bytes at the offset in a slot. That may come from a packet, and the processor may guess that the
 * comparison holds: beyond the end the offset becomes 0.
 */
static void jit_address(struct jit *j, int pc, int slot, int size)
{
	const struct jit_layout *layout = j->program.layout;

	jit_field(j, BPF_DW, T1, T0, layout->readable);
	jit_if(j, BPF_JLT, T1, size, JIT_EXIT(j, pc));
	jit_alu(j, BPF_SUB, T1, size);
	jit_loadvalue(j, T2, slot);
	jit_ifreg(j, BPF_JGT, T2, T1, JIT_EXIT(j, pc));
	jit_alureg(j, BPF_SUB, T1, T2);
	jit_alureg(j, BPF_OR, T1, T2);
	jit_alu(j, BPF_XOR, T1, -1);
	jit_alu(j, BPF_ARSH, T1, 63);
	jit_alureg(j, BPF_AND, T2, T1);
	jit_field(j, BPF_DW, T0, T0, layout->ptr);
	jit_alureg(j, BPF_ADD, T0, T2);
}

static int jit_width(int size)
{
	return size == 1 ? BPF_B : size == 2 ? BPF_H : size == 4 ? BPF_W : BPF_DW;
}

static void jit_load(struct jit *j, int pc, int slot, const struct jit_fact *fact)
{
	int size = fact->leaf->load.size, bits = 64 - 8 * size, at = 0;

	jit_window(j, pc, slot + 1, fact->leaf->load.class);
	if (fact->value >= 0 && fact->value < 0x7000) {
		at = fact->value;
		jit_field(j, BPF_DW, T1, T0, j->program.layout->readable);
		jit_if(j, BPF_JLT, T1, at + size, JIT_EXIT(j, pc));
		jit_field(j, BPF_DW, T0, T0, j->program.layout->ptr);
	} else {
		jit_address(j, pc, slot + 2, size);
	}
	jit_field(j, jit_width(size), T0, T0, at);
	if (fact->leaf->load.sign && bits) {
		jit_alu(j, BPF_LSH, T0, bits);
		jit_alu(j, BPF_ARSH, T0, bits);
	}
}

static void jit_callleaf(struct jit *j, int pc, int slot, const struct jit_fact *fact)
{
	if (fact->leaf->shape == LUA_LEAFSET) {
		jit_loadvalue(j, BPF_REG_1, slot + 3);
		jit_storeplace(j, BPF_REG_1);
	}
	jit_loadvalue(j, BPF_REG_1, slot + 1);
	jit_alu(j, BPF_ADD, BPF_REG_1, JIT_PAYLOAD);
	jit_loadvalue(j, BPF_REG_2, slot + 2);
	jit_place(j, BPF_REG_3);
	jit_call(j, fact->leaf->leaf, JIT_LEAF, fact->class);
	jit_if32(j, BPF_JEQ, BPF_REG_0, 0, JIT_EXIT(j, pc));
	if (fact->leaf->shape == LUA_LEAFGET)
		jit_loadplace(j, T0);
}

static void jit_callmethod(struct jit *j, int pc)
{
	const struct jit_fact *fact = &j->facts[pc];
	int a = GETARG_A(j->p->code[pc]), set;

	if (fact->kind != JIT_METHOD) {
		jit_exit(j, pc);
		return;
	}
	set = fact->leaf->shape == LUA_LEAFSET;
	jit_guardinteger(j, a + 2, pc);
	if (set)
		jit_guardinteger(j, a + 3, pc);
	jit_if32(j, BPF_JSLE, j->slice, 2, JIT_EXIT(j, pc));
	if (jit_isload(fact))
		jit_load(j, pc, a, fact);
	else
		jit_callleaf(j, pc, a, fact);
	jit_put(j, BPF_ALU | BPF_SUB | BPF_K, j->slice, 0, 0, 2);
	if (!set)
		jit_storeinteger(j, a, T0);
}

/* ---- loops --------------------------------------------------------------------------------------------- */

static void jit_forprep(struct jit *j, int pc)
{
	int a = GETARG_A(j->p->code[pc]);
	lua_Integer step = j->facts[pc].value;
	int first = step > 0 ? T0 : T1, last = step > 0 ? T1 : T0;

	if (j->facts[pc].kind != JIT_INTEGER || !step) {
		jit_exit(j, pc);
		return;
	}
	jit_guardinteger(j, a, pc);
	jit_guardinteger(j, a + 1, pc);
	jit_guardinteger(j, a + 2, pc);
	jit_loadvalue(j, T0, a);
	jit_loadvalue(j, T1, a + 1);
	jit_ifreg(j, BPF_JSGT, first, last, jit_jumpsto(j->p, pc));
	jit_storeinteger(j, a + 3, T0);
	jit_alureg(j, BPF_SUB, last, first);
	if (step != 1 && step != -1)
		jit_alu(j, BPF_DIV, last, step > 0 ? step : -step);
	jit_storevalue(j, a + 1, last);
}

static void jit_forloop(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];
	int a = GETARG_A(i), enter = jit_jumpsto(j->p, pc);
	const struct jit_fact *step = &j->facts[enter - 1];

	if (step->kind != JIT_INTEGER || !step->value) {
		jit_exit(j, pc);
		return;
	}
	jit_guardinteger(j, a, pc);
	jit_guardinteger(j, a + 1, pc);
	jit_guardinteger(j, a + 2, pc);
	jit_charge(j, pc, GETARG_Bx(i));
	jit_loadvalue(j, T0, a + 1);
	jit_if(j, BPF_JEQ, T0, 0, pc + 1);
	jit_alu(j, BPF_SUB, T0, 1);
	jit_storevalue(j, a + 1, T0);
	jit_loadvalue(j, T0, a);
	jit_alu(j, BPF_ADD, T0, step->value);
	jit_storevalue(j, a, T0);
	jit_storeinteger(j, a + 3, T0);
	jit_goto(j, enter);
	j->dead = 1;
}

/* ---- instructions ------------------------------------------------------------------------------------------ */

static void jit_returnslot(struct jit *j, int slot)
{
	if (j->known & jit_bit(slot)) {
		jit_loadvalue(j, T0, slot);
		jit_storevalue(j, -1, T0);
		jit_settag(j, -1, LUA_VNUMINT);
	} else {
		jit_copyslot(j, -1, slot);
	}
	jit_goto(j, JIT_RETURNONE(j));
	j->dead = 1;
}

static void jit_jmp(struct jit *j, int pc)
{
	int off = GETARG_sJ(j->p->code[pc]);

	if (off < 0)
		jit_charge(j, pc, -off);
	jit_goto(j, pc + 1 + off);
	j->dead = 1;
}

static void jit_instruction(struct jit *j, int pc)
{
	Instruction i = j->p->code[pc];
	OpCode o = GET_OPCODE(i);
	int a = GETARG_A(i), n;

	switch (o) {
	case OP_MOVE:
		jit_moveslot(j, a, GETARG_B(i));
		break;
	case OP_LOADI:
		jit_integer(j, T0, GETARG_sBx(i));
		jit_storeinteger(j, a, T0);
		break;
	case OP_LOADK:
		jit_loadconstant(j, a, &j->p->k[GETARG_Bx(i)]);
		break;
	case OP_LOADNIL:
		for (n = 0; n <= GETARG_B(i); n++) {
			jit_settag(j, a + n, LUA_VNIL);
			jit_forget(j, a + n);
		}
		break;
	case OP_LOADTRUE: case OP_LOADFALSE:
		jit_settag(j, a, o == OP_LOADTRUE ? LUA_VTRUE : LUA_VFALSE);
		jit_forget(j, a);
		break;
	case OP_LFALSESKIP:
		jit_settag(j, a, LUA_VFALSE);
		jit_forget(j, a);
		jit_goto(j, pc + 2);
		j->dead = 1;
		break;
	case OP_GETUPVAL:
		jit_getupvalue(j, pc);
		break;
	case OP_SETUPVAL:
		jit_setupvalue(j, pc);
		break;
	case OP_UNM: case OP_BNOT:
		jit_unary(j, pc);
		break;
	case OP_NOT:
		jit_not(j, pc);
		break;
	case OP_JMP:
		jit_jmp(j, pc);
		break;
	case OP_TEST: case OP_TESTSET:
		jit_test(j, pc);
		break;
	case OP_SELF:
		jit_self(j, pc);
		break;
	case OP_CALL:
		jit_callmethod(j, pc);
		break;
	case OP_FORPREP:
		jit_forprep(j, pc);
		break;
	case OP_FORLOOP:
		jit_forloop(j, pc);
		break;
	case OP_RETURN0:
		jit_goto(j, JIT_RETURNNONE(j));
		j->dead = 1;
		break;
	case OP_RETURN1:
		jit_returnslot(j, a);
		break;
	default:
		if (jit_isarith(o))
			jit_arith(j, pc);
		else if (jit_istest(o))
			jit_compare(j, pc);
		else if (jit_isget(o))
			jit_get(j, pc);
		else if (jit_isset(o))
			jit_set(j, pc);
		else
			jit_exit(j, pc);
	}
}

/* ---- functions -------------------------------------------------------------------------------------------- */

/* Which registers: a function that calls nothing leaves its arguments where they come. */
static void jit_plan(struct jit *j)
{
	int pc;

	j->charges = !!j->stress;
	for (pc = 0; pc < j->p->sizecode; pc++) {
		Instruction i = j->p->code[pc];
		OpCode o = GET_OPCODE(i);
		const struct jit_fact *fact = &j->facts[pc];

		if (!(j->flags[pc] & JIT_REACHED))
			continue;
		j->calls |= jit_isget(o) || jit_isset(o) || (o == OP_CALL && fact->kind == JIT_METHOD && !jit_isload(fact));
		j->charges |= (o == OP_CALL && fact->kind == JIT_METHOD) || o == OP_FORLOOP ||
			      (o == OP_JMP && GETARG_sJ(i) < 0) ||
			      (jit_istest(o) && GETARG_sJ(j->p->code[pc + 1]) < 0);
	}
	j->base = j->calls ? BPF_REG_6 : BPF_REG_1;
	j->e = j->calls ? BPF_REG_7 : BPF_REG_2;
	j->closure = j->calls ? BPF_REG_8 : BPF_REG_3;
	j->slice = j->calls ? BPF_REG_9 : BPF_REG_6;
	j->t[0] = BPF_REG_0;
	j->t[1] = j->calls ? BPF_REG_1 : BPF_REG_4;
	j->t[2] = j->calls ? BPF_REG_2 : BPF_REG_5;
}

static void jit_begin(struct jit *j)
{
	if (j->calls) {
		jit_move(j, j->base, BPF_REG_1);
		jit_move(j, j->e, BPF_REG_2);
		jit_move(j, j->closure, BPF_REG_3);
	}
	if (j->charges)
		jit_loadslice(j);
}

/* An exit at random: it is right before any instruction. */
static void jit_stressexit(struct jit *j, int pc)
{
	if (!j->stress)
		return;
	jit_field(j, BPF_W, T1, j->e, offsetof(struct lua_Entry, stress));
	jit_put(j, BPF_ALU | BPF_SUB | BPF_K, T1, 0, 0, 1);
	jit_put(j, BPF_STX | BPF_W | BPF_MEM, j->e, T1, offsetof(struct lua_Entry, stress), 0);
	jit_if32(j, BPF_JEQ, T1, 0, JIT_EXIT(j, pc));
}

static void jit_body(struct jit *j)
{
	int pc;

	j->dead = 0;
	for (pc = 0; pc < j->p->sizecode && !j->bad; pc++) {
		if (!(j->flags[pc] & JIT_REACHED)) {
			/* Behind arithmetic, and the jump behind a comparison. */
			continue;
		}
		if (!j->dead && ((j->in[pc] & ~j->known) || (j->held[pc] & ~j->handles)))
			j->bad = 1;
		jit_label(j, pc);
		j->known = j->in[pc];
		j->handles = j->held[pc];
		j->dead = 0;
		jit_stressexit(j, pc);
		jit_instruction(j, pc);
	}
}

/* The ends: each exit returns its place, and all of them give the slice back. */
static void jit_end(struct jit *j)
{
	int pc, label;

	for (pc = 0; pc < j->p->sizecode; pc++) {
		if (!(j->flags[pc] & JIT_EXITS))
			continue;
		jit_label(j, JIT_EXIT(j, pc));
		jit_integer(j, BPF_REG_0, pc);
		jit_goto(j, JIT_TAIL(j));
	}
	for (label = JIT_RETURNONE(j); label <= JIT_TAIL(j); label++) {
		jit_label(j, label);
		if (label != JIT_TAIL(j))
			jit_integer(j, BPF_REG_0, label == JIT_RETURNONE(j) ? JIT_ONE : JIT_NONE);
		if (j->charges)
			jit_storeslice(j);
		jit_return(j);
	}
}

/*
 * Translate a function.
 *
 * @j: zeroed, but for what it is to translate, and the arrays
 *
 * Return: whether there is a program
 */
static int jit_translate(struct jit *j)
{
	int i;

	for (i = 0; i < JIT_LABELS(j->p); i++)
		j->label[i] = -1;
	j->program.slots = j->p->maxstacksize;
	j->program.upvalues = j->p->sizeupvalues;
	j->program.ncode = j->p->sizecode;
	j->program.code = j->p->code;
	jit_findfacts(j);
	jit_findtypes(j);
	if (j->bad)
		return 0;
	jit_plan(j);
	jit_begin(j);
	jit_body(j);
	jit_end(j);
	jit_link(j);
	return !j->bad;
}

/*
 * Whether a function that was translated gets beyond its first few instructions: an exit costs more than they do.
 */
static int jit_isworth(const struct jit *j)
{
	struct jit_edge edges[2] = { };
	int n, ways, pc = 0;

	for (n = 0; n < JIT_LEAST; n++) {
		OpCode o = GET_OPCODE(j->p->code[pc]);

		edges[0].known = j->in[pc];
		ways = jit_flow(j, pc, edges);
		if (!ways)
			return o == OP_RETURN0 || o == OP_RETURN1;
		if (ways > 1)
			return 1;
		pc = edges[0].to;
	}
	return 1;
}

#undef T0
#undef T1
#undef T2
