/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * registers.h - names and places of the registers in struct pt_regs
 *
 * LUNATIK_REGISTERS initialises an array of struct lunatik_register; it is empty for an architecture that is not
 * described here. So does LUNATIK_ARGUMENTS one of the places of a function's arguments, while it is entered; of these,
 * LUNATIK_REGISTERARGUMENTS are in registers. Further arguments have a place on the stack,
 * LUNATIK_STACKARGUMENT(registers, number), with numbers that begin with 0.
 * LUNATIK_USER64(registers) is true of a program for 64 bits, which has its frame at LUNATIK_FRAMEPOINTER(registers), if
 * it keeps frames at all.
 */
#ifndef LUNATIK_COMPAT_REGISTERS_H
#define LUNATIK_COMPAT_REGISTERS_H

#include <linux/ptrace.h>
#include <linux/stddef.h>

struct lunatik_register {
	char name[8];
	unsigned int offset;
};

#define LUNATIK_REGISTER(name, field)	{ name, offsetof(struct pt_regs, field) }

#if defined(CONFIG_X86_64)
#define LUNATIK_REGISTERARGUMENTS		6
#define LUNATIK_USER64(regs)			user_64bit_mode(regs)
#define LUNATIK_FRAMEPOINTER(regs)		((regs)->bp)
#define LUNATIK_ARGUMENTS			\
	offsetof(struct pt_regs, di),		\
	offsetof(struct pt_regs, si),		\
	offsetof(struct pt_regs, dx),		\
	offsetof(struct pt_regs, cx),		\
	offsetof(struct pt_regs, r8),		\
	offsetof(struct pt_regs, r9)
/* Behind the return address. */
#define LUNATIK_STACKARGUMENT(regs, n)		((regs)->sp + ((n) - 5) * sizeof(long))
#define LUNATIK_REGISTERS			\
	LUNATIK_REGISTER("ip", ip),		\
	LUNATIK_REGISTER("sp", sp),		\
	LUNATIK_REGISTER("flags", flags),	\
	LUNATIK_REGISTER("ax", ax),		\
	LUNATIK_REGISTER("bx", bx),		\
	LUNATIK_REGISTER("cx", cx),		\
	LUNATIK_REGISTER("dx", dx),		\
	LUNATIK_REGISTER("si", si),		\
	LUNATIK_REGISTER("di", di),		\
	LUNATIK_REGISTER("bp", bp),		\
	LUNATIK_REGISTER("r8", r8),		\
	LUNATIK_REGISTER("r9", r9),		\
	LUNATIK_REGISTER("r10", r10),		\
	LUNATIK_REGISTER("r11", r11),		\
	LUNATIK_REGISTER("r12", r12),		\
	LUNATIK_REGISTER("r13", r13),		\
	LUNATIK_REGISTER("r14", r14),		\
	LUNATIK_REGISTER("r15", r15)
#elif defined(CONFIG_ARM64)
#define LUNATIK_REGISTERARGUMENTS		8
#define LUNATIK_USER64(regs)			(!compat_user_mode(regs))
#define LUNATIK_FRAMEPOINTER(regs)		((regs)->regs[29])
#define LUNATIK_ARGUMENTS			\
	offsetof(struct pt_regs, regs[0]),	\
	offsetof(struct pt_regs, regs[1]),	\
	offsetof(struct pt_regs, regs[2]),	\
	offsetof(struct pt_regs, regs[3]),	\
	offsetof(struct pt_regs, regs[4]),	\
	offsetof(struct pt_regs, regs[5]),	\
	offsetof(struct pt_regs, regs[6]),	\
	offsetof(struct pt_regs, regs[7])
#define LUNATIK_STACKARGUMENT(regs, n)		((regs)->sp + ((n) - 8) * sizeof(long))
#define LUNATIK_REGISTERS			\
	LUNATIK_REGISTER("pc", pc),		\
	LUNATIK_REGISTER("sp", sp),		\
	LUNATIK_REGISTER("pstate", pstate),	\
	LUNATIK_REGISTER("x0", regs[0]),	\
	LUNATIK_REGISTER("x1", regs[1]),	\
	LUNATIK_REGISTER("x2", regs[2]),	\
	LUNATIK_REGISTER("x3", regs[3]),	\
	LUNATIK_REGISTER("x4", regs[4]),	\
	LUNATIK_REGISTER("x5", regs[5]),	\
	LUNATIK_REGISTER("x6", regs[6]),	\
	LUNATIK_REGISTER("x7", regs[7]),	\
	LUNATIK_REGISTER("x8", regs[8]),	\
	LUNATIK_REGISTER("x9", regs[9]),	\
	LUNATIK_REGISTER("x10", regs[10]),	\
	LUNATIK_REGISTER("x11", regs[11]),	\
	LUNATIK_REGISTER("x12", regs[12]),	\
	LUNATIK_REGISTER("x13", regs[13]),	\
	LUNATIK_REGISTER("x14", regs[14]),	\
	LUNATIK_REGISTER("x15", regs[15]),	\
	LUNATIK_REGISTER("x16", regs[16]),	\
	LUNATIK_REGISTER("x17", regs[17]),	\
	LUNATIK_REGISTER("x18", regs[18]),	\
	LUNATIK_REGISTER("x19", regs[19]),	\
	LUNATIK_REGISTER("x20", regs[20]),	\
	LUNATIK_REGISTER("x21", regs[21]),	\
	LUNATIK_REGISTER("x22", regs[22]),	\
	LUNATIK_REGISTER("x23", regs[23]),	\
	LUNATIK_REGISTER("x24", regs[24]),	\
	LUNATIK_REGISTER("x25", regs[25]),	\
	LUNATIK_REGISTER("x26", regs[26]),	\
	LUNATIK_REGISTER("x27", regs[27]),	\
	LUNATIK_REGISTER("x28", regs[28]),	\
	LUNATIK_REGISTER("fp", regs[29]),	\
	LUNATIK_REGISTER("lr", regs[30])
#else
#define LUNATIK_REGISTERS
#define LUNATIK_REGISTERARGUMENTS		6
#define LUNATIK_USER64(regs)			false
#define LUNATIK_FRAMEPOINTER(regs)		0
#define LUNATIK_ARGUMENTS
#define LUNATIK_STACKARGUMENT(regs, n)		0
#endif

#endif
