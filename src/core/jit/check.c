// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * check.c - whether a finished program is safe; included by jit.c
 *
 * The kernel's verifier does not see these programs. This one knows nothing of how they were made: it follows what each
 * register is, and which types the slots of the frame have, over all ways through the program. It refuses
 *
 * - accesses but to slots of the frame, upvalues, fields of struct lua_Entry, and what guards have proved to be there;
 * - values and tags that do not belong together, at any place where somebody else could see them;
 * - objects in upvalues and tables, which the collector would have to hear of;
 * - calls but of functions in the program's table, with arguments of their types;
 * - offsets that a compared bound alone keeps inside: the processor guesses (Spectre);
 * - jumps back that are not paid for since the last one, and ends that keep what is paid to themselves: so each program
 *   ends before the slice of its budget does;
 * - division by a value that may be 0, and results that name no instruction of the function, or one that needs what the
 *   one before it leaves.
 */

enum jit_kind {
	K_NONE,
	K_INT,			/* any integer */
	K_IMM,			/* the integer @id */
	K_RESULT,		/* an integer that may be returned */
	K_POSITIVE,
	K_RAW,			/* value word of @id */
	K_TAG,			/* tag of @id */
	K_LOW,			/* its four lowest bits */
	K_BASE,
	K_ENTRY,
	K_SLICE,		/* entry->slice, more than @id */
	K_PLACE,		/* &entry->value */
	K_CLOSURE,
	K_UPVALUE,
	K_CELL,			/* a value somewhere else */
	K_FOUND,		/* a value in a table, or that of no key */
	K_PRESENT,		/* a value in a table */
	K_TABLE,
	K_HANDLE,		/* a userdata, from slot @id */
	K_MARK,			/* its mark */
	K_META,			/* its metatable */
	K_CONSTANT,		/* pointer @id of the program's */
	K_PAYLOAD,		/* of a handle of class @id */
	K_OBJECT0,		/* the object of a payload, or NULL */
	K_OBJECT,
	K_CLASS,		/* its class */
	K_TYPED,		/* an object of a class that the layout is of */
	K_LOCAL,		/* whether it needs no lock */
	K_OPEN,			/* it needs none */
	K_WINDOW,
	K_LENGTH,		/* bytes of the window @id */
	K_LAST,			/* greatest offset of @id bytes in the window @of */
	K_OFFSET,		/* an offset that was compared with it */
	K_DIFFERENCE,		/* steps to a mask for it */
	K_JOINED,
	K_INVERTED,
	K_MASK,
	K_MASKED,		/* an offset of @id bytes that is inside */
	K_BYTES,		/* the address of @id bytes of the window @of */
};

#define CHECK_REGS	10
#define CHECK_ANY	0xff	/* tags */
#define CHECK_NEVER	0xfe	/* not written yet */
#define CHECK_STALE	(-2)	/* ids: that slot has another value now */
#define CHECK_CELL	1000	/* values elsewhere: this and the place of the instruction */
#define CHECK_NOWHERE	(-9)
#define CHECK_ROUNDS	100
#define CHECK_STATES	(4 << 20)	/* bytes */

struct check_reg {
	unsigned char kind;
	int id;
	int of;
};

struct check_slot {
	unsigned char tag;
	unsigned char plain;	/* the tag is that of no object */
	unsigned char mark;	/* of the handle in it */
	unsigned char class;
};

/*
 * @window, @least: the window of that id has so many bytes. @cell, @celltag: the tag of a value elsewhere. @paid: units were
 * taken since the last jump back. @owes: entry->slice has not heard of all of them.
 */
struct check_state {
	struct check_reg reg[CHECK_REGS];
	int paid, owes;
	int window, least;
	int cell, celltag;
	struct check_slot slot[];	/* the first is that of the function */
};

/* @place: slot or cell whose value was written, and whose tag has still to follow, or CHECK_NOWHERE. */
struct check {
	const struct jit_program *program;
	size_t size;
	struct check_state *now;
	struct check_state **at;	/* of each instruction that is jumped to */
	unsigned char *flags;
	int changed;
	int refused;
	int impossible;
	int place;
	struct check_reg value;
};

#define CHECK_SECOND	1	/* half of an instruction */
#define CHECK_SEEN	2

static int check_isint(const struct check_reg *reg)
{
	return (reg->kind >= K_INT && reg->kind <= K_POSITIVE) || reg->kind == K_LENGTH || reg->kind == K_LAST ||
	       (reg->kind >= K_OFFSET && reg->kind <= K_MASKED);
}

static void check_set(struct check_reg *reg, enum jit_kind kind, int id)
{
	reg->kind = kind;
	reg->id = id;
	reg->of = 0;
}

/* The same of a window. */
static void check_setof(struct check_reg *reg, enum jit_kind kind, int id, int of)
{
	check_set(reg, kind, id);
	reg->of = of;
}

/* ---- joins ------------------------------------------------------------------------------- */

