#!/bin/bash
# SPDX-License-Identifier: MIT OR GPL-2.0-only
# The REPL at a terminal: editing, several lines, completion, Control-C, history.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

command -v expect > /dev/null || skip_all "no expect"
lunatik load
HOME=$(mktemp -d)
export HOME SLOW=$test_slow
on_exit rm -rf "$HOME"

check "a conversation" env LUNATIK="$(command -v lunatik)" expect "$(dirname "$0")/repl.exp"
check "the history is the user's alone" output_is 600 stat -c %a "$HOME/.lunatik_history"

victim=$HOME/victim
echo precious > "$victim"
ln -sf "$victim" "$HOME/.lunatik_history"
env LUNATIK="$(command -v lunatik)" expect "$(dirname "$0")/repl.exp" > /dev/null
check "a link in its place is not followed" output_is precious cat "$victim"
