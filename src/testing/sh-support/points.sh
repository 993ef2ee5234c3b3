# Read by bash before a script (BASH_ENV). Each of the script's simple commands is a point: the first time that it is come
# by, POINTS gets a line with it, and when that is line POINT, the program EVENT runs, to its end. A point while the lock of
# the cache is held is marked: whoever needs it would wait.
set -T # also in functions and subshells
set -o posix # what ends other shells ends this one

declare -A holdall_seen # also what a subshell has seen is in the file

holdall_point() {
  local line count=1 state='' text=${1//$'\n'/ }
  [ -z "${holdall_seen[$text]-}" ] || return 0
  holdall_seen[$text]=seen
  if [ -e "$POINTS" ]; then
    while IFS= read -r line; do
      [ "${line#* }" != "$text" ] || return 0
      count=$((count + 1))
    done <"$POINTS"
  fi
  if [ -e "$HOLDALL_CACHE/lock" ] && ! flock -n "$HOLDALL_CACHE/lock" true; then
    state=locked
  fi
  printf '%s %s\n' "${state:-free}" "$text" >>"$POINTS"
  if [ "$count" = "$POINT" ]; then
    env -u BASH_ENV "$EVENT" >&2
  fi
}

trap 'holdall_point "$BASH_COMMAND"' DEBUG
