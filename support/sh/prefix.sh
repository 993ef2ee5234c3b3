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
      [ -O "$holdall_cache/ready" ] && [ -O "$holdall_cache" ]; then
      command . "$holdall_cache/ready/$holdall_id" # without `command`, sh would end if it has just been deleted
    fi
    ;;
esac

# Cold. Everything below may fork.
holdall_serves='@serves@'
holdall_accepts='@accepts@' # of each target: ABI/any, or ABI/processor/libc/floor
holdall_commands='@commands@'
holdall_found=
holdall_tried=:

holdall_refuse() {
  printf 'cannot start %s: %s\nhint: %s\n' '@name@ @version@' "$1" "$2" >&2
  exit 1
}

# Sets holdall_libc to kind and version: `glibc 2.36`. What has musl may also have a loader for glibc's programs.
holdall_find_libc() {
  holdall_libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || holdall_libc=
  case $holdall_libc in 'glibc '*) return ;; esac
  for holdall_loader in /lib/ld-musl-*; do
    [ -f "$holdall_loader" ] || continue
    # It says its version, and fails, when it is called without a program.
    holdall_libc=$("$holdall_loader" 2>&1)
    holdall_libc=${holdall_libc#*Version }
    holdall_libc="musl ${holdall_libc%%[!0-9.]*}"
    return
  done
  for holdall_loader in /lib64/ld-linux-* /lib/ld-linux-*; do
    [ -f "$holdall_loader" ] || continue
    holdall_libc=$("$holdall_loader" --version 2>/dev/null) || continue
    holdall_libc=${holdall_libc#*release version }
    holdall_libc=${holdall_libc%%[!0-9.]*}
    holdall_libc="glibc ${holdall_libc%.}"
    return
  done
  holdall_libc='another C library'
}

# Whether version $1 is $2 or newer, by their first two numbers.
holdall_is_new() {
  holdall_minor=${1#*.}
  holdall_minor=${holdall_minor%%[!0-9]*}
  [ "${1%%.*}" -gt "${2%%.*}" ] || { [ "${1%%.*}" -eq "${2%%.*}" ] && [ "${holdall_minor:-0}" -ge "${2#*.}" ]; }
}

# Whether this machine is that of a target: `any`, or processor/libc/floor.
holdall_suits() {
  case $1:$holdall_libc in
    any:*) return 0 ;;
    "$holdall_processor/${holdall_libc%% *}/"*:*' '[0-9]*) holdall_is_new "${holdall_libc#* }" "${1##*/}" ;;
    *) return 1 ;;
  esac
}

# No target is for this machine, or no Python of it is for a target.
holdall_refuse_host() {
  set +f
  unset IFS
  holdall_find_libc
  holdall_processor=$(uname -m 2>/dev/null) || holdall_processor='an unknown processor'
  holdall_hint='Build it for this machine, with `holdall build --target`, or use another.'
  for holdall_target in $holdall_accepts; do
    ! holdall_suits "${holdall_target#*/}" ||
      holdall_hint='Install a Python that it serves, or name one that is not in PATH by HOLDALL_PYTHON.'
  done
  holdall_host=has
  case $holdall_serves in
    # Which machine it is matters where there is machine code.
    *' on '*)
      holdall_host="is $holdall_processor with $holdall_libc and has"
      ;;
  esac
  holdall_refuse "it serves $holdall_serves; this host $holdall_host ${holdall_found:-no Python}" "$holdall_hint"
}

# Runs a Python, as its name says little. Sets holdall_fact to ABI, processor, version, whether it is new enough for the
# program inside, whether it can read this file, whether a target is for it and its libc (of musl the version is looked
# at later), and sets holdall_python to its own path: what is in PATH may be a shim that changes the environment. Written
# for Python 2 and 3.
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
try:
    libc = os.confstr("CS_GNU_LIBC_VERSION").split()
except Exception:
    libc = ["musl", "999.0"]
def numbers(version):
    return [int(part) for part in version.split(".")[:2]]
def serves(target):
    place = target.split("/")
    if place[0] != abi or place[1] not in (processor, "any"):
        return False
    return len(place) == 2 or (place[2] == libc[0] and numbers(place[3]) <= numbers(libc[1]))
serves = any(serves(target) for target in sys.argv[2].split())
facts = (abi, processor, sys.version.split()[0], usable, readable, serves, sys.executable)
sys.stdout.write("%s %s %s %d %d %d %s" % facts)
' "$holdall_self" "$holdall_accepts" 2>/dev/null </dev/null) || holdall_fact=
  case $holdall_fact in
    *' '*' '*' '[01]' '[01]' '[01]' /'*) ;;
    *) holdall_fact= ;;
  esac
  holdall_python=/${holdall_fact#* /}
  holdall_fact=${holdall_fact%% /*}
  case $holdall_fact in
    *' 0 '[01])
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
  set -- "$1" $holdall_fact # ABI, processor, version, usable, readable, serves
  [ "$7" = 0 ] || return 0
  holdall_found="${holdall_found:+$holdall_found, }$1 ($2 $4 on $3)"
  [ "$5" = 0 ] || holdall_any=${holdall_any:-$holdall_python}
  return 1
}

# Sets holdall_python to the first Python that serves. Relative directories in PATH are left out: they are data. So is the
# bin of another artifact's release, which is first in PATH for what its application starts, and may go with its cache.
holdall_search() {
  set -f
  IFS=:
  for holdall_command in $holdall_commands; do
    for holdall_directory in ${PATH:-} /usr/local/bin /usr/bin /bin; do
      case $holdall_directory in /*) ;; *) continue ;; esac
      [ ! -e "$holdall_directory/../.in-use" ] || continue
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
    # Not by `command -v`, for which `alias` is a builtin.
    holdall_self=./$0
    set -f
    IFS=:
    for holdall_directory in ${PATH:-}; do
      [ ! -f "$holdall_self" ] || break
      holdall_self=$holdall_directory/$0
    done
    set +f
    unset IFS
    ;;
esac
# An open artifact is started by its directory.
case $holdall_self in
  */prefix) [ ! -f "${holdall_self%prefix}manifest.json" ] || holdall_self=${holdall_self%/prefix} ;;
esac

# Python ignores SIGPIPE and SIGXFSZ itself, and then cannot tell how the command is to find them.
holdall_ignored=
while read -r holdall_item holdall_fact; do
  case $holdall_item in SigIgn:) holdall_ignored=$holdall_fact ;; esac
done 2>/dev/null </proc/self/status

@interpreter@
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
      holdall_refuse_host
      ;;
  esac
fi
unset IFS
exec "$holdall_python" -I -S -B -X "holdall=$holdall_choice" -X "holdall_ignored=$holdall_ignored" "$holdall_self" "$@"
exit
