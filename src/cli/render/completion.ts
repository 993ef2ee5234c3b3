/** The script as it is, without the line end that is added to every result. */
export function renderCompletion(script: string): string {
  return script.trimEnd();
}
