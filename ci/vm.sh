#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# vm.sh [DEBDIR] [KERNEL]: the virtual machine with our packages, with a shell on this terminal.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

debs=${1:-$build/deb} kernel=${2:-$(kernel_names check | tail -n 1)}
"$ci/image.sh" "$debs"
say "A shell as root in a virtual machine. \`exit\` or Control-A X ends it; nothing is kept."
say "Tests: /usr/share/lunatik-tests/tests/run [GROUP]"
exec "$ci/boot.sh" --tests --quiet --shell "$kernel"
