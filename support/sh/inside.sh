# A Python is inside, for each target one: it is unpacked into the cache and does the rest. No other is ever used.
# Besides sh, this needs uname, getconf, mkdir, tail, head, sha256sum, gzip, tar, chmod, mv and rm of any kind; and flock,
# where the host has it.
# Of each target: processor, libc, its floor, layer, digest of its member, first byte and size of that, program.
holdall_inside='@inside@'

# Sets holdall_layer and what belongs to it, of the first target that this host can run.
holdall_choose() {
  holdall_find_libc
  holdall_processor=$(uname -m)
  for holdall_item in $holdall_inside; do
    IFS=:
    set -- $holdall_item
    unset IFS
    holdall_suits "$1/$2/$3" || continue
    holdall_layer=$4
    holdall_digest=$5
    holdall_first=${6##*_}
    holdall_size=$7
    holdall_program=$8
    return
  done
  holdall_refuse "it serves $holdall_serves; this host is $holdall_processor with $holdall_libc" \
    'Build it for this machine, with `holdall build --target`, or use another.'
}

# As the program inside does it, which cannot do it here yet.
holdall_check_cache() {
  case $holdall_cache in
    '')
      holdall_refuse 'there is no place for its cache: HOME is not set' \
        'Set HOME, or set HOLDALL_CACHE to a directory of your own.'
      ;;
    *:* | *'
'*)
      holdall_refuse "the path of its cache has a colon or a line end: $holdall_cache" 'Set HOLDALL_CACHE to another.'
      ;;
    /*) ;;
    *) holdall_refuse "its cache is $holdall_cache, not an absolute path" 'Set an absolute path.' ;;
  esac
  [ ! -e "$holdall_cache" ] || [ -O "$holdall_cache" ] ||
    holdall_refuse "its cache $holdall_cache belongs to another user" 'Set HOLDALL_CACHE to a directory of your own.'
}

# A power cut may have taken bytes that were not on the disk yet; the program inside looks at the rest. It has to say a
# word: of an empty file sh makes a script that succeeds.
holdall_runs() {
  [ -O "$holdall_cache/layers/$holdall_layer" ] && [ -x "$holdall_python" ] &&
    [ "$("$holdall_python" -I -S -B -c 'import hashlib, json, zlib, concurrent.futures; print("runs")' 2>/dev/null)" = runs ]
}

holdall_has_digest() {
  set -- "$1" "$2" $(sha256sum <"$1")
  [ "$2" = "$3" ]
}

# In a process of its own, so that the lock, the mask and the trap end with it.
holdall_unpack() (
  for holdall_tool in tail head sha256sum gzip tar; do
    command -v "$holdall_tool" >/dev/null 2>&1 ||
      holdall_refuse "this host has no $holdall_tool, which unpacks the Python inside" "Install $holdall_tool."
  done
  umask 022
  mkdir -p "$holdall_cache/layers" "$holdall_cache/work" 2>/dev/null && [ -w "$holdall_cache/work" ] ||
    holdall_refuse "its cache $holdall_cache is not writable" 'Set HOLDALL_CACHE to a directory of your own.'
  if command -v flock >/dev/null 2>&1; then
    exec 9>>"$holdall_cache/lock"
    flock 9 2>/dev/null || : # a file system without locks
  fi
  ! holdall_runs || exit 0 # another start was faster
  holdall_work=$holdall_cache/work/sh-$$
  # A layer that another start had placed before is left there, read-only.
  holdall_clear() {
    chmod -R u+w "$holdall_work" 2>/dev/null || :
    rm -rf "$holdall_work" 2>/dev/null
  }
  holdall_clear
  trap holdall_clear EXIT
  holdall_full() {
    holdall_refuse "its Python cannot be unpacked into $holdall_cache" \
      'Free some space, or set HOLDALL_CACHE to a directory on another disk.'
  }
  holdall_damaged() {
    holdall_refuse "it is damaged: layers/$holdall_layer.tar.gz is not as it was sealed" 'Copy the file again.'
  }
  mkdir "$holdall_work" && echo '#!/bin/sh' >"$holdall_work/probe" && chmod 755 "$holdall_work/probe" || holdall_full
  "$holdall_work/probe" 2>/dev/null ||
    holdall_refuse "it has native code, and its cache $holdall_cache is mounted noexec" \
      'Set HOLDALL_CACHE to a directory of your own on another file system.'

  # Both digests are checked before tar sees a byte.
  if [ -d "$holdall_self" ]; then
    head -c "$holdall_size" <"$holdall_self/layers/$holdall_layer.tar.gz"
  else
    # tail may find that nobody listens any more.
    tail -c "+$holdall_first" <"$holdall_self" 2>/dev/null | head -c "$holdall_size"
  fi >"$holdall_work/layer.tar.gz" || holdall_full
  holdall_has_digest "$holdall_work/layer.tar.gz" "$holdall_digest" || holdall_damaged
  gzip -dc <"$holdall_work/layer.tar.gz" >"$holdall_work/layer.tar" || holdall_full
  holdall_has_digest "$holdall_work/layer.tar" "$holdall_layer" || holdall_damaged
  mkdir "$holdall_work/layer" && tar -xof "$holdall_work/layer.tar" -C "$holdall_work/layer" || holdall_full
  chmod -R a-w "$holdall_work/layer/python" || holdall_full

  # What is there is damaged, or, without a lock, another start has just placed it.
  [ ! -e "$holdall_cache/layers/$holdall_layer" ] || ! holdall_runs || exit 0
  [ ! -e "$holdall_cache/layers/$holdall_layer" ] ||
    mv "$holdall_cache/layers/$holdall_layer" "$holdall_work/damaged" || holdall_full
  # Not by mv, which would put it below a directory that another start has placed meanwhile.
  "$holdall_work/layer/python/bin/$holdall_program" -I -S -B -c 'import os, sys; os.rename(*sys.argv[1:])' \
    "$holdall_work/layer" "$holdall_cache/layers/$holdall_layer" 2>"$holdall_work/errors" || holdall_runs || {
    printf '%s\n' "$(head -c 2000 <"$holdall_work/errors")" >&2
    holdall_refuse 'the Python inside does not run on this host' 'Build it for this host, or without --with-python.'
  }
)

[ -z "${HOLDALL_PYTHON:-}" ] ||
  holdall_refuse "HOLDALL_PYTHON is $HOLDALL_PYTHON, and it has a Python inside, which it always uses" \
    'Unset HOLDALL_PYTHON.'
holdall_choose
holdall_check_cache
holdall_python=$holdall_cache/layers/$holdall_layer/python/bin/$holdall_program
if [ ! -e /proc/self/exe ]; then
  # Then the loader does not know where the program is, beside which its libraries are: ld.so(8).
  LD_ORIGIN_PATH=${holdall_python%/*}
  export LD_ORIGIN_PATH
fi
holdall_runs || holdall_unpack || exit
exec "$holdall_python" -I -S -B -X holdall=inside "$holdall_self" "$@"
