#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# demo.sh [DEBDIR] [KERNEL]: a virtual machine with our packages runs the first example, on the screen.
# Nothing is loaded into the kernel of this machine. Status 0 if all of it worked.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

debs=${1:-$build/deb} kernel=${2:-$(kernel_names check | tail -n 1)}
"$ci/image.sh" "$debs"
root=$("$ci/root.sh")
say "booting Linux $(cat "$root/$kernel/version") in a virtual machine; this computer's kernel is left alone"
if phase demo "$ci/boot.sh" --tests --quiet --label demo --timeout "$(($(budget demo) * 3))" \
	--command "$(cat "$ci/guest/demo")" "$kernel"; then
	say "demo: it works"
else
	die "the demo failed"
fi
