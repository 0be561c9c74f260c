/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Nothing of the C library's <float.h> is used in the kernel. */
