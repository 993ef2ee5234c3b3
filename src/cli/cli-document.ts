import type { CommandRecord, Option } from "./command.ts";
import { GLOBAL_OPTIONS } from "./parse-arguments.ts";
import { renderUsage } from "./render/usage.ts";

const INTRODUCTION = `# The command line

This page is made from the table that the parser, \`holdall help\` and the completion scripts use:
\`UPDATE_GOLDEN=1 npm test -- src/cli/cli-document.test.ts\` writes it again.

stdout carries the result, stderr everything else: progress, warnings, errors. On a terminal progress is one line that
is replaced, elsewhere a line for each step. Colour appears on terminals only; \`NO_COLOR\` and \`FORCE_COLOR\` are honoured.

With \`--json\`, stdout is one JSON document. When the exit status is 0 it is the command's value; otherwise it is
\`{"error": {"code", "message", "hint", "excerpt", "details"}}\`, in which what there is none of is absent. docs/errors.md
explains the codes and the exit statuses.

Ctrl-C ends what runs and removes what is half done; a second one does not wait for that.

| variable | means |
| --- | --- |
| \`HOLDALL_CACHE\` | absolute directory of the cache, of builds and of artifacts; default \`$XDG_CACHE_HOME/holdall\`, then \`$HOME/.cache/holdall\` |
| \`NO_COLOR\`, \`FORCE_COLOR\` | no colour; colour everywhere |`;

/** The text of docs/cli.md. */
export function renderCliDocument(records: readonly CommandRecord[]): string {
  const sections = [
    INTRODUCTION,
    `## Options of every command\n\n${renderOptions(GLOBAL_OPTIONS)}`,
    ...records.map(renderCommand),
  ];
  return `${sections.join("\n\n")}\n`;
}

function renderCommand(record: CommandRecord): string {
  const { name, summary, details, positionals, options, examples } = record;
  const words = positionals.map(({ name: word, help, default: standard }) => [
    `\`${word.toUpperCase()}\``,
    standard === undefined ? help : `${help}; default \`${standard}\``,
  ]);
  const lines = examples.flatMap(({ line, help }) => [`    $ ${line}    # ${help}`]);
  return [
    `## ${name}`,
    `\`${renderUsage(record)}\``,
    `${capitalize(summary)}.`,
    ...details,
    ...(words.length > 0 ? [renderRows("word", words)] : []),
    ...(Object.keys(options).length > 0 ? [renderOptions(options)] : []),
    lines.join("\n"),
  ].join("\n\n");
}

function renderOptions(options: Readonly<Record<string, Option>>): string {
  const rows = Object.entries(options).map(([name, { short, value, help }]) => {
    const long = value ? `--${name} ${value}` : `--${name}`;
    return [short ? `\`-${short}\`, \`${long}\`` : `\`${long}\``, help];
  });
  return renderRows("option", rows);
}

function renderRows(title: string, rows: readonly (readonly string[])[]): string {
  const lines = rows.map((cells) => `| ${cells.join(" | ")} |`);
  return [`| ${title} | |`, "| --- | --- |", ...lines].join("\n");
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
