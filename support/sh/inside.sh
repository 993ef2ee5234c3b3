# A Python is inside, for each target one: it is unpacked into the cache and does the rest. No other is ever used.
# Besides sh, this needs uname, getconf, ls, mkdir, tail, head, sha256sum, gzip, tar, sort, uniq, chmod, mv and rm of any kind;
# and flock, where the host has it.
# Of each target: processor, libc, its floor, layer, digest of its member, first byte and size of that, size of the tar,
# program.
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
    holdall_tar_size=$8
    holdall_program=$9
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
  holdall_check_owner
  # Root alone owns this.
  [ ! -O / ] || {
    holdall_check_above "$holdall_cache"
    [ ! -d "$holdall_cache" ] || holdall_check_above "$(cd -P "$holdall_cache" 2>/dev/null && pwd -P)"
  }
}

# That no other user could exchange it as a whole.
holdall_check_above() {
  while [ -n "$1" ]; do
    # The last look is for what another start has made after the first one.
    [ -O "$1" ] || [ ! -d "$1" ] || [ -O "$1" ] ||
      holdall_refuse "its cache $holdall_cache lies below $1, which belongs to another user" \
        'Set HOLDALL_CACHE to a directory of root, such as /var/cache/holdall; with sudo, use its option -H.'
    set -- "${1%/*}"
  done
}

# Also of the parts: anybody can have made them where anybody may, such as in /tmp.
holdall_check_owner() {
  for holdall_item in "$holdall_cache" "$holdall_cache/layers" "$holdall_cache/work"; do
    [ -O "$holdall_item" ] || [ ! -d "$holdall_item" ] || [ -O "$holdall_item" ] ||
      holdall_refuse "its cache $holdall_item belongs to another user" 'Set HOLDALL_CACHE to a directory of your own.'
    ! holdall_is_open "$holdall_item" ||
      holdall_refuse "its cache $holdall_item can be changed by other users" \
        "Set HOLDALL_CACHE to a new directory; one below $holdall_cache will do."
  done
}

# Whether others may write there: everybody, but in a sticky cache (not a part of it); by an ACL; or a group that is not
# called like its user, as one is that Debian and others make for each user alone.
holdall_is_open() {
  holdall_item=$1
  set -- $(LC_ALL=C ls -ld "$1/." 2>/dev/null)
  case ${1-} in
    ????????w[tT]*) [ "$holdall_item" != "$holdall_cache" ] ;;
    ????????w* | ?????w????+*) ;;
    ?????w*) [ "${3-}" != "${4-}" ] ;;
    *) false ;;
  esac
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

# What follows checks what `tar` says that it would do with a layer. The digests say who made it, not that it is harmless;
# the program inside is stricter, but it comes out of this tar. Users, groups and sizes are free text in a listing: only
# what no text in them can hide is relied on.

# Whether each name is below python/, without `..`, and no other's. GNU and BSD tar write bytes above 0x7f as \ooo.
holdall_has_names() {
  # Bounded, as busybox lists an entry of negative size for ever.
  [ -z "$(tar -tf "$1" 2>/dev/null | head -n "$((holdall_tar_size / 512))" | sort | uniq -d)" ] || return 1
  holdall_names=$(tar -tf "$1") || return 1
  for holdall_item in $holdall_names; do
    case /${holdall_item%% -> *}/ in # toybox says here, too, where a link leads
      *//* | */./* | */../* | *'\'[!23]*) return 1 ;;
      /python/?*) ;;
      *) return 1 ;;
    esac
  done
}

# Whether each entry is a file or a link, of permitted mode, and no hard link: `a link to b`, `a -> b` of busybox.
holdall_has_entries() {
  holdall_entries=$(tar -tvf "$1" 2>/dev/null) || return 1
  for holdall_item in $holdall_entries; do
    case $holdall_item in
      *' -> '*' -> '*) return 1 ;;
      'lrwxrwxrwx '*' -> '*) holdall_is_within "${holdall_item%% -> *}" "${holdall_item#* -> }" || return 1 ;;
      *' -> '* | *' link to '*) return 1 ;;
      '-rw-r--r-- '* | '-rwxr-xr-x '*) ;;
      *) return 1 ;;
    esac
  done
}

