#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# C nests as deep as doc/admin/limits.md says.
# shellcheck source=../lib.sh
. ../lib.sh

check "the modules load" lunatik load
klog_mark
check "C nests as deep as documented" within 60 lunatik run tests/lua/depth
klog_printed | details
check "the script stops" lunatik stop tests/lua/depth
