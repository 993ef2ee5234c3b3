#!/bin/sh
holdall_id='@identity@'
# @name@ @version@: a holdall artifact. This script hands over to a release that is ready, or else to a Python that
# makes one; after its last line comes a ZIP archive. It needs no program besides sh and the interpreter.

# Warm: the ready file replaces this process. Files of other users are never sourced, so root is safe in any HOME.
holdall_cache=${HOLDALL_CACHE:-${XDG_CACHE_HOME:+$XDG_CACHE_HOME/holdall}}
holdall_cache=${holdall_cache:-${HOME:+$HOME/.cache/holdall}}
case ${HOLDALL_PYTHON:+own}:${1:---holdall}:$holdall_cache in
  :--holdall:*) ;;
  :*:/*)
    if [ -f "$holdall_cache/ready/$holdall_id" ] && [ -O "$holdall_cache/ready/$holdall_id" ] &&
      [ -O "$holdall_cache" ]; then
      . "$holdall_cache/ready/$holdall_id"
    fi
    ;;
esac

# Cold. Everything below may fork.
holdall_serves='@serves@'
holdall_accepts=' @accepts@ ' # ABI and processor of each target
holdall_commands='@commands@'
holdall_found=
holdall_tried=:

holdall_refuse() {
  printf 'cannot start %s: %s\nhint: %s\n' '@name@ @version@' "$1" "$2" >&2
  exit 1
}

# Runs a Python, as its name says little. Sets holdall_fact to ABI, processor, version, whether it is new enough for the
# program inside, whether it can read this file, and sets holdall_python to its own path: what is in PATH may be a shim
# that changes the environment. Written for Python 2 and 3.
holdall_probe() {
  holdall_fact=$("$1" -I -S -c '
import os, sys, zipimport
kind = getattr(getattr(sys, "implementation", None), "name", "cpython")
tag = "cp" if kind == "cpython" else kind
abi = tag + "%d%d" % sys.version_info[:2] + getattr(sys, "abiflags", "")
processor = os.uname()[4] if sys.maxsize > 2**32 else "32-bit"
usable = sys.version_info >= (3, 8)
readable = True
try:
    os.path.isdir(sys.argv[1]) or zipimport.zipimporter(sys.argv[1]).get_code("__main__")
except Exception:
    readable = False
facts = (abi, processor, sys.version.split()[0], usable, readable, sys.executable)
sys.stdout.write("%s %s %s %d %d %s" % facts)
' "$holdall_self" 2>/dev/null </dev/null) || holdall_fact=
  case $holdall_fact in
    *' '*' '*' '[01]' '[01]' /'*) ;;
    *) holdall_fact= ;;
  esac
  holdall_python=/${holdall_fact#* /}
  holdall_fact=${holdall_fact%% /*}
  case $holdall_fact in
    *0)
      holdall_refuse "its archive cannot be read: $holdall_self is incomplete or was changed" \
        'Copy the file again.'
      ;;
  esac
}

# Looks at one file; remembers why it does not serve.
holdall_try() {
  case $holdall_tried in *":$1:"*) return 1 ;; esac
  holdall_tried=$holdall_tried$1:
  [ -f "$1" ] && [ -x "$1" ] || return 1
  holdall_probe "$1"
  if [ -z "$holdall_fact" ]; then
    holdall_found="${holdall_found:+$holdall_found, }$1 (does not run)"
    return 1
  fi
  set -- "$1" $holdall_fact # ABI, processor, version, usable, readable
  case $holdall_accepts in *" $2/$3 "* | *" $2/any "*) return 0 ;; esac
  holdall_found="${holdall_found:+$holdall_found, }$1 ($2 $4 on $3)"
  [ "$5" = 0 ] || holdall_any=${holdall_any:-$holdall_python}
  return 1
}

# Sets holdall_python to the first Python that serves. Relative directories in PATH are left out: they are data.
holdall_search() {
  set -f
  IFS=:
  for holdall_command in $holdall_commands; do
    for holdall_directory in ${PATH:-} /usr/local/bin /usr/bin /bin; do
      case $holdall_directory in /*) ;; *) continue ;; esac
      IFS=' '
      holdall_try "${holdall_directory%/}/$holdall_command" && return 0
      IFS=:
    done
  done
  return 1
}

# The file that sh reads: named with a directory, or in the working directory, or (`sh name`) found in PATH.
holdall_self=$0
case $holdall_self in
  */*) ;;
  *)
    if [ -f "$0" ]; then holdall_self=./$0; else holdall_self=$(command -v -- "$0"); fi
    ;;
esac
# An open artifact is started by its directory.
case $holdall_self in
  */prefix) [ ! -f "${holdall_self%prefix}manifest.json" ] || holdall_self=${holdall_self%/prefix} ;;
esac

holdall_any=
holdall_choice=own
if [ -n "${HOLDALL_PYTHON:-}" ]; then
  # What it serves or not is said by the program inside, which knows more.
  case $HOLDALL_PYTHON in
    /*) ;;
    *)
      holdall_refuse "HOLDALL_PYTHON is $HOLDALL_PYTHON, not an absolute path" \
        'Name the interpreter with its directory.'
      ;;
  esac
  holdall_probe "$HOLDALL_PYTHON"
  [ -n "$holdall_fact" ] ||
    holdall_refuse "HOLDALL_PYTHON is $HOLDALL_PYTHON, which does not run as a Python 3" \
      'Name another interpreter, or unset it.'
elif holdall_search; then
  holdall_choice=found
else
  # Any Python from 3.8 on can show what is inside.
  holdall_python=$holdall_any
  case ${1:---holdall}:$holdall_any in
    --holdall:/*) ;;
    *)
      holdall_refuse "it serves $holdall_serves; this host has ${holdall_found:-no Python}" \
        'Install a Python that it serves, or name one that is not in PATH by HOLDALL_PYTHON.'
      ;;
  esac
fi
unset IFS
exec "$holdall_python" -I -S -B -X "holdall=$holdall_choice" "$holdall_self" "$@"
exit
