# SPDX-License-Identifier: BSD-2-Clause
# Completion of secmon's programs for bash. The options come from --help itself,
# so that they are never out of date.

_secmon()
{
	local program=$1 cur=$2 prev=$3
	COMPREPLY=()
	case $prev in
	-i|--input|-o|--output|-w|--write|-r|--replay|--rules|--path|--plan|--policy|--btf|--root|\
	--append-output|-c|--config|--metrics-file|--spool-status)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$("$program" --help 2>/dev/null |
			grep -E '^ +-' | grep -oE -- '(^ +-[A-Za-z0-9], +|^ +|, )--[a-z-]+' |
			grep -oE -- '--[a-z-]+')" -- "$cur")
	fi
}
complete -F _secmon secmon-capture secmon-enrich secmon-match secmon-ship
