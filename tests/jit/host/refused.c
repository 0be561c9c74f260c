// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * refused.c - unsafe programs, written by hand: does the check of finished programs refuse each? Prints those that it takes,
 * and those for comparison that it refuses.
 */
#define main main_of_comparisons
#include "main.c"
#undef main

#define LOAD(size, to, from, offset)	{ .code = BPF_LDX | BPF_MEM | (size), .dst_reg = (to), .src_reg = (from), .off = (offset) }
#define STORE(size, to, offset, from)	{ .code = BPF_STX | BPF_MEM | (size), .dst_reg = (to), .src_reg = (from), .off = (offset) }
#define PUT(size, to, offset, value)	{ .code = BPF_ST | BPF_MEM | (size), .dst_reg = (to), .off = (offset), .imm = (value) }
#define SET(to, value)			{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (to), .imm = (value) }
#define COPY(to, from)			{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = (to), .src_reg = (from) }
#define UNLESS(reg, value, steps)	{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = (reg), .off = (steps), .imm = (value) }
#define CALL				{ .code = BPF_JMP | BPF_CALL }
#define END				{ .code = BPF_JMP | BPF_EXIT }

static const Instruction code[] = { CREATE_ABCk(OP_MOVE, 0, 1, 0, 0), CREATE_ABCk(OP_SETLIST, 0, 0, 0, 0),
				    CREATE_ABCk(OP_CALL, 0, 0, 1, 0) };
static int wrong;

static void expect(const char *name, int refused, struct bpf_insn *insns, int n)
{
	static struct jit_program program;

	memset(&program, 0, sizeof(program));
	program.insns = insns;
	program.n = n;
	program.slots = 8;
	program.upvalues = 1;
	program.code = code;
	program.ncode = sizeof(code) / sizeof(*code);
	program.layout = &layout;
	program.ncalls = 1;
	program.calls[0].function = luaH_getint;
	program.calls[0].shape = JIT_GETINTEGER;
	program.nconstants = 1;
	program.constants[0] = (struct jit_constant){ &layout, JIT_CLASS, 0 };
	if (!jit_check(&program) != !refused) {
		printf("%s: %s\n", refused ? "taken" : "refused", name);
		wrong = 1;
	}
}

#define EXPECT(name, refused, ...)							\
	do {										\
		struct bpf_insn insns[] = { __VA_ARGS__ };				\
		expect(name, refused, insns, sizeof(insns) / sizeof(*insns));		\
	} while (0)

int main(void)
{
	unsigned long class = (unsigned long)&layout;

	EXPECT("an integer with its tag", 0,
	       SET(5, 4096), STORE(BPF_DW, 1, JIT_VALUE(5), 5), PUT(BPF_B, 1, JIT_TAG(5), LUA_VNUMINT), SET(0, 0), END);
	EXPECT("an integer with the tag of a table", 1,
	       SET(5, 4096), STORE(BPF_DW, 1, JIT_VALUE(5), 5), PUT(BPF_B, 1, JIT_TAG(5), ctb(LUA_VTABLE)), SET(0, 0), END);
	EXPECT("the table of slot 3, copied", 0,
	       LOAD(BPF_B, 4, 1, JIT_TAG(3)), UNLESS(4, ctb(LUA_VTABLE), 7), LOAD(BPF_DW, 5, 1, JIT_VALUE(3)),
	       STORE(BPF_DW, 1, JIT_VALUE(5), 5), STORE(BPF_B, 1, JIT_TAG(5), 4), LOAD(BPF_DW, 1, 1, JIT_VALUE(5)),
	       SET(2, 1), CALL, LOAD(BPF_B, 4, 0, offsetof(TValue, tt_)), SET(0, 0), END);
	EXPECT("the integer 3 with the tag of slot 3", 1,
	       LOAD(BPF_B, 4, 1, JIT_TAG(3)), UNLESS(4, ctb(LUA_VTABLE), 7), SET(5, 3),
	       STORE(BPF_DW, 1, JIT_VALUE(5), 5), STORE(BPF_B, 1, JIT_TAG(5), 4), LOAD(BPF_DW, 1, 1, JIT_VALUE(5)),
	       SET(2, 1), CALL, LOAD(BPF_B, 4, 0, offsetof(TValue, tt_)), SET(0, 0), END);
	EXPECT("a value that is read before its tag is written", 1,
	       LOAD(BPF_B, 4, 1, JIT_TAG(5)), UNLESS(4, ctb(LUA_VTABLE), 8), SET(5, 4096),
	       STORE(BPF_DW, 1, JIT_VALUE(5), 5), LOAD(BPF_DW, 4, 1, JIT_VALUE(5)), PUT(BPF_B, 1, JIT_TAG(5), LUA_VNUMINT),
	       COPY(1, 4), SET(2, 1), CALL, LOAD(BPF_B, 4, 0, offsetof(TValue, tt_)), SET(0, 0), END);
	EXPECT("a class as a value", 1,
	       { .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 4, .imm = (int)class }, { .imm = (int)(class >> 32) },
	       STORE(BPF_DW, 1, JIT_VALUE(5), 4), PUT(BPF_B, 1, JIT_TAG(5), JIT_CLASS), SET(0, 0), END);
	EXPECT("an exit to SETLIST", 1, SET(0, 1), END);
	EXPECT("an exit to a call of as many arguments as there are", 1, SET(0, 2), END);
	EXPECT("an exit behind the last instruction", 1, SET(0, 3), END);
	return wrong;
}
