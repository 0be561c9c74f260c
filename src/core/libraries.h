/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Generated from src/modules by `make regen`. */
#define LUNATIK_LIBRARIES "device", "linux", "socket", "rcu", "map", "thread", "fib", "data", "completion", "fifo", "ring", "netfilter", "xtable", "xdp", "notifier", "probe", "btf", "syscall", "sysctl"
