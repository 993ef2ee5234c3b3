import { readFile, writeFile } from "node:fs/promises";

/** Replaces what is between `<!-- NAME -->` and `<!-- /NAME -->` in a document. */
export async function replaceBlock(file: string, name: string, text: string): Promise<void> {
  const document = await readFile(file, "utf8");
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${file} has no block ${name}`);
  await writeFile(file, `${document.slice(0, from + start.length)}\n${text}\n${document.slice(to)}`);
}