# Whether the link that the line $1 ends with leads to what is below python/, too (`..` comes first, and not too often),
# and no name leads through it.
holdall_is_within() {
  set -- "${1##* python/}" "$2/"
  case $IFS$holdall_names in *"${IFS}python/$1/"*) return 1 ;; esac
  while :; do
    case $2 in ../*) ;; *) break ;; esac
    case $1 in */*) ;; *) return 1 ;; esac
    set -- "${1#*/}" "${2#../}"
  done
  [ -n "$2" ] || case $1 in */*) ;; *) return 1 ;; esac # the directory python itself
  case /$2 in *//* | */./* | */../* | *'\'[!23]*) return 1 ;; esac
}

# In a process of its own, so that none of its settings reaches another.
holdall_is_harmless() (
  LC_ALL=C
  export LC_ALL
  set -f
  IFS='
'
  # GNU tar takes what memory a header of pax asks for, and a time that grows with its square.
  ulimit -v 1000000 2>/dev/null || : # KiB
  ulimit -t 60 2>/dev/null || :
  holdall_has_names "$1" && holdall_has_entries "$1"
)

# Sets holdall_mount to the mount point that the directory $1 is on, if the kernel says that nothing can be run from there.
holdall_find_noexec() {
  holdall_mount=
  set -- "$(cd -P "$1" && pwd -P)" ''
  while read -r holdall_item holdall_point holdall_item holdall_options holdall_item; do
    # proc(5): a blank is \040.
    case $holdall_point in *%*) ;; *'\'*) holdall_point=$(printf "$holdall_point") ;; esac
    case $1/ in "${holdall_point%/}/"*) ;; *) continue ;; esac
    [ "${#holdall_point}" -ge "${#2}" ] || continue
    set -- "$1" "$holdall_point"
    case ,$holdall_options, in *,noexec,*) holdall_mount=$2 ;; *) holdall_mount= ;; esac
  done 2>/dev/null </proc/self/mounts
}

# In a process of its own, so that the lock, the mask and the trap end with it. Status 75: somebody has deleted the cache
# meanwhile, and nothing was said.
holdall_unpack() (
  for holdall_tool in tail head sha256sum gzip tar sort uniq; do
    command -v "$holdall_tool" >/dev/null 2>&1 ||
      holdall_refuse "this host has no $holdall_tool, which unpacks the Python inside" "Install $holdall_tool."
  done
  umask 022
  unset TAR_OPTIONS # of GNU tar
  set -- "its cache $holdall_cache is not writable" 'Set HOLDALL_CACHE to a directory of your own.'
  mkdir -p "$holdall_cache/layers" "$holdall_cache/work" 2>/dev/null || holdall_refuse "$@"
  [ -w "$holdall_cache/work" ] || holdall_give_up "$@"
  holdall_check_owner
  { true >>"$holdall_cache/lock"; } 2>/dev/null || holdall_full
  # Not by `exec`: a redirection that fails would end the shell.
  holdall_unpack_alone 9>>"$holdall_cache/lock" || holdall_full
)

holdall_full() {
  holdall_give_up "its Python cannot be unpacked into $holdall_cache" \
    'Free some space, or set HOLDALL_CACHE to a directory on another disk.'
}

holdall_give_up() {
  [ -d "$holdall_cache/work" ] || exit 75
  holdall_refuse "$@"
}

# With the file of the lock as descriptor 9.
holdall_unpack_alone() {
  if command -v flock >/dev/null 2>&1; then
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
  holdall_damaged() {
    holdall_give_up "it is damaged: layers/$holdall_layer.tar.gz is not as it was sealed" 'Copy the file again.'
  }
  mkdir "$holdall_work" && echo '#!/bin/sh' >"$holdall_work/probe" && chmod 755 "$holdall_work/probe" || holdall_full
  "$holdall_work/probe" 2>/dev/null || {
    holdall_find_noexec "$holdall_work"
    holdall_reason='runs nothing'
    [ -z "$holdall_mount" ] || holdall_reason="is on $holdall_mount, which is mounted noexec"
    holdall_give_up "it has native code, and its cache $holdall_cache $holdall_reason" \
      'Set HOLDALL_CACHE to a directory of your own on another file system.'
  }

  # Both digests are checked before tar sees a byte.
  if [ -d "$holdall_self" ]; then
    head -c "$holdall_size" <"$holdall_self/layers/$holdall_layer.tar.gz"
  else
    # tail may find that nobody listens any more.
    tail -c "+$holdall_first" <"$holdall_self" 2>/dev/null | head -c "$holdall_size"
  fi >"$holdall_work/layer.tar.gz" || holdall_full
  holdall_has_digest "$holdall_work/layer.tar.gz" "$holdall_digest" || holdall_damaged
  gzip -dc <"$holdall_work/layer.tar.gz" | head -c "$holdall_tar_size" >"$holdall_work/layer.tar" || holdall_full
  holdall_has_digest "$holdall_work/layer.tar" "$holdall_layer" || holdall_damaged
  holdall_is_harmless "$holdall_work/layer.tar" ||
    holdall_give_up "layers/$holdall_layer.tar.gz is not a layer: its tar has what no layer has" \
      'Do not use this file; its builder did not make it with holdall.'
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
    holdall_give_up 'the Python inside does not run on this host' 'Build it for this host, or without --with-python.'
  }
}

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
holdall_tries=
until holdall_runs || holdall_unpack; do
  [ "$?" -eq 75 ] || exit 1
  [ "$holdall_tries" != xxxxx ] ||
    holdall_refuse "$holdall_cache comes and goes while it is started" \
      'Find out what else changes that, and start it again.'
  holdall_tries=x$holdall_tries
done
exec "$holdall_python" -I -S -B -X holdall=inside -X "holdall_ignored=$holdall_ignored" "$holdall_self" "$@"
