import type { CommandRecord, Option, Positional } from "../command.ts";
import type { Help } from "../commands/help.ts";
import type { Paint } from "../paint.ts";
import { GLOBAL_OPTIONS } from "../parse-arguments.ts";
import { renderTable } from "./table.ts";
import { renderUsage } from "./usage.ts";

export function renderHelp(help: Help, paint: Paint): string {
  return help.kind === "overview"
    ? renderOverview(help.commands, paint)
    : renderCommandHelp(help.command, paint);
}

function renderOverview(commands: readonly CommandRecord[], paint: Paint): string {
  const indent = "  ";
  return [
    "holdall turns a Python web application into one sealed file that runs by itself.",
    "",
    `${paint("bold", "Usage:")} holdall COMMAND [options]`,
    "",
    paint("bold", "Commands"),
    renderTable(
      commands.map(({ name, summary }) => [paint("cyan", name), summary]),
      { indent },
    ),
    "",
    paint("bold", "Options of every command"),
    renderTable(optionRows(GLOBAL_OPTIONS, paint), { indent }),
    "",
    paint("bold", "Start here"),
    renderTable(
      [
        ["holdall check", paint("dim", "what holdall sees in this directory")],
        ["holdall build", paint("dim", "make the artifact")],
        ["./NAME-VERSION-TARGET.holdall serve", paint("dim", "run it, on http://127.0.0.1:8000/")],
      ],
      { indent },
    ),
  ].join("\n");
}

function renderCommandHelp(record: CommandRecord, paint: Paint): string {
  const indent = "  ";
  const section = (title: string, rows: readonly (readonly string[])[]) =>
    rows.length > 0 ? ["", paint("bold", title), renderTable(rows, { indent })] : [];
  const { name, summary, details, positionals, options, examples } = record;
  return [
    `holdall ${name}: ${summary}`,
    "",
    `${paint("bold", "Usage:")} ${renderUsage(record)}`,
    ...details.flatMap((paragraph) => ["", ...wrap(paragraph)]),
    ...section(
      "Arguments",
      positionals.map((each) => positionalRow(each, paint)),
    ),
    ...section("Options", optionRows(options, paint)),
    ...section(
      "Examples",
      examples.map(({ line, help }) => [line, paint("dim", help)]),
    ),
    "",
    paint("dim", "`holdall help` lists the options of every command."),
  ].join("\n");
}

function positionalRow({ name, help, default: standard }: Positional, paint: Paint): readonly string[] {
  return [
    paint("cyan", name.toUpperCase()),
    standard === undefined ? help : `${help} (default: ${standard})`,
  ];
}

function optionRows(options: Readonly<Record<string, Option>>, paint: Paint): (readonly string[])[] {
  return Object.entries(options).map(([name, { short, value, help }]) => {
    const flag = [short ? `-${short}, --${name}` : `--${name}`, ...(value ? [value] : [])].join(" ");
    return [paint("cyan", flag), help];
  });
}

const WIDTH = 80;

function wrap(paragraph: string): string[] {
  const lines: string[] = [];
  for (const word of paragraph.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
