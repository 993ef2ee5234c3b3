# bash completion for holdall, made by `holdall completion bash`
_holdall() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ ${COMP_WORDS[index]} == -* ]] || { command=${COMP_WORDS[index]}; break; }
  done
  case $command in
    '') mapfile -t COMPREPLY < <(compgen -W 'check init plan build dev run test settings requirements inspect verify diff unpack pack cache completion help --json --quiet --no-color --help --version' -- "$word") ;;
    check)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--json --quiet --no-color --help --version' -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
      esac
      ;;
    init)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--json --quiet --no-color --help --version' -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
      esac
      ;;
    plan)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--development --json --quiet --no-color --help --version' -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
      esac
      ;;
    build)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--output --python --target --with-python --no-import-check --json --quiet --no-color --help --version' -- "$word") ;;
        *' --output') mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        *' --python') ;;
        *' --target') ;;
        *) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
      esac
      ;;
    dev)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--settings --set --environment --port --only --host --migrate --no-migrate --no-reload --timestamps --python --json --quiet --no-color --help --version' -- "$word") ;;
        *' --settings') mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        *' --set') ;;
        *' --environment') mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
        *' --port') ;;
        *' --only') ;;
        *' --host') ;;
        *' --python') ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
      esac
      ;;
    run)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--settings --set --environment --port --json --quiet --no-color --help --version' -- "$word") ;;
        *' --settings') mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        *' --set') ;;
        *' --environment') mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
        *' --port') ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
      esac
      ;;
    test)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--keep --settings --set --json --quiet --no-color --help --version' -- "$word") ;;
        *' --settings') mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        *' --set') ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
      esac
      ;;
    settings)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--settings --set --environment --json --quiet --no-color --help --version' -- "$word") ;;
        *' --settings') mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        *' --set') ;;
        *' --environment') mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
      esac
      ;;
    requirements)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--settings --set --environment --port --json --quiet --no-color --help --version' -- "$word") ;;
        *' --settings') mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        *' --set') ;;
        *' --environment') mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
        *' --port') ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
      esac
      ;;
    inspect)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--json --quiet --no-color --help --version' -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
      esac
      ;;
    verify)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--json --quiet --no-color --help --version' -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
      esac
      ;;
    diff)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--json --quiet --no-color --help --version' -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
      esac
      ;;
    unpack)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--venv --only --json --quiet --no-color --help --version' -- "$word") ;;
        *' --only') ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
      esac
      ;;
    pack)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--json --quiet --no-color --help --version' -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
      esac
      ;;
    cache)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--dry-run --older-than --keep --json --quiet --no-color --help --version' -- "$word") ;;
        *' --older-than') ;;
        *' --keep') ;;
        *) mapfile -t COMPREPLY < <(compgen -W 'list verify repair prune clear' -- "$word") ;;
      esac
      ;;
    completion)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--json --quiet --no-color --help --version' -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$word") ;;
      esac
      ;;
    help)
      case "$word $previous" in
        -*) mapfile -t COMPREPLY < <(compgen -W '--json --quiet --no-color --help --version' -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -W 'check init plan build dev run test settings requirements inspect verify diff unpack pack cache completion help' -- "$word") ;;
      esac
      ;;
  esac
}
complete -o filenames -F _holdall holdall
