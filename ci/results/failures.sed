# SPDX-License-Identifier: MIT OR GPL-2.0-only
# For sed -u -n -E: of a verdict, what somebody who waits for the tests wants to see at once: each failure with the remarks
# before it, each group's result and time. (An awk may read ahead, and be minutes late.)
s/\r$//
/^ +# /{H;b;}
/^ *not ok/{x;s/^\n//;/./p;g;p;}
/^(ok|# [^ls])/p
s/.*//
h