/* Whether the interpreter can begin with an instruction: it trusts what the one before has left for some. */
static int check_isentrance(Instruction instruction)
{
	switch (GET_OPCODE(instruction)) {
	case OP_MMBIN: case OP_MMBINI: case OP_MMBINK: case OP_SETLIST: case OP_EXTRAARG: case OP_VARARGPREP:
	case OP_TFORCALL: case OP_TFORLOOP:
		return 0;
	case OP_CALL: case OP_TAILCALL: case OP_RETURN:
		return GETARG_B(instruction) != 0;
	default:
		return 1;
	}
}

/* The number of an instruction of Lua that the interpreter can go on with. */
static int check_isplace(const struct check *check, const struct check_reg *reg)
{
	return reg->kind == K_RESULT || (reg->kind == K_IMM && reg->id >= 0 && reg->id < check->program->ncode &&
					 check_isentrance(check->program->code[reg->id]));
}

static void check_meetreg(const struct check *check, struct check_reg *a, const struct check_reg *b)
{
	if (a->kind == b->kind && a->id == b->id && a->of == b->of)
		return;
	if (check_isplace(check, a) && check_isplace(check, b))
		check_set(a, K_RESULT, 0);
	else if (a->kind == K_SLICE && b->kind == K_SLICE)
		check_set(a, K_SLICE, a->id < b->id ? a->id : b->id);
	else if (check_isint(a) && check_isint(b))
		check_set(a, K_INT, CHECK_STALE);
	else
		check_set(a, K_NONE, 0);
}

static void check_meetslot(struct check_slot *a, const struct check_slot *b)
{
	if (a->tag != b->tag)
		a->tag = a->tag == CHECK_NEVER || b->tag == CHECK_NEVER ? CHECK_NEVER : CHECK_ANY;
	a->plain &= b->plain;
	if (a->mark != b->mark)
		a->mark = 0;
	if (a->class != b->class)
		a->class = 0;
}

static void check_meet(const struct check *check, struct check_state *a, const struct check_state *b)
{
	int i;

	for (i = 0; i < CHECK_REGS; i++)
		check_meetreg(check, &a->reg[i], &b->reg[i]);
	for (i = 0; i <= check->program->slots; i++)
		check_meetslot(&a->slot[i], &b->slot[i]);
	a->paid &= b->paid;
	a->owes |= b->owes;
	if (a->window != b->window || a->least != b->least)
		a->window = CHECK_STALE;
	if (a->cell != b->cell || a->celltag != b->celltag)
		a->cell = CHECK_STALE;
}

/* The instruction @to is reached with @state. Return: 0, or -1 */
static int check_reach(struct check *check, int to, const struct check_state *state)
{
	struct check_state *old;

	if (to < 0 || to >= check->program->n || (check->flags[to] & CHECK_SECOND) || !check->at[to])
		return -1;
	old = check->at[to];
	if (!(check->flags[to] & CHECK_SEEN)) {
		memcpy(old, state, check->size);
		check->flags[to] |= CHECK_SEEN;
		check->changed = 1;
		return 0;
	}
	memcpy(check->at[check->program->n], old, check->size);
	check_meet(check, old, state);
	if (memcmp(check->at[check->program->n], old, check->size))
		check->changed = 1;
	return 0;
}

/* ---- memory ------------------------------------------------------------------------------- */

static struct check_slot *check_slot(struct check *check, int id)
{
	if (id < -1 || id >= check->program->slots)
		return NULL;
	return &check->now->slot[id + 1];
}

static int check_slotat(const struct check *check, int offset, int field)
{
	int size = sizeof(TValue), slot;

	offset -= field;
	slot = offset < 0 ? -1 : offset / size;
	if (slot * size != offset || slot >= check->program->slots)
		return CHECK_NOWHERE;
	return slot;
}

/* The tag of a place, as far as it is known. */
static int check_tagof(struct check *check, int id)
{
	struct check_slot *slot = check_slot(check, id);

	if (slot)
		return slot->tag;
	return id >= CHECK_CELL && id == check->now->cell ? check->now->celltag : CHECK_ANY;
}

/* A register gets the value word of a place. */
static void check_loadword(struct check *check, struct check_reg *reg, int id)
{
	switch (check_tagof(check, id)) {
	case LUA_VNUMINT:
		check_set(reg, K_INT, id);
		break;
	case ctb(LUA_VTABLE):
		check_set(reg, K_TABLE, id);
		break;
	case ctb(LUA_VUSERDATA):
		check_set(reg, K_HANDLE, id);
		break;
	default:
		check_set(reg, K_RAW, id);
	}
}

/* The value at @id changes: registers have an older one. */
static void check_forget(struct check *check, int id)
{
	struct check_reg *reg = check->now->reg;
	int i;

	for (i = 0; i < CHECK_REGS; i++) {
		if (reg[i].id != id)
			continue;
		if (reg[i].kind == K_TAG || reg[i].kind == K_LOW || reg[i].kind == K_MARK || reg[i].kind == K_META)
			check_set(&reg[i], K_INT, CHECK_STALE);
		else if (reg[i].kind == K_RAW || reg[i].kind == K_INT || reg[i].kind == K_TABLE || reg[i].kind == K_HANDLE)
			reg[i].id = CHECK_STALE;
	}
}

