/** A line of a requirement file without its comment, with those that continue it. */
export interface Line {
  readonly content: string;
  /** Where its first line starts, 1-based. */
  readonly number: number;
  readonly column: number;
}

/** The lines of a file in pip's format that say something. */
export function logicalLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  let pending: Line | undefined;
  for (const [index, physical] of text.split(/\r?\n/).entries()) {
    const isContinued = physical.endsWith("\\") && !physical.trimStart().startsWith("#");
    const part = isContinued ? physical.slice(0, -1) : physical;
    const { content, ...start } = pending ?? {
      content: "",
      number: index + 1,
      column: part.search(/\S|$/) + 1,
    };
    pending = { ...start, content: content + part };
    if (isContinued) continue;
    lines.push(pending);
    pending = undefined;
  }
  if (pending) lines.push(pending);
  return lines
    .map((line) => ({ ...line, content: line.content.replace(/(^|\s)#.*$/, "").trim() }))
    .filter(({ content }) => content !== "");
}
