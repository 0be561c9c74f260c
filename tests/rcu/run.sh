#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The rcu library: tables that runtimes share.
. ../lib.sh
. ../cases.sh

lua_cases tests/rcu/basic
lua_cases tests/rcu/basic --context softirq
lua_cases tests/rcu/basic --context hardirq
lua_cases tests/rcu/shared

unloads() {
	within 60 lunatik unload && [ ! -e /sys/module/luarcu ] && [ ! -e /sys/module/lunatik ]
}

check "a script leaves tables that hold each other" starts tests/rcu/cycle
check "... and ends" stops tests/rcu/cycle
on_exit within 60 lunatik load
check "they do not keep the modules loaded" unloads
check "everything loads again" within 60 lunatik load