static int check_loadbase(struct check *check, struct check_reg *reg, int size, int offset)
{
	int value = check_slotat(check, offset, offsetof(TValue, value_));
	int tag = check_slotat(check, offset, offsetof(TValue, tt_));

	if (size == BPF_DW && value >= 0)
		check_loadword(check, reg, value);
	else if (size == BPF_B && tag >= 0)
		check_set(reg, K_TAG, tag);
	else
		return -1;
	return 0;
}

/* There is one copy of the slice. */
static int check_loadslice(struct check *check, struct check_reg *reg)
{
	int i;

	if (check->now->owes)
		return -1;
	for (i = 0; i < CHECK_REGS; i++) {
		if (check->now->reg[i].kind == K_SLICE)
			check_set(&check->now->reg[i], K_NONE, 0);
	}
	check_set(reg, K_SLICE, 0);
	return 0;
}

static int check_loadentry(struct check *check, struct check_reg *reg, int size, int offset)
{
	if (size == BPF_W && offset == offsetof(struct lua_Entry, slice))
		return check_loadslice(check, reg);
	if (!(size == BPF_W && offset == offsetof(struct lua_Entry, stress)) &&
	    !(size == BPF_DW && offset == offsetof(struct lua_Entry, value)))
		return -1;
	check_set(reg, K_INT, CHECK_STALE);
	return 0;
}

static int check_loadclosure(struct check *check, struct check_reg *reg, int size, int offset)
{
	int n = (offset - JIT_UPVALUE(0)) / (int)sizeof(UpVal *);

	if (size != BPF_DW || offset < JIT_UPVALUE(0) || JIT_UPVALUE(n) != offset || n >= check->program->upvalues)
		return -1;
	check_set(reg, K_UPVALUE, 0);
	return 0;
}

static int check_loadcell(struct check *check, struct check_reg *reg, int id, int size, int offset)
{
	if (size == BPF_DW && offset == offsetof(TValue, value_))
		check_loadword(check, reg, id);
	else if (size == BPF_B && offset == offsetof(TValue, tt_))
		check_set(reg, K_TAG, id);
	else
		return -1;
	return 0;
}

static int check_loadhandle(struct check *check, struct check_reg *reg, int id, int pc, int size, int offset)
{
	struct check_slot *slot = check_slot(check, id);

	if (!slot)
		return -1;
	if (size == BPF_B && offset == offsetof(Udata, handle))
		check_set(reg, K_MARK, id);
	else if (size == BPF_DW && offset == offsetof(Udata, metatable))
		check_set(reg, K_META, id);
	else if (size == BPF_DW && offset == JIT_PAYLOAD && slot->class)
		check_set(reg, K_OBJECT0, pc);
	else
		return -1;
	return 0;
}

static int check_loadobject(struct check *check, struct check_reg *reg, const struct check_reg *from, int size,
			    int offset)
{
	const struct jit_layout *layout = check->program->layout;

	if (from->kind == K_OBJECT && size == BPF_DW && offset == layout->class)
		check_set(reg, K_CLASS, from->id);
	else if (from->kind == K_TYPED && size == BPF_B && offset == layout->local)
		check_set(reg, K_LOCAL, from->id);
	else if (from->kind == K_OPEN && size == BPF_DW && offset == layout->private)
		check_set(reg, K_WINDOW, from->id);
	else
		return -1;
	return 0;
}

static int check_loadwindow(struct check *check, struct check_reg *reg, int id, int size, int offset)
{
	const struct jit_layout *layout = check->program->layout;

	if (size == BPF_DW && offset == layout->readable)
		check_set(reg, K_LENGTH, id);
	else if (size == BPF_DW && offset == layout->ptr && check->now->window == id)
		check_setof(reg, K_BYTES, check->now->least, id);
	else
		return -1;
	return 0;
}

static int check_width(int size)
{
	return size == BPF_B ? 1 : size == BPF_H ? 2 : size == BPF_W ? 4 : 8;
}

static int check_loadfrom(struct check *check, int pc, const struct bpf_insn *insn)
{
	struct check_reg *reg = &check->now->reg[insn->dst_reg], from = check->now->reg[insn->src_reg];
	int size = BPF_SIZE(insn->code), off = insn->off;

	switch (from.kind) {
	case K_BASE: return check_loadbase(check, reg, size, off);
	case K_ENTRY: return check_loadentry(check, reg, size, off);
	case K_CLOSURE: return check_loadclosure(check, reg, size, off);
	case K_UPVALUE:
		if (size != BPF_DW || off != offsetof(UpVal, v.p))
			return -1;
		check_set(reg, K_CELL, CHECK_CELL + pc);
		return 0;
	case K_CELL: case K_FOUND: case K_PRESENT:
		return check_loadcell(check, reg, from.id, size, off);
	case K_HANDLE: return check_loadhandle(check, reg, from.id, pc, size, off);
	case K_OBJECT: case K_TYPED: case K_OPEN: return check_loadobject(check, reg, &from, size, off);
	case K_WINDOW: return check_loadwindow(check, reg, from.id, size, off);
	case K_BYTES:
		if (off < 0 || off + check_width(size) > from.id)
			return -1;
		check_set(reg, K_INT, CHECK_STALE);
		return 0;
	default: return -1;
	}
}

