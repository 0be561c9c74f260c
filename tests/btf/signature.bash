# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# Signatures of modules, as scripts/sign-file appends them: signature, eight bytes and the signature's length, a marker.
#
#   plain_module FILE             print a module, unpacked if need be
#   certificate_of DER            print the certificate as signed_by takes it (PEM)
#   signed_by CERTIFICATE FILE    condition: it is signed as it is, by the owner of the certificate

plain_module() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -dcq "$1" ;;
	*) cat "$1" ;;
	esac
}

certificate_of() {
	openssl x509 -inform DER -in "$1"
}

signed_by() {
	local folder size length status=0
	folder=$(mktemp -d)
	plain_module "$2" > "$folder/module"
	size=$(stat -c %s "$folder/module")
	if [ "$(tail -c 28 "$folder/module")" != '~Module signature appended~' ]; then
		echo "$2 is not signed"
		status=1
	else
		length=$((16#$(tail -c 32 "$folder/module" | head -c 4 | xxd -p)))
		head -c $((size - 40 - length)) "$folder/module" > "$folder/contents"
		tail -c $((40 + length)) "$folder/module" | head -c "$length" > "$folder/signature"
		openssl cms -verify -binary -inform DER -in "$folder/signature" -content "$folder/contents" \
			-certfile "$1" -nointern -noverify -out /dev/null || status=1
	fi
	rm -rf "$folder"
	return "$status"
}
