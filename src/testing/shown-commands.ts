/** Command lines after a `$` prompt, in indented or fenced code: words without quotes, comments and redirections. */
export function readShownCommands(markdown: string): string[][] {
  const lines = [...markdown.matchAll(/^(?: {4}|)\$ (.*)$/gm)].map(([, line = ""]) => line);
  return lines
    .flatMap((line) => line.split(/ && | \| |; /).map(splitWords))
    .filter((words) => words.length > 0);
}

function splitWords(line: string): string[] {
  const words = line.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  const end = words.findIndex((word) => /^(#|&$|\d?[<>])/.test(word));
  const used = end === -1 ? words : words.slice(0, end);
  const start = used.findIndex((word) => !/^[A-Z_]+=/.test(word)); // PORT=9000 ./app.holdall serve
  return start === -1 ? [] : used.slice(start).map((word) => word.replaceAll(/^["']|["']$/g, ""));
}