/* Between a value and its tag only the tags of other places are loaded: the place has the old tag still. */
static int check_load(struct check *check, int pc, const struct bpf_insn *insn)
{
	const struct check_reg *reg = &check->now->reg[insn->dst_reg];

	if (check_loadfrom(check, pc, insn))
		return -1;
	return check->place == CHECK_NOWHERE || (reg->kind == K_TAG && reg->id != check->place) ? 0 : -1;
}

/* A value is written, and its tag if that does not change. */
static int check_storeword(struct check *check, int place, const struct check_reg *value)
{
	struct check_slot *slot = check_slot(check, place);
	struct check_reg copy = *value;

	if (check->place != CHECK_NOWHERE || (!check_isint(value) && value->kind != K_RAW && value->kind != K_TABLE &&
					      value->kind != K_HANDLE && value->kind != K_CONSTANT))
		return -1;
	/* The id of another integer does not name a place. */
	if (check_isint(value) && value->kind != K_INT)
		check_set(&copy, K_INT, CHECK_STALE);
	check_forget(check, place);
	if (slot && slot->tag == LUA_VNUMINT && copy.kind == K_INT)
		return 0;
	check->place = place;
	check->value = copy;
	return 0;
}

/* Whether the value that was written at a place, if one was, is one of this tag. */
static int check_belongs(const struct check *check, int place, int tag)
{
	const struct check_reg *value = &check->value;

	if (tag == LUA_VNIL || tag == LUA_VFALSE || tag == LUA_VTRUE)
		return check->place == CHECK_NOWHERE || check->place == place;
	if (check->place != place)
		return 0;
	switch (value->kind) {
	case K_INT: return tag == LUA_VNUMINT;
	case K_TABLE: return tag == ctb(LUA_VTABLE);
	case K_HANDLE: return tag == ctb(LUA_VUSERDATA);
	case K_CONSTANT: return tag != JIT_METATABLE && tag != JIT_CLASS &&
				tag == check->program->constants[value->id].tag;
	default: return 0;
	}
}

/* The tag @tag, or that of place @from unless it is CHECK_NOWHERE, is written. */
static int check_storetag(struct check *check, int place, int tag, int from)
{
	struct check_slot *slot = check_slot(check, place), *source = check_slot(check, from), none = { };
	struct check_slot copy = source ? *source : none;

	if (from == CHECK_NOWHERE) {
		if (!check_belongs(check, place, tag) && !(slot && check->place == CHECK_NOWHERE && slot->tag == tag))
			return -1;
		if (check->place == place && check->value.kind == K_HANDLE && check_slot(check, check->value.id))
			copy = *check_slot(check, check->value.id);
	} else {
		tag = check_tagof(check, from);
		if (check->place == CHECK_NOWHERE && slot && slot->tag == tag && tag == LUA_VNUMINT)
			return 0;
		if (check->place != place || check->value.kind == K_CONSTANT || (check->value.id != from &&
					      !(check->value.kind == K_INT && tag == LUA_VNUMINT)))
			return -1;
	}
	copy.tag = tag;
	copy.plain |= tag < BIT_ISCOLLECTABLE;
	if (!slot && !copy.plain)
		return -1;
	check->place = CHECK_NOWHERE;
	check_forget(check, place);
	if (slot)
		*slot = copy;
	return 0;
}

/* A value elsewhere is written: others may be the same one. */
static void check_forgetcells(struct check *check)
{
	int i;

	for (i = 0; i < CHECK_REGS; i++) {
		if (check->now->reg[i].id >= CHECK_CELL && check->now->reg[i].kind != K_CELL &&
		    check->now->reg[i].kind != K_PRESENT && check->now->reg[i].kind != K_FOUND)
			check_forget(check, check->now->reg[i].id);
	}
	check->now->cell = CHECK_STALE;
}

static int check_storeentry(struct check *check, const struct check_reg *value, int size, int offset)
{
	if (size == BPF_W && offset == offsetof(struct lua_Entry, slice)) {
		check->now->owes = 0;
		return value->kind == K_SLICE ? 0 : -1;
	}
	if (!check_isint(value))
		return -1;
	if (size == BPF_W && offset == offsetof(struct lua_Entry, stress))
		return 0;
	return size == BPF_DW && offset == offsetof(struct lua_Entry, value) ? 0 : -1;
}

