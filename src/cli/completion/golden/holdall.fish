# fish completion for holdall, made by `holdall completion fish`
complete -c holdall -f
complete -c holdall -l json -d 'print the result, or the error, as JSON on stdout'
complete -c holdall -l quiet -s q -d 'print the result only, no progress'
complete -c holdall -l no-color -d 'print without colour, as NO_COLOR=1 does'
complete -c holdall -l help -s h -d 'show the help of the command'
complete -c holdall -l version -d 'print the version of holdall'
complete -c holdall -n __fish_use_subcommand -a check -d 'show what holdall understood, and where each value came from'
complete -c holdall -n __fish_use_subcommand -a init -d 'write the description that holdall would infer'
complete -c holdall -n __fish_use_subcommand -a plan -d 'show how the application would be started, without building it'
complete -c holdall -n __fish_use_subcommand -a build -d 'make the artifact: one file that holds the application and all that it needs'
complete -c holdall -n __fish_use_subcommand -a run -d 'run a command of an artifact'
complete -c holdall -n __fish_use_subcommand -a inspect -d 'show what an artifact contains and how it is started'
complete -c holdall -n __fish_use_subcommand -a verify -d 'check every byte of an artifact against its manifest'
complete -c holdall -n __fish_use_subcommand -a diff -d 'show what changed from one artifact to another'
complete -c holdall -n __fish_use_subcommand -a unpack -d 'write an artifact as a directory'
complete -c holdall -n __fish_use_subcommand -a pack -d 'write the directory of an open artifact as one file'
complete -c holdall -n __fish_use_subcommand -a cache -d 'list, verify, repair, prune or clear what started artifacts keep'
complete -c holdall -n __fish_use_subcommand -a completion -d 'print a completion script for a shell'
complete -c holdall -n __fish_use_subcommand -a help -d 'show all commands, or one in full'
complete -c holdall -n '__fish_seen_subcommand_from check' -a '(__fish_complete_directories)'
complete -c holdall -n '__fish_seen_subcommand_from init' -a '(__fish_complete_directories)'
complete -c holdall -n '__fish_seen_subcommand_from plan' -a '(__fish_complete_directories)'
complete -c holdall -n '__fish_seen_subcommand_from build' -a '(__fish_complete_directories)'
complete -c holdall -n '__fish_seen_subcommand_from build' -l output -s o -r -F -d 'file to write, or directory for NAME-VERSION-TARGETS.holdall (default: this directory)'
complete -c holdall -n '__fish_seen_subcommand_from build' -l python -x -d 'version (3.11, 3.13t) or path of the interpreter to build for, or one that uv installs (uv:3.12) (default: python3, or the newest that fits); several are one target each, the preferred one first'
complete -c holdall -n '__fish_seen_subcommand_from build' -l target -x -d 'machines to build for: processor and newest libc that wheels may need, such as x86_64-glibc2.28 or aarch64-musl (default: targets of the description, or machines like this one)'
complete -c holdall -n '__fish_seen_subcommand_from build' -l with-python -d 'put the Python inside: the artifact then runs on hosts that have none, and never uses theirs'
complete -c holdall -n '__fish_seen_subcommand_from build' -l no-import-check -d 'do not import the application\'s object, when importing it has effects'
complete -c holdall -n '__fish_seen_subcommand_from run' -F
complete -c holdall -n '__fish_seen_subcommand_from inspect' -F
complete -c holdall -n '__fish_seen_subcommand_from verify' -F
complete -c holdall -n '__fish_seen_subcommand_from diff' -F
complete -c holdall -n '__fish_seen_subcommand_from unpack' -F
complete -c holdall -n '__fish_seen_subcommand_from unpack' -l venv -d 'make a virtual environment, ready to run'
complete -c holdall -n '__fish_seen_subcommand_from unpack' -l only -x -d 'with --venv: `dependencies` or `application`'
complete -c holdall -n '__fish_seen_subcommand_from pack' -F
complete -c holdall -n '__fish_seen_subcommand_from cache' -a 'list verify repair prune clear'
complete -c holdall -n '__fish_seen_subcommand_from cache' -l dry-run -d 'with prune and clear: remove nothing, show what would be removed'
complete -c holdall -n '__fish_seen_subcommand_from cache' -l older-than -x -d 'with prune: not used for so long, as `12h`, `30d`, `8w`; default 30d'
complete -c holdall -n '__fish_seen_subcommand_from cache' -l keep -x -d 'with prune: of each application, keep so many releases that were used last'
complete -c holdall -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'
complete -c holdall -n '__fish_seen_subcommand_from help' -a 'check init plan build run inspect verify diff unpack pack cache completion help'
