# SPDX-License-Identifier: MIT OR GPL-2.0-only
# shellcheck shell=bash
# Completion of the command lunatik for bash.

# Scripts below the script folders that begin with $1, without .lua; folders end in a slash.
_lunatik_scripts() {
	local folder path
	for folder in /etc/lunatik /lib/modules/lua; do
		for path in "$folder/$1"*; do
			if [ -d "$path" ]; then
				printf '%s/\n' "${path#"$folder"/}"
			elif [[ $path == *.lua && -f $path ]]; then
				path=${path%.lua}
				printf '%s\n' "${path#"$folder"/}"
			fi
		done
	done
}

# What runs; only root is told, and only if the modules are loaded: completing loads nothing. Children, which have a line each,
# are not named to stop or rearm them.
_lunatik_running() {
	[ -w /dev/lunatik ] && lunatik list 2>/dev/null | head -n 1 | sed 's/, /\n/g'
}

# Scripts that run at boot: instances of lunatik@.service.
_lunatik_enabled() {
	local link
	for link in /etc/systemd/system/*.wants/lunatik@*.service; do
		[ -L "$link" ] || continue
		link=${link##*/lunatik@}
		systemd-escape --unescape "${link%.service}"
	done
}

# Programs for trace: tools by name, files by path.
_lunatik_tools() {
	local path
	for path in /usr/lib/lunatik/examples/trace/*.trace; do
		[ ! -f "$path" ] || basename "$path" .trace
	done
	compgen -f -- "$1"
}

# Whether a script was named before the last word, $1: its context comes next.
_lunatik_named() {
	local i
	for ((i = 2; i < $1; i++)); do
		case ${COMP_WORDS[i]} in
		-c | --context | -m | --memory | -b | --budget) i=$((i + 1)) ;;
		-*) ;;
		*) return 0 ;;
		esac
	done
	return 1
}

# Whether a context was given before the last word.
_lunatik_contextual() {
	local word
	for word in "${COMP_WORDS[@]:3:COMP_CWORD-3}"; do
		case $word in
		-c | --context | process | softirq | hardirq | true | false) return 0 ;;
		esac
	done
	return 1
}

# A script, then its context.
_lunatik_positional() {
	if ! _lunatik_named "$COMP_CWORD"; then
		_lunatik_scripts "$1"
	elif ! _lunatik_contextual; then
		echo process softirq hardirq true false
	fi
}

_lunatik_words() {
	local command=$1 previous=$2 current=$3
	case $previous in
	-c | --context | --command)
		[ "$command" != trace ] || return 0
		echo process softirq hardirq
		return
		;;
	-m | --memory | -b | --budget | -p | --pid | -d | --duration | --list) return ;;
	esac
	case $command in
	'') echo load unload reload status list run spawn stop rearm enable disable trace doctor kbuild-flags --help --version ;;
	run | spawn)
		case $current in
		-*) echo --context --memory --budget "$([ "$command" = spawn ] || echo --percpu)" --help ;;
		*) _lunatik_positional "$current" ;;
		esac
		;;
	enable)
		case $current in
		-*) echo --spawn --before-network --now --context --memory --budget --percpu --help ;;
		*) _lunatik_positional "$current" ;;
		esac
		;;
	disable)
		case $current in
		-*) echo --now --help ;;
		*) _lunatik_enabled ;;
		esac
		;;
	trace)
		case $current in
		-*) echo --command --pid --duration --list --help ;;
		*) _lunatik_tools "$current" ;;
		esac
		;;
	stop | rearm) _lunatik_running ;;
	list) echo --long --json ;;
	status | doctor) echo --json ;;
	kbuild-flags) compgen -G '/lib/modules/*/lunatik/kbuild.mk' | cut -d / -f 4 ;;
	esac
}

_lunatik() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=
	[ "$COMP_CWORD" = 1 ] || command=${COMP_WORDS[1]}
	mapfile -t COMPREPLY < <(compgen -W "$(_lunatik_words "$command" "$previous" "$current")" -- "$current")
	[[ ${COMPREPLY[0]-} != */ ]] || compopt -o nospace 2>/dev/null
}

complete -F _lunatik lunatik
