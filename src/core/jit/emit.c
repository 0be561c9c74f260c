// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * emit.c - instructions of native code; included by jit.c
 *
 * These functions emit everything. Each of them can only say what is safe if the types are right: accesses to slots of
 * the frame, to upvalues of the function, to fields of struct lua_Entry, jumps to labels, and calls out of a table.
 */

static void jit_put(struct jit *j, int code, int dst, int src, int off, int imm)
{
	if (j->program.n >= j->room) {
		j->bad = 1;
		return;
	}
	j->program.insns[j->program.n++] = (struct bpf_insn){
		.code = code, .dst_reg = dst, .src_reg = src, .off = off, .imm = imm,
	};
}

/* Slot -1 is that of the function, and takes the result. */
static int jit_offset(struct jit *j, int slot, int field)
{
	if (slot < -1 || slot >= j->p->maxstacksize) {
		j->bad = 1;
		return 0;
	}
	return JIT_SLOT(slot) + field;
}

static void jit_loadvalue(struct jit *j, int reg, int slot)
{
	jit_put(j, BPF_LDX | BPF_DW | BPF_MEM, reg, j->base, jit_offset(j, slot, offsetof(TValue, value_)), 0);
}

static void jit_loadtag(struct jit *j, int reg, int slot)
{
	jit_put(j, BPF_LDX | BPF_B | BPF_MEM, reg, j->base, jit_offset(j, slot, offsetof(TValue, tt_)), 0);
}

static void jit_storevalue(struct jit *j, int slot, int reg)
{
	jit_put(j, BPF_STX | BPF_DW | BPF_MEM, j->base, reg, jit_offset(j, slot, offsetof(TValue, value_)), 0);
}

static void jit_storetag(struct jit *j, int slot, int reg)
{
	jit_put(j, BPF_STX | BPF_B | BPF_MEM, j->base, reg, jit_offset(j, slot, offsetof(TValue, tt_)), 0);
}

static void jit_settag(struct jit *j, int slot, int tag)
{
	jit_put(j, BPF_ST | BPF_B | BPF_MEM, j->base, 0, jit_offset(j, slot, offsetof(TValue, tt_)), tag);
}

/* Point @reg to the value of an upvalue. */
static void jit_loadcell(struct jit *j, int reg, int upvalue)
{
	if (upvalue >= j->p->sizeupvalues)
		j->bad = 1;
	jit_put(j, BPF_LDX | BPF_DW | BPF_MEM, reg, j->closure, JIT_UPVALUE(upvalue), 0);
	jit_put(j, BPF_LDX | BPF_DW | BPF_MEM, reg, reg, offsetof(UpVal, v.p), 0);
}

/* The same for a value that @cell points to. */
static void jit_cellvalue(struct jit *j, int reg, int cell)
{
	jit_put(j, BPF_LDX | BPF_DW | BPF_MEM, reg, cell, offsetof(TValue, value_), 0);
}

static void jit_celltag(struct jit *j, int reg, int cell)
{
	jit_put(j, BPF_LDX | BPF_B | BPF_MEM, reg, cell, offsetof(TValue, tt_), 0);
}

static void jit_setcellvalue(struct jit *j, int cell, int reg)
{
	jit_put(j, BPF_STX | BPF_DW | BPF_MEM, cell, reg, offsetof(TValue, value_), 0);
}

static void jit_storecelltag(struct jit *j, int cell, int reg)
{
	jit_put(j, BPF_STX | BPF_B | BPF_MEM, cell, reg, offsetof(TValue, tt_), 0);
}

static void jit_setcelltag(struct jit *j, int cell, int tag)
{
	jit_put(j, BPF_ST | BPF_B | BPF_MEM, cell, 0, offsetof(TValue, tt_), tag);
}

/* A field of what @from points to: check.c knows which of them may be followed. */
static void jit_field(struct jit *j, int size, int reg, int from, int offset)
{
	jit_put(j, BPF_LDX | size | BPF_MEM, reg, from, offset, 0);
}

static void jit_move(struct jit *j, int reg, int from)
{
	jit_put(j, BPF_ALU64 | BPF_MOV | BPF_X, reg, from, 0, 0);
}

static void jit_integer(struct jit *j, int reg, lua_Integer value)
{
	if (value == (int)value) {
		jit_put(j, BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0, value);
		return;
	}
	jit_put(j, BPF_LD | BPF_DW | BPF_IMM, reg, 0, 0, (int)value);
	jit_put(j, 0, 0, 0, 0, (int)((lua_Unsigned)value >> 32));
}

