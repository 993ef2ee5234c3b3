import type { CommandRecord } from "../command.ts";
import { allOptions, type Offer, offerWords } from "./words.ts";

/** For bash 4 and up, without the bash-completion package. */
export function renderBashCompletion(records: readonly CommandRecord[]): string {
  const names = records.map(({ name }) => name);
  return `# bash completion for holdall, made by \`holdall completion bash\`
_holdall() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command= index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ \${COMP_WORDS[index]} == -* ]] || { command=\${COMP_WORDS[index]}; break; }
  done
  case $command in
    '') ${reply([...names, ...flags(undefined)])} ;;
${records.map((record) => renderBranch(record, records)).join("\n")}
  esac
}
complete -o filenames -F _holdall holdall
`;
}

function renderBranch(record: CommandRecord, records: readonly CommandRecord[]): string {
  const values = allOptions(record)
    .filter(([, { type }]) => type === "string")
    .map(([name, { is = "text" }]) => `        *' --${name}') ${is === "text" ? "" : `${reply(is)} `};;`);
  return `    ${record.name})
      case "$word $previous" in
        -*) ${reply(flags(record))} ;;
${[...values, `        *) ${reply(offerWords(record, records))} ;;`].join("\n")}
      esac
      ;;`;
}

function reply(offer: Offer): string {
  const generator = offer === "file" ? "-f" : offer === "directory" ? "-d" : `-W '${offer.join(" ")}'`;
  return `mapfile -t COMPREPLY < <(compgen ${generator} -- "$word")`;
}

function flags(record: CommandRecord | undefined): string[] {
  return allOptions(record).map(([name]) => `--${name}`);
}
