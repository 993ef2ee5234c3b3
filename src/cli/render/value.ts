const WIDTH = 60;

/** What goes without saying. */
const USUAL: Readonly<Record<string, unknown>> = { instances: 1, overlap: "allowed" };

/** A value of a description in one line, as one would say it: the words of a command, `key=value` for the rest. */
export function renderValue(value: unknown): string {
  const text = renderAny(value);
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text;
}

function renderAny(value: unknown): string {
  if (Array.isArray(value)) return value.map(renderAny).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  return renderRecord(value);
}

function renderRecord(record: object): string {
  const { kind, argv, ...rest } = record as { readonly kind?: unknown; readonly argv?: unknown };
  const words = Array.isArray(argv) ? [renderArgv(argv)] : [];
  const others = Object.entries(rest).filter(([name, inner]) => !isSilent(inner) && USUAL[name] !== inner);
  const single = others.length === 1 && kind !== undefined && words.length === 0 ? others[0] : undefined;
  if (single) return `${kind} ${renderAny(single[1])}`;
  if (others.length === 0 && words.length === 0) return kind === undefined ? "" : String(kind);
  const named = others.map(([name, inner]) => `${name}=${renderAny(inner)}`);
  return [...words, ...(words.length === 0 && kind !== undefined ? [String(kind)] : []), ...named].join(" ");
}

function isSilent(value: unknown): boolean {
  if (value === undefined || value === "" || value === false) return true;
  return Array.isArray(value) && value.length === 0;
}

/** Words as one would type them in a shell. */
export function renderArgv(argv: readonly unknown[]): string {
  return argv
    .map(String)
    .map((word) => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}
