#compdef holdall
# zsh completion for holdall, made by `holdall completion zsh`
_holdall() {
  local -a commands=(
    'check:show what holdall understood, and where each value came from'
    'init:write the description that holdall would infer'
    'plan:show how the application would be started, without building it'
    'build:make the artifact: one file that holds the application and all that it needs'
    'dev:run all of an application from its checkout, with its services'
    'run:run a command of a checkout, an artifact or a release'
    'test:run the unit tests of an application in a clean environment'
    'settings:show the settings of an application, and where each value comes from'
    'requirements:check that all is here that an application needs to run'
    'inspect:show what an artifact contains and how it is started'
    'verify:check every byte of an artifact against its manifest'
    'diff:show what changed from one artifact to another'
    'unpack:write an artifact as a directory'
    'pack:write the directory of an open artifact as one file'
    'cache:list, verify, repair, prune or clear what started artifacts keep'
    'completion:print a completion script for a shell'
    'help:show all commands, or one in full'
  )
  local command= word
  for word in ${words[2,CURRENT-1]}; do
    [[ $word == -* ]] || { command=$word; break }
  done
  case $command in
    check) _arguments '1:command:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files -/' ;;
    init) _arguments '1:command:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files -/' ;;
    plan) _arguments '1:command:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files -/' ;;
    build) _arguments '1:command:' '--output[file to write, or directory for NAME-VERSION-TARGETS.holdall (default\: this directory)]:value:_files' '--python[version (3.11, 3.13t) or path of the interpreter to build for, or one that uv installs (uv\:3.12) (default\: python3, or the newest that fits); several are one target each, the preferred one first]:value:' '--target[machines to build for\: processor and newest libc that wheels may need, such as x86_64-glibc2.28 or aarch64-musl (default\: targets of the description, or machines like this one)]:value:' '--with-python[put the Python inside\: the artifact then runs on hosts that have none, and never uses theirs]' '--no-import-check[do not import the application'\''s object, when importing it has effects]' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files -/' ;;
    dev) _arguments '1:command:' '--settings[file with settings, NAME=VALUE lines (default\: .env in the environment'\''s directory)]:value:_files' '--set[a setting, for this time; of a secret, NAME=@FILE]:value:' '--environment[where data are and settings are kept (default\: the checkout; of an artifact, this directory)]:value:_files -/' '--port[port of the process web; others get the next ones (default\: $PORT, or 8000)]:value:' '--only[processes to run (default\: all)]:value:' '--host[address to listen at (default\: $HOST, or 127.0.0.1)]:value:' '--migrate[bring the data up to date first, without asking]' '--no-migrate[do not, and do not ask]' '--no-reload[do not start again when files change]' '--timestamps[show the time of each line (UTC)]' '--python[version or path of the Python for a checkout]:value:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files' ;;
    run) _arguments '1:command:' '--settings[file with settings, NAME=VALUE lines (default\: .env in the environment'\''s directory)]:value:_files' '--set[a setting, for this time; of a secret, NAME=@FILE]:value:' '--environment[where data are and settings are kept (default\: the checkout; of an artifact, this directory)]:value:_files -/' '--port[port of the process web; others get the next ones (default\: $PORT, or 8000)]:value:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files' ;;
    test) _arguments '1:command:' '--keep[keep the directory of the environment, to look at what the tests left]' '--settings[file with settings, NAME=VALUE lines (default\: .env in the environment'\''s directory)]:value:_files' '--set[a setting, for this time; of a secret, NAME=@FILE]:value:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files' ;;
    settings) _arguments '1:command:' '--settings[file with settings, NAME=VALUE lines (default\: .env in the environment'\''s directory)]:value:_files' '--set[a setting, for this time; of a secret, NAME=@FILE]:value:' '--environment[where data are and settings are kept (default\: the checkout; of an artifact, this directory)]:value:_files -/' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files' ;;
    requirements) _arguments '1:command:' '--settings[file with settings, NAME=VALUE lines (default\: .env in the environment'\''s directory)]:value:_files' '--set[a setting, for this time; of a secret, NAME=@FILE]:value:' '--environment[where data are and settings are kept (default\: the checkout; of an artifact, this directory)]:value:_files -/' '--port[port of the process web; others get the next ones (default\: $PORT, or 8000)]:value:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files' ;;
    inspect) _arguments '1:command:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files' ;;
    verify) _arguments '1:command:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files' ;;
    diff) _arguments '1:command:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files' ;;
    unpack) _arguments '1:command:' '--venv[make a virtual environment, ready to run]' '--only[with --venv\: `dependencies` or `application`]:value:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files' ;;
    pack) _arguments '1:command:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:_files' ;;
    cache) _arguments '1:command:' '--dry-run[with prune and clear\: remove nothing, show what would be removed]' '--older-than[with prune\: not used for so long, as `12h`, `30d`, `8w`; default 30d]:value:' '--keep[with prune\: of each application, keep so many releases that were used last]:value:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:(list verify repair prune clear)' ;;
    completion) _arguments '1:command:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:(bash zsh fish)' ;;
    help) _arguments '1:command:' '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]' '*:word:(check init plan build dev run test settings requirements inspect verify diff unpack pack cache completion help)' ;;
    *)
      _describe command commands
      _arguments '--json[print the result, or the error, as JSON on stdout]' '--quiet[print the result only, no progress]' '--no-color[print without colour, as NO_COLOR=1 does]' '--help[show the help of the command]' '--version[print the version of holdall]'
      ;;
  esac
}
# Loaded from fpath, this file is the function's body; sourced, it announces the function.
if [[ ${funcstack[1]} == _holdall ]]; then _holdall "$@"; else compdef _holdall holdall; fi
