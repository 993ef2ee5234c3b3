import { renderCount } from "./count.ts";

/** `913 bytes`, `12.3 MB`: powers of 1000, as disks and networks are sold. */
export function renderBytes(count: number): string {
  if (count < 1000) return renderCount(count, "byte");
  const units = ["kB", "MB", "GB"];
  let value = count / 1000;
  let index = 0;
  // 999.95 would be shown as 1000.0.
  while (value >= 999.95 && index < units.length - 1) {
    value /= 1000;
    index += 1;
  }
  return `${value.toFixed(1)} ${units[index]}`;
}
