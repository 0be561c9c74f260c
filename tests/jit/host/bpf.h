/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * bpf.h - an interpreter of the BPF instructions that native code is made of
 *
 * Registers that hold nothing are filled with garbage, and so are those that a call may change.
 */
#define GARBAGE		0xdeadbeefcafe0000ull

static unsigned long long bpf_load(int size, const void *from)
{
	unsigned long long value = 0;

	memcpy(&value, from, size == BPF_B ? 1 : size == BPF_H ? 2 : size == BPF_W ? 4 : 8);
	return value;
}

static void bpf_store(int size, void *to, unsigned long long value)
{
	memcpy(to, &value, size == BPF_B ? 1 : size == BPF_H ? 2 : size == BPF_W ? 4 : 8);
}

static unsigned long long bpf_alu(int op, unsigned long long a, unsigned long long b)
{
	switch (op) {
	case BPF_ADD: return a + b;
	case BPF_SUB: return a - b;
	case BPF_MUL: return a * b;
	case BPF_DIV: return a / b;
	case BPF_MOD: return a % b;
	case BPF_OR: return a | b;
	case BPF_AND: return a & b;
	case BPF_XOR: return a ^ b;
	case BPF_LSH: return a << (b & 63);
	case BPF_RSH: return a >> (b & 63);
	case BPF_ARSH: return (long long)a >> (b & 63);
	case BPF_NEG: return 0 - a;
	case BPF_MOV: return b;
	default:
		abort();
	}
}

static int bpf_compare(int op, unsigned long long a, unsigned long long b, long long sa, long long sb)
{
	switch (op) {
	case BPF_JA: return 1;
	case BPF_JEQ: return a == b;
	case BPF_JNE: return a != b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	case BPF_JLT: return a < b;
	case BPF_JLE: return a <= b;
	case BPF_JSGT: return sa > sb;
	case BPF_JSGE: return sa >= sb;
	case BPF_JSLT: return sa < sb;
	case BPF_JSLE: return sa <= sb;
	default:
		abort();
	}
}

static void bpf_call(const struct jit_call *call, unsigned long long *r)
{
	int i;

	switch (call->shape) {
	case JIT_GETSTRING:
		r[0] = (unsigned long)luaH_getshortstr((Table *)(unsigned long)r[1], (TString *)(unsigned long)r[2]);
		break;
	case JIT_GETINTEGER:
		r[0] = (unsigned long)luaH_getint((Table *)(unsigned long)r[1], r[2]);
		break;
	default:
		r[0] = (unsigned int)((int (*)(void *, lua_Integer, lua_Integer *))call->function)(
			(void *)(unsigned long)r[1], r[2], (void *)(unsigned long)r[3]) | GARBAGE << 32;
	}
	for (i = 1; i <= 5; i++)
		r[i] = GARBAGE + i;
}

static int bpf_run(const struct jit_program *program, void *base, void *entry, void *closure)
{
	unsigned long long r[11], other;
	const struct bpf_insn *i = program->insns;
	int n;

	for (n = 0; n < 11; n++)
		r[n] = GARBAGE + n;
	r[1] = (unsigned long)base;
	r[2] = (unsigned long)entry;
	r[3] = (unsigned long)closure;
	for (;; i++) {
		other = BPF_SRC(i->code) == BPF_X ? r[i->src_reg] : (unsigned long long)(long long)i->imm;
		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
			r[i->dst_reg] = (unsigned int)i->imm | (unsigned long long)(unsigned int)i[1].imm << 32;
			i++;
			break;
		case BPF_LDX:
			r[i->dst_reg] = bpf_load(BPF_SIZE(i->code), (char *)(unsigned long)r[i->src_reg] + i->off);
			break;
		case BPF_ST:
			bpf_store(BPF_SIZE(i->code), (char *)(unsigned long)r[i->dst_reg] + i->off, i->imm);
			break;
		case BPF_STX:
			bpf_store(BPF_SIZE(i->code), (char *)(unsigned long)r[i->dst_reg] + i->off, r[i->src_reg]);
			break;
		case BPF_ALU:
			r[i->dst_reg] = (unsigned int)bpf_alu(BPF_OP(i->code), (unsigned int)r[i->dst_reg],
							      (unsigned int)other);
			break;
		case BPF_ALU64:
			r[i->dst_reg] = bpf_alu(BPF_OP(i->code), r[i->dst_reg], other);
			break;
		case BPF_JMP:
			if (BPF_OP(i->code) == BPF_EXIT)
				return (int)r[0];
			if (BPF_OP(i->code) == BPF_CALL)
				bpf_call(&program->calls[i->imm], r);
			else if (bpf_compare(BPF_OP(i->code), r[i->dst_reg], other, r[i->dst_reg], other))
				i += i->off;
			break;
		default:
			if (bpf_compare(BPF_OP(i->code), (unsigned int)r[i->dst_reg], (unsigned int)other,
					(int)r[i->dst_reg], (int)other))
				i += i->off;
		}
	}
}