static int check_store(struct check *check, const struct bpf_insn *insn)
{
	struct check_reg *to = &check->now->reg[insn->dst_reg], *from = &check->now->reg[insn->src_reg];
	int immediate = BPF_CLASS(insn->code) == BPF_ST, size = BPF_SIZE(insn->code), value, tag;

	if (to->kind == K_ENTRY)
		return immediate || check->place != CHECK_NOWHERE ? -1 :
		       check_storeentry(check, from, size, insn->off);
	if (to->kind == K_BASE) {
		value = check_slotat(check, insn->off, offsetof(TValue, value_));
		tag = check_slotat(check, insn->off, offsetof(TValue, tt_));
	} else if (to->kind == K_CELL || to->kind == K_PRESENT) {
		value = insn->off == offsetof(TValue, value_) ? to->id : CHECK_NOWHERE;
		tag = insn->off == offsetof(TValue, tt_) ? to->id : CHECK_NOWHERE;
		check_forgetcells(check);
	} else {
		return -1;
	}
	if (size == BPF_DW && value != CHECK_NOWHERE && !immediate)
		return check_storeword(check, value, from);
	if (size != BPF_B || tag == CHECK_NOWHERE)
		return -1;
	if (immediate)
		return check_storetag(check, tag, insn->imm, CHECK_NOWHERE);
	return from->kind == K_TAG ? check_storetag(check, tag, 0, from->id) : -1;
}

/* ---- arithmetic ------------------------------------------------------------------------------ */

/* Whether a register is one of a kind, of the same window and size as another one. */
static int check_isoffset(const struct check_reg *reg, enum jit_kind kind, const struct check_reg *other)
{
	return reg->kind == kind && reg->id == other->id && reg->of == other->of;
}

/* The special cases, in which a result is more than an integer. Return: whether it is one */
static int check_special(struct check *check, const struct bpf_insn *insn, struct check_reg *dst,
			 const struct check_reg *src)
{
	int op = BPF_OP(insn->code), immediate = BPF_SRC(insn->code) == BPF_K, imm = insn->imm;
	struct check_slot *slot;

	if (immediate && op == BPF_ADD && dst->kind == K_HANDLE && imm == JIT_PAYLOAD) {
		slot = check_slot(check, dst->id);
		check_set(dst, slot && slot->class ? K_PAYLOAD : K_NONE, slot ? slot->class : 0);
	} else if (immediate && op == BPF_ADD && dst->kind == K_ENTRY && imm == offsetof(struct lua_Entry, value)) {
		check_set(dst, K_PLACE, 0);
	} else if (immediate && op == BPF_AND && dst->kind == K_TAG && imm == 15) {
		dst->kind = K_LOW;
	} else if (immediate && op == BPF_SUB && dst->kind == K_LENGTH && imm > 0 &&
		   check->now->window == dst->id && check->now->least >= imm) {
		check_setof(dst, K_LAST, imm, dst->id);
	} else if (!immediate && op == BPF_SUB && dst->kind == K_LAST && check_isoffset(src, K_OFFSET, dst)) {
		dst->kind = K_DIFFERENCE;
	} else if (!immediate && op == BPF_OR && dst->kind == K_DIFFERENCE && check_isoffset(src, K_OFFSET, dst)) {
		dst->kind = K_JOINED;
	} else if (immediate && op == BPF_XOR && dst->kind == K_JOINED && imm == -1) {
		dst->kind = K_INVERTED;
	} else if (immediate && op == BPF_ARSH && dst->kind == K_INVERTED && imm == 63) {
		dst->kind = K_MASK;
	} else if (!immediate && op == BPF_AND && dst->kind == K_OFFSET && check_isoffset(src, K_MASK, dst)) {
		dst->kind = K_MASKED;
	} else if (!immediate && op == BPF_ADD && dst->kind == K_BYTES && src->kind == K_MASKED &&
		   dst->of == src->of && dst->id >= src->id) {
		dst->id = src->id;
	} else {
		return 0;
	}
	return 1;
}

static int check_move(struct check_reg *dst, const struct check_reg *src, const struct bpf_insn *insn)
{
	if (BPF_SRC(insn->code) == BPF_K) {
		check_set(dst, K_IMM, insn->imm);
		return 0;
	}
	*dst = *src;
	return src->kind == K_NONE || src->kind == K_SLICE ? -1 : 0;
}

static int check_operator(const struct bpf_insn *insn, const struct check_reg *src)
{
	int immediate = BPF_SRC(insn->code) == BPF_K;

	switch (BPF_OP(insn->code)) {
	case BPF_ADD: case BPF_SUB: case BPF_MUL: case BPF_AND: case BPF_OR: case BPF_XOR: case BPF_NEG:
		return 0;
	case BPF_LSH: case BPF_RSH: case BPF_ARSH:
		return !immediate || (insn->imm >= 0 && insn->imm < 64) ? 0 : -1;
	case BPF_DIV: case BPF_MOD:
		return (immediate ? insn->imm > 0 : src->kind == K_POSITIVE) ? 0 : -1;
	default:
		return -1;
	}
}

