/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * protected.S - run a call frame of Lua under a landing place
 *
 * int lunatik_protected(lua_State *L, CallInfo *ci, jmp_buf env)
 *
 * Remembers its caller in @env as lunatik_setjmp() does, and calls the interpreter.
 * Returns 0, or what was given to lunatik_longjmp(). To the compiler it is a
 * function like any other, which returns once: its callers keep values in registers.
 */
#include <linux/linkage.h>

#ifdef CONFIG_X86_64
#include <asm/frame.h>
#include <asm/nospec-branch.h>

/* The layout of jmp_buf is that of klibc's setjmp.S. */
SYM_FUNC_START(lunatik_protected)
	movq (%rsp), %rcx
	leaq 8(%rsp), %rax
	movq %rbx, (%rdx)
	movq %rax, 8(%rdx)
	movq %rbp, 16(%rdx)
	movq %r12, 24(%rdx)
	movq %r13, 32(%rdx)
	movq %r14, 40(%rdx)
	movq %r15, 48(%rdx)
	movq %rcx, 56(%rdx)
	FRAME_BEGIN
	call lunatik_vm_execute
	FRAME_END
	xorl %eax, %eax
	RET
SYM_FUNC_END(lunatik_protected)
#endif

#ifdef CONFIG_ARM64
SYM_FUNC_START(lunatik_protected)
	mov	x3, sp
	stp	x19, x20, [x2, #0]
	stp	x21, x22, [x2, #16]
	stp	x23, x24, [x2, #32]
	stp	x25, x26, [x2, #48]
	stp	x27, x28, [x2, #64]
	stp	x29, x30, [x2, #80]
	stp	x3, x18, [x2, #96]
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	bl	lunatik_vm_execute
	ldp	x29, x30, [sp], #16
	mov	w0, #0
	ret
SYM_FUNC_END(lunatik_protected)
#endif
