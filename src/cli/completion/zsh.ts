import type { CommandRecord } from "../command.ts";
import { allOptions, offerWords } from "./words.ts";

/** For zsh 5: a file named `_holdall` on fpath, or sourced. */
export function renderZshCompletion(records: readonly CommandRecord[]): string {
  return `#compdef holdall
# zsh completion for holdall, made by \`holdall completion zsh\`
_holdall() {
  local -a commands=(
${records.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join("\n")}
  )
  local command= word
  for word in \${words[2,CURRENT-1]}; do
    [[ $word == -* ]] || { command=$word; break }
  done
  case $command in
${records.map((record) => renderBranch(record, records)).join("\n")}
    *)
      _describe command commands
      _arguments ${flagSpecs(undefined).join(" ")}
      ;;
  esac
}
# Loaded from fpath, this file is the function's body; sourced, it announces the function.
if [[ \${funcstack[1]} == _holdall ]]; then _holdall "$@"; else compdef _holdall holdall; fi
`;
}

function renderBranch(record: CommandRecord, records: readonly CommandRecord[]): string {
  const offer = offerWords(record, records);
  const action = offer === "file" ? "_files" : offer === "directory" ? "_files -/" : `(${offer.join(" ")})`;
  const specs = [...flagSpecs(record), quote(`*:word:${action}`)];
  return `    ${record.name}) _arguments '1:command:' ${specs.join(" ")} ;;`;
}

function flagSpecs(record: CommandRecord | undefined): string[] {
  return allOptions(record).map(([name, { type, help, is }]) => {
    const value =
      type === "boolean" ? "" : `:value:${is === "file" ? "_files" : is === "directory" ? "_files -/" : ""}`;
    return quote(`--${name}[${help.replaceAll(/[[\]:]/g, "\\$&")}]${value}`);
  });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