/* Units are taken from the slice, which has them. */
static int check_pay(struct check *check, struct check_reg *slice, int units)
{
	if (units <= 0 || units > slice->id)
		return -1;
	slice->id -= units;
	check->now->paid = 1;
	check->now->owes = 1;
	return 0;
}

static int check_alu(struct check *check, const struct bpf_insn *insn)
{
	struct check_reg *dst = &check->now->reg[insn->dst_reg], *src = &check->now->reg[insn->src_reg];
	int immediate = BPF_SRC(insn->code) == BPF_K;

	if (BPF_CLASS(insn->code) == BPF_ALU) {
		if (BPF_OP(insn->code) != BPF_SUB || !immediate)
			return -1;
		if (dst->kind == K_SLICE)
			return check_pay(check, dst, insn->imm);
		if (!check_isint(dst))
			return -1;
		check_set(dst, K_INT, CHECK_STALE);
		return 0;
	}
	if (BPF_OP(insn->code) == BPF_MOV)
		return check_move(dst, src, insn);
	if (check_special(check, insn, dst, src))
		return dst->kind == K_NONE ? -1 : 0;
	if (!check_isint(dst) || (!immediate && !check_isint(src)) || check_operator(insn, src))
		return -1;
	check_set(dst, K_INT, CHECK_STALE);
	return 0;
}

/* The two halves of a wide immediate: an integer, or a pointer that may be one. */
static int check_wide(struct check *check, const struct bpf_insn *insn)
{
	lua_Unsigned value = (unsigned int)insn->imm | (lua_Unsigned)(unsigned int)insn[1].imm << 32;
	struct check_reg *dst = &check->now->reg[insn->dst_reg];
	int i;

	if (insn->src_reg || insn->off || insn[1].code || insn[1].dst_reg || insn[1].src_reg || insn[1].off)
		return -1;
	check_set(dst, K_INT, CHECK_STALE);
	for (i = 0; i < check->program->nconstants; i++) {
		if ((unsigned long)check->program->constants[i].pointer == value)
			check_set(dst, K_CONSTANT, i);
	}
	return 0;
}

/* ---- jumps and calls ----------------------------------------------------------------------------- */

static int check_comparable(const struct check_reg *reg)
{
	return check_isint(reg) || (reg->kind >= K_RAW && reg->kind <= K_LOW) || reg->kind == K_MARK ||
	       reg->kind == K_META || reg->kind == K_CONSTANT || reg->kind == K_OBJECT0 || reg->kind == K_LOCAL ||
	       reg->kind == K_TABLE || reg->kind == K_HANDLE || reg->kind == K_CLASS;
}

static void check_become(struct check *check, enum jit_kind from, int id, enum jit_kind to)
{
	int i;

	for (i = 0; i < CHECK_REGS; i++) {
		if (check->now->reg[i].kind == from && check->now->reg[i].id == id)
			check->now->reg[i].kind = to;
	}
}

static void check_knowtag(struct check *check, int id, int tag)
{
	struct check_slot *slot = check_slot(check, id);

	if (slot) {
		check->impossible = slot->tag != CHECK_ANY && slot->tag != tag;
		slot->tag = tag;
		slot->plain = tag < BIT_ISCOLLECTABLE;
	} else {
		check->now->cell = id;
		check->now->celltag = tag;
	}
}

/* A comparison of a register with @imm was false. */
static void check_knowfalse(struct check *check, int op, struct check_reg *reg, int imm)
{
	struct check_slot *slot = check_slot(check, reg->id);

	if (op == BPF_JNE && reg->kind == K_TAG)
		check_knowtag(check, reg->id, imm);
	else if (op == BPF_JGE && reg->kind == K_TAG && imm == BIT_ISCOLLECTABLE && slot)
		slot->plain = 1;
	else if (op == BPF_JEQ && reg->kind == K_LOW && imm == LUA_TNIL)
		check_become(check, K_FOUND, reg->id, K_PRESENT);
	else if (op == BPF_JNE && reg->kind == K_MARK && slot)
		slot->mark = imm;
	else if (op == BPF_JEQ && reg->kind == K_OBJECT0 && !imm)
		check_become(check, K_OBJECT0, reg->id, K_OBJECT);
	else if (op == BPF_JEQ && reg->kind == K_LOCAL && !imm)
		check_become(check, K_TYPED, reg->id, K_OPEN);
	else if (op == BPF_JSLE && check_isint(reg) && !imm)
		check_set(reg, K_POSITIVE, 0);
	if (op == BPF_JLT && reg->kind == K_LENGTH && imm > 0) {
		check->now->window = reg->id;
		check->now->least = imm;
	}
}

