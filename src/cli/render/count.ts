/** `1 layer`, `3 layers`. */
export function renderCount(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}
