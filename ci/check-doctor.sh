#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# check-doctor.sh [KERNEL...]: lunatik doctor on kernels that forbid something from their boot on (tests/doctor/boots), each in a
# short boot of its own. Prints KTAP; status 1 if a result failed. A case of ci/check-packages.sh.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

number=0 failed=0

# One boot: NAME of the case, kernel, arguments of the kernel.
case_of() {
	local name=$1 kernel=$2 append=$3 verdict=$logs/last-doctor-$1-$2.verdict status=0
	"$ci/boot.sh" --tests --silent --label "doctor-$name" --append "$append" "$kernel" \
		--command "bash /usr/share/lunatik-tests/tests/doctor/boots $name > /dev/ttyS1" || status=$?
	number=$((number + 1))
	if [ "$status" = 0 ] && grep -q '^1\.\.[1-9]' "$verdict" && ! grep -q '^not ok' "$verdict"; then
		echo "ok $number doctor: $name on $kernel"
	else
		failed=1
		[ ! -f "$verdict" ] || grep -E '^(not ok|# [^sl])' "$verdict" | sed 's/^/# /' || true
		echo "not ok $number doctor: $name on $kernel (status $status)"
	fi
}

"$ci/image.sh" "${LUNATIK_DEBS:-$build/deb}"
# shellcheck disable=SC2046 # one word for each kernel
[ $# -gt 0 ] || set -- $(kernel_names check)
for kernel; do
	case_of enforced "$kernel" module.sig_enforce=1
	case_of lockdown "$kernel" lockdown=integrity
	case_of disabled "$kernel" ''
	case_of enforced-late "$kernel" ''
	case_of lockdown-late "$kernel" ''
	case_of disabled-late "$kernel" ''
done
echo "1..$number"
exit "$failed"