/* The same for two registers. */
static void check_knowregs(struct check *check, int op, struct check_reg *reg, const struct check_reg *other)
{
	struct check_slot *slot = check_slot(check, reg->id);
	const struct jit_constant *constant;

	if (op == BPF_JGT && other->kind == K_LAST && check_isint(reg))
		check_setof(reg, K_OFFSET, other->id, other->of);
	if (op != BPF_JNE || other->kind != K_CONSTANT)
		return;
	constant = &check->program->constants[other->id];
	if (reg->kind == K_CLASS && constant->tag == JIT_CLASS)
		check_become(check, K_OBJECT, reg->id, K_TYPED);
	else if (reg->kind == K_META && slot && constant->tag == JIT_METATABLE && slot->mark == constant->class)
		slot->class = constant->class;
}

/* Jumps back have to be paid for, each anew. */
static int check_jumpfrom(struct check *check, int pc, int to)
{
	int paid = check->now->paid, result;

	if (to > pc)
		return check_reach(check, to, check->now);
	if (!paid)
		return -1;
	check->now->paid = 0;
	result = check_reach(check, to, check->now);
	check->now->paid = paid;
	return result;
}

/* The slice is compared with what is to be taken from it. */
static int check_jumpslice(struct check *check, int pc, const struct bpf_insn *insn, struct check_reg *slice)
{
	if (BPF_OP(insn->code) != BPF_JSLE || BPF_SRC(insn->code) != BPF_K || insn->imm < 0 ||
	    check_jumpfrom(check, pc, pc + 1 + insn->off))
		return -1;
	slice->id = insn->imm;
	return 0;
}

static int check_jump(struct check *check, int pc, const struct bpf_insn *insn)
{
	struct check_reg *dst = &check->now->reg[insn->dst_reg], *src = &check->now->reg[insn->src_reg];
	int op = BPF_OP(insn->code), immediate = BPF_SRC(insn->code) == BPF_K, narrow = BPF_CLASS(insn->code) == BPF_JMP32;
	int to = pc + 1 + insn->off;

	if (check->place != CHECK_NOWHERE)
		return -1;
	if (op == BPF_JA)
		return narrow ? -1 : check_jumpfrom(check, pc, to);
	if (narrow && dst->kind == K_SLICE)
		return check_jumpslice(check, pc, insn, dst);
	if (op > BPF_JSLE || op == BPF_JSET || op == BPF_CALL || op == BPF_EXIT || !check_comparable(dst) ||
	    (!immediate && !check_comparable(src)) || (narrow && (!immediate || !check_isint(dst))) ||
	    check_jumpfrom(check, pc, to))
		return -1;
	if (narrow)
		return 0;
	if (immediate)
		check_knowfalse(check, op, dst, insn->imm);
	else
		check_knowregs(check, op, dst, src);
	return 0;
}

static int check_arguments(const struct check *check, const struct jit_call *call)
{
	const struct check_reg *reg = check->now->reg;

	if (call->shape == JIT_LEAF)
		return reg[1].kind == K_PAYLOAD && reg[1].id == call->class && check_isint(&reg[2]) &&
		       reg[3].kind == K_PLACE;
	if (reg[1].kind != K_TABLE)
		return 0;
	if (call->shape == JIT_GETINTEGER)
		return check_isint(&reg[2]);
	return reg[2].kind == K_CONSTANT && check->program->constants[reg[2].id].tag == ctb(LUA_VSHRSTR);
}

/* A leaf may have moved the memory behind a handle. */
static void check_forgetwindows(struct check *check)
{
	int i;

	for (i = 0; i < CHECK_REGS; i++) {
		if (check->now->reg[i].kind >= K_OBJECT0)
			check_set(&check->now->reg[i], K_NONE, 0);
	}
	check->now->window = CHECK_STALE;
}

static int check_call(struct check *check, int pc, const struct bpf_insn *insn)
{
	const struct jit_call *call;
	int i;

	if (check->place != CHECK_NOWHERE || insn->imm < 0 || insn->imm >= check->program->ncalls || insn->src_reg)
		return -1;
	call = &check->program->calls[insn->imm];
	if (!check_arguments(check, call))
		return -1;
	for (i = 1; i <= 5; i++)
		check_set(&check->now->reg[i], K_NONE, 0);
	check->now->cell = CHECK_STALE;
	if (call->shape == JIT_LEAF)
		check_forgetwindows(check);
	if (call->shape == JIT_LEAF)
		check_set(&check->now->reg[0], K_INT, CHECK_STALE);
	else
		check_set(&check->now->reg[0], K_FOUND, CHECK_CELL + pc);
	return 0;
}

static int check_return(struct check *check)
{
	const struct check_reg *result = &check->now->reg[0];

	if (check->place != CHECK_NOWHERE || check->now->owes)
		return -1;
	if (result->kind == K_IMM && result->id == JIT_NONE)
		return 0;
	if (result->kind == K_IMM && result->id == JIT_ONE)
		return check->now->slot[0].tag == CHECK_NEVER ? -1 : 0;
	return check_isplace(check, result) ? 0 : -1;
}

/* ---- programs --------------------------------------------------------------------------------------- */

