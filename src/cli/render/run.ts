/** There is nothing to show: the application took the process over. */
export function renderRun(value: never): string {
  return value;
}
