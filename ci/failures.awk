# SPDX-License-Identifier: MIT OR GPL-2.0-only
# Print what somebody who waits for the tests wants to see of a verdict: each failure with the remarks before it, each
# group's result and time.
{ sub(/\r$/, "") }
/^ +# / { remarks = remarks $0 "\n"; next }
/^ *not ok/ { printf "%s%s\n", remarks, $0 }
/^(ok|# [^ls])/ { print }
{ remarks = ""; fflush() }