static int check_isend(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_EXIT) || insn->code == (BPF_JMP | BPF_JA);
}

static int check_instruction(struct check *check, int pc)
{
	const struct bpf_insn *insn = &check->program->insns[pc];

	if (insn->dst_reg >= CHECK_REGS || insn->src_reg >= CHECK_REGS)
		return -1;
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		return insn->code == (BPF_LD | BPF_DW | BPF_IMM) ? check_wide(check, insn) : -1;
	case BPF_LDX:
		return BPF_MODE(insn->code) == BPF_MEM ? check_load(check, pc, insn) : -1;
	case BPF_ST: case BPF_STX:
		return BPF_MODE(insn->code) == BPF_MEM ? check_store(check, insn) : -1;
	case BPF_ALU: case BPF_ALU64:
		return insn->off ? -1 : check_alu(check, insn);
	default:
		if (insn->code == (BPF_JMP | BPF_CALL))
			return check_call(check, pc, insn);
		if (insn->code == (BPF_JMP | BPF_EXIT))
			return check_return(check);
		return check_jump(check, pc, insn);
	}
}

/* All instructions once. Return: 0, or -1 for one that is refused */
static int check_round(struct check *check)
{
	const struct bpf_insn *insns = check->program->insns;
	int pc, alive = 1;

	check->place = CHECK_NOWHERE;
	for (pc = 0; pc < check->program->n; pc++) {
		check->refused = pc + 1;
		if (check->flags[pc] & CHECK_SECOND)
			continue;
		if (check->at[pc]) {
			if (alive && (check->place != CHECK_NOWHERE || check_reach(check, pc, check->now)))
				return -1;
			alive = !!(check->flags[pc] & CHECK_SEEN);
			memcpy(check->now, check->at[pc], check->size);
		}
		if (!alive)
			continue;
		check->impossible = 0;
		if (check_instruction(check, pc))
			return -1;
		alive = !check_isend(&insns[pc]) && !check->impossible;
	}
	return alive ? -1 : 0;
}

static void check_enter(struct check *check)
{
	struct check_state *state = check->now;
	int i;

	memset(state, 0, check->size);
	check_set(&state->reg[1], K_BASE, 0);
	check_set(&state->reg[2], K_ENTRY, 0);
	check_set(&state->reg[3], K_CLOSURE, 0);
	state->window = CHECK_STALE;
	state->cell = CHECK_STALE;
	for (i = 0; i <= check->program->slots; i++)
		state->slot[i].tag = i ? CHECK_ANY : CHECK_NEVER;
}

static int check_all(struct check *check)
{
	int round;

	for (round = 0; round < CHECK_ROUNDS; round++) {
		check->changed = 0;
		check_enter(check);
		jit_breathe();
		if (check_round(check))
			return -1;
		if (!check->changed)
			return 0;
	}
	return -1;
}

/* Mark what is jumped to. Return: how many states are needed, or -1 */
static int check_targets(struct check *check)
{
	const struct bpf_insn *insn = check->program->insns;
	int pc, to, n = check->program->n, states = 2;

	for (pc = 0; pc < n; pc++) {
		if (insn[pc].code == (BPF_LD | BPF_DW | BPF_IMM)) {
			if (pc + 1 == n)
				return -1;
			check->flags[++pc] |= CHECK_SECOND;
			continue;
		}
		if ((BPF_CLASS(insn[pc].code) != BPF_JMP && BPF_CLASS(insn[pc].code) != BPF_JMP32) ||
		    BPF_OP(insn[pc].code) == BPF_CALL || BPF_OP(insn[pc].code) == BPF_EXIT)
			continue;
		to = pc + 1 + insn[pc].off;
		if (to < 0 || to >= n)
			return -1;
		states += !check->at[to];
		check->at[to] = check->now;
	}
	return states;
}

/*
 * Whether a program is safe.
 *
 * Return: 0, or the number of the instruction that is refused, from 1, or -1 without memory
 */
static int jit_check(const struct jit_program *program)
{
	struct check check = { .program = program };
	char *states = NULL;
	int i, n, result = -1;

	check.size = sizeof(struct check_state) + (program->slots + 1) * sizeof(struct check_slot);
	check.size = (check.size + 7) / 8 * 8;
	check.at = jit_allocate((program->n + 1) * sizeof(*check.at));
	check.flags = jit_allocate(program->n + 1);
	check.now = jit_allocate(check.size);
	if (!check.at || !check.flags || !check.now)
		goto out;
	n = check_targets(&check);
	if (n > 0 && n <= CHECK_STATES / check.size)
		states = jit_allocate(n * check.size);
	if (!states)
		goto out;
	check.at[program->n] = check.now;
	for (i = 0, n = 0; i <= program->n; i++) {
		if (check.at[i])
			check.at[i] = (void *)(states + n++ * check.size);
	}
	result = check_all(&check) ? check.refused : 0;
out:
	jit_free(states);
	jit_free(check.now);
	jit_free(check.flags);
	jit_free(check.at);
	return result;
}