/* A pointer, as an immediate of 64 bits whatever it is: it is in the table of those that may be. */
static void jit_pointer(struct jit *j, int reg, const void *pointer, int tag, int class)
{
	struct jit_program *program = &j->program;
	lua_Unsigned value = (unsigned long)pointer;
	int i;

	for (i = 0; i < program->nconstants; i++) {
		if (program->constants[i].pointer == pointer)
			break;
	}
	if (i == JIT_CONSTANTS) {
		j->bad = 1;
		return;
	}
	if (i == program->nconstants)
		program->constants[program->nconstants++] =
			(struct jit_constant){ .pointer = pointer, .tag = tag, .class = class };
	jit_put(j, BPF_LD | BPF_DW | BPF_IMM, reg, 0, 0, (int)value);
	jit_put(j, 0, 0, 0, 0, (int)(value >> 32));
}

static void jit_alu(struct jit *j, int op, int reg, int imm)
{
	jit_put(j, BPF_ALU64 | op | BPF_K, reg, 0, 0, imm);
}

static void jit_alureg(struct jit *j, int op, int reg, int from)
{
	jit_put(j, BPF_ALU64 | op | BPF_X, reg, from, 0, 0);
}

/* @code: a jump; its offset is filled in once the label has its place. */
static void jit_jump(struct jit *j, int code, int dst, int src, int imm, int label)
{
	if (j->nfix >= j->mostfix) {
		j->bad = 1;
		return;
	}
	/* The target takes types of slots for known: they have to be known here. */
	if (label < j->p->sizecode && ((j->in[label] & ~j->known) || (j->held[label] & ~j->handles)))
		j->bad = 1;
	if (label >= JIT_EXIT(j, 0) && label < JIT_LOCAL(j, 0))
		j->flags[label - JIT_EXIT(j, 0)] |= JIT_EXITS;
	j->fix[j->nfix++] = (struct jit_fix){ j->program.n, label };
	jit_put(j, code, dst, src, 0, imm);
}

static void jit_goto(struct jit *j, int label)
{
	jit_jump(j, BPF_JMP | BPF_JA, 0, 0, 0, label);
}

static void jit_if(struct jit *j, int op, int reg, int imm, int label)
{
	jit_jump(j, BPF_JMP | op | BPF_K, reg, 0, imm, label);
}

static void jit_if32(struct jit *j, int op, int reg, int imm, int label)
{
	jit_jump(j, BPF_JMP32 | op | BPF_K, reg, 0, imm, label);
}

static void jit_ifreg(struct jit *j, int op, int reg, int other, int label)
{
	jit_jump(j, BPF_JMP | op | BPF_X, reg, other, 0, label);
}

/* The address goes into an immediate relative to __bpf_call_base, as the back end expects it. */
static void jit_call(struct jit *j, const void *function, enum jit_shape shape, int class)
{
	struct jit_program *program = &j->program;
	int i;

	for (i = 0; i < program->ncalls; i++) {
		if (program->calls[i].function == function && program->calls[i].class == class)
			break;
	}
	if (i == JIT_CALLS) {
		j->bad = 1;
		return;
	}
	if (i == program->ncalls)
		program->calls[program->ncalls++] =
			(struct jit_call){ .function = function, .shape = shape, .class = class };
	/* The index for now: see jit_relocate(). */
	jit_put(j, BPF_JMP | BPF_CALL, 0, 0, 0, i);
}

static void jit_loadslice(struct jit *j)
{
	jit_put(j, BPF_LDX | BPF_W | BPF_MEM, j->slice, j->e, offsetof(struct lua_Entry, slice), 0);
}

static void jit_storeslice(struct jit *j)
{
	jit_put(j, BPF_STX | BPF_W | BPF_MEM, j->e, j->slice, offsetof(struct lua_Entry, slice), 0);
}

/* Point @reg to the place by which leaves exchange integers. */
static void jit_place(struct jit *j, int reg)
{
	jit_move(j, reg, j->e);
	jit_alu(j, BPF_ADD, reg, offsetof(struct lua_Entry, value));
}

static void jit_loadplace(struct jit *j, int reg)
{
	jit_put(j, BPF_LDX | BPF_DW | BPF_MEM, reg, j->e, offsetof(struct lua_Entry, value), 0);
}

static void jit_storeplace(struct jit *j, int reg)
{
	jit_put(j, BPF_STX | BPF_DW | BPF_MEM, j->e, reg, offsetof(struct lua_Entry, value), 0);
}

static void jit_label(struct jit *j, int label)
{
	j->label[label] = j->program.n;
}

static void jit_return(struct jit *j)
{
	jit_put(j, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* Give each jump its offset. */
static void jit_link(struct jit *j)
{
	int i, off;

	for (i = 0; i < j->nfix && !j->bad; i++) {
		off = j->label[j->fix[i].label] - j->fix[i].at - 1;
		if (j->label[j->fix[i].label] < 0 || off != (short)off) {
			j->bad = 1;
			return;
		}
		j->program.insns[j->fix[i].at].off = off;
	}
}
