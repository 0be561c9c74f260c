/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * jit.h - Lua functions as programs of the kernel's BPF back end
 *
 * emit.c, translate.c and check.c know Lua and BPF, and nothing else of the kernel, so that tests/jit/host compiles
 * them, too. They are included after Lua's sources, and after jit_allocate(), jit_free() and jit_breathe().
 *
 * A program is called as a C function: (base of the Lua frame, &G(L)->entry, closure). It returns JIT_ONE, JIT_NONE, or
 * the number of the Lua instruction that the interpreter has to go on with. At such an exit, the frame and the budget are
 * what the interpreter would have made of them.
 */
#ifndef LUNATIK_JIT_H
#define LUNATIK_JIT_H

#define JIT_NONE	(-1)	/* the function has returned nothing */
#define JIT_ONE		(-2)	/* one value, which lies in the slot of the function */

#define JIT_MOSTCODE	1000	/* Lua instructions of a function */
#define JIT_ROUNDS	100	/* over all of them */
#define JIT_LEAST	8	/* of them in native code before an exit */
#define JIT_CONSTANTS	256
#define JIT_CALLS	64
#define JIT_KNOWN	64	/* slots whose types are followed */

/**
 * struct jit_layout - where native code finds the bytes behind a handle
 * @class: offset of a pointer in what the payload points to: the rest is true if it is that of a leaf that loads
 * @local: of a byte there; it is 0 where a lock is needed
 * @private: offset of a pointer there
 * @ptr: offset in what that points to: of the first byte
 * @readable: of the number of bytes, 64 bits
 */
struct jit_layout {
	int class;
	int local;
	int private;
	int ptr;
	int readable;
};

#define JIT_METATABLE	0
#define JIT_CLASS	0xff

/*
 * A pointer that may be an immediate. @tag is the tag of the Lua value, or JIT_METATABLE for the metatable of the class
 * @class of handles, or JIT_CLASS for a class of objects for which the layout is true.
 */
struct jit_constant {
	const void *pointer;
	unsigned char tag;
	unsigned char class;
};

enum jit_shape {
	JIT_GETSTRING,		/* (table, short string) -> value found */
	JIT_GETINTEGER,		/* (table, integer) -> value found */
	JIT_LEAF		/* (payload, integer, &entry->value) -> done */
};

struct jit_call {
	const void *function;
	unsigned char shape;
	unsigned char class;
};

/**
 * struct jit_program - what check.c looks at
 * @insns: @n of them
 * @slots: size of the Lua frame
 * @upvalues: of the function
 * @code: the function's Lua instructions, @ncode of them
 * @constants: pointers that the program may contain
 * @calls: functions that it may call
 */
struct jit_program {
	struct bpf_insn *insns;
	int n;
	int slots;
	int upvalues;
	int ncode;
	const Instruction *code;
	const struct jit_layout *layout;
	int nconstants;
	int ncalls;
	struct jit_constant constants[JIT_CONSTANTS];
	struct jit_call calls[JIT_CALLS];
};

struct jit_fix {
	int at;
	int label;
};

/* A slot along straight code. */
struct jit_fact {
	enum { JIT_ANY, JIT_INTEGER, JIT_METHOD } kind;
	unsigned char class;
	lua_Integer value;
	const struct lua_Leaf *leaf;
	const void *closure;
};

/**
 * struct jit - a function that is being translated
 * @program: the result
 * @room: for instructions, in @program
 * @p: the function
 * @entry: of its state: classes of handles
 * @stress: each Lua instruction counts down entry->stress, and exits at 0
 * @label: place of each label, or -1: see JIT_EXIT() and its kin
 * @in: slots that hold integers for sure before each Lua instruction
 * @held: slots that hold handles of the class @class for sure before each Lua instruction
 * @class: of the handles whose fields are loaded, or 0
 * @flags: JIT_* of each Lua instruction
 * @facts: of each CALL of a method, and of the step of each FORPREP
 * @known: slots that hold integers for sure, while translating
 * @handles: slots that hold handles of @class for sure
 * @dead: the next instruction is not reached from this one
 * @bad: given up
 * @calls: registers have to survive calls
 * @charges: the slice is needed
 * @base: register with the base of the frame. Likewise @e (entry), @closure, @slice, and three for values: @t
 */
struct jit {
	struct jit_program program;
	int room;
	const Proto *p;
	const struct lua_Entry *entry;
	int stress;
	int *label;
	struct jit_fix *fix;
	int nfix, mostfix;
	lua_Unsigned *in;
	lua_Unsigned *held;
	int class;
	unsigned char *flags;
	struct jit_fact *facts;
	struct jit_fact slot[MAXREGS + 5];
	lua_Unsigned known;
	lua_Unsigned handles;
	int dead;
	int bad;
	int calls;
	int charges;
	unsigned char base, e, closure, slice, t[3];
};

#define JIT_TARGET	1	/* something jumps here */
#define JIT_REACHED	2
#define JIT_EXITS	4

/* Labels: Lua instructions by their number; then: */
#define JIT_EXIT(j, pc)		((j)->p->sizecode + (pc))
#define JIT_LOCAL(j, pc)	(2 * (j)->p->sizecode + (pc))
#define JIT_RETURNONE(j)	(3 * (j)->p->sizecode)
#define JIT_RETURNNONE(j)	(3 * (j)->p->sizecode + 1)
#define JIT_TAIL(j)		(3 * (j)->p->sizecode + 2)
#define JIT_LABELS(p)		(3 * (p)->sizecode + 3)

#define JIT_SLOT(n)	((n) * (int)sizeof(TValue))
#define JIT_VALUE(n)	(JIT_SLOT(n) + (int)offsetof(TValue, value_))
#define JIT_TAG(n)	(JIT_SLOT(n) + (int)offsetof(TValue, tt_))
#define JIT_UPVALUE(n)	((int)offsetof(LClosure, upvals) + (n) * (int)sizeof(UpVal *))
#define JIT_PAYLOAD	((int)offsetof(Udata0, bindata))

static int jit_translate(struct jit *j);
static int jit_isworth(const struct jit *j);
static int jit_check(const struct jit_program *program);

#endif
