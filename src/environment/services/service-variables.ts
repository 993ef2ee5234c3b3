import type { PlannedService } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import type { OpenService, ServiceKind, ServiceValue } from "../../services/service.ts";
import type { Variables } from "../inject.ts";

// Which variables a service goes into, and in which of them somebody may name one that is there already:
// docs/environment.md, "Services".

/** What is given of a service that is there already. */
export interface GivenAddress {
  /** Of the form that the kind takes. */
  readonly address: string;
  /** Where it stands, or the first part of it. */
  readonly variable: string;
  /** All that were given with it: they reach the application as they are. */
  readonly texts: Variables;
}

/** Undefined: nobody has given one, so it is the environment's own. An empty value is none. */
export function findAddress(
  name: string,
  { env }: PlannedService,
  kind: ServiceKind,
  given: Readonly<NodeJS.ProcessEnv>,
): GivenAddress | undefined {
  if (typeof env !== "object") {
    const variable = env ?? name.toUpperCase() + kind.mainVariable;
    const address = given[variable];
    return address ? { address, variable, texts: { [variable]: address } } : undefined;
  }
  const known = Object.entries(env)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([variable, part]) => (given[variable] ? [{ variable, part, text: given[variable] }] : []));
  const whole = known.find(({ part }) => part.endsWith("://") || endOf(part) === kind.mainVariable);
  if (whole !== undefined) {
    const { variable, part, text } = whole;
    const address = text.startsWith(part) ? withScheme(text, kind.scheme) : text;
    return { address, variable, texts: { [variable]: text } };
  }
  const partOf = (wanted: string) => known.find(({ part }) => part === wanted);
  const first = partOf("path") ?? partOf("host");
  if (first === undefined) return undefined;
  const texts = Object.fromEntries(known.map(({ variable, text }) => [variable, text]));
  if (first.part === "path") return { address: first.text, variable: first.variable, texts };
  const textOf = (wanted: string) => partOf(wanted)?.text;
  return { address: composeUrl(kind.scheme ?? kind.name, textOf), variable: first.variable, texts };
}

/** What the application is told of an open service. `texts` are those of the given address. */
export function nameValues(
  name: string,
  { type, env }: PlannedService,
  {
    kind,
    values,
    texts = {},
  }: Pick<OpenService, "values"> & {
    readonly kind: ServiceKind;
    readonly texts?: Variables | undefined;
  },
): Readonly<Record<string, ServiceValue>> {
  if (typeof env !== "object") {
    const named = Object.entries(values).map(([end, value]) => {
      const isMain = end === kind.mainVariable && env !== undefined;
      return [isMain ? env : name.toUpperCase() + end, value] as const;
    });
    return Object.fromEntries(named);
  }
  const named = Object.entries(env).map(([variable, part]) => {
    const value = values[part.endsWith("://") ? "_URL" : endOf(part)];
    if (value === undefined) throw unknownPart(name, type, part);
    const text = part.endsWith("://") ? withScheme(value.value, part) : value.value;
    return [variable, { ...value, value: texts[variable] ?? text }] as const;
  });
  return Object.fromEntries(named);
}

function endOf(part: string): string {
  return `_${part.toUpperCase()}`;
}

/** `scheme` may have its `://`. */
function withScheme(url: string, scheme = ""): string {
  return url.replace(/^[a-z][a-z0-9+.-]*(?=:\/\/)/i, scheme.replace(/:\/\/$/, ""));
}

/** RFC 3986, with every part as the account has it. */
function composeUrl(scheme: string, textOf: (part: string) => string | undefined): string {
  const encoded = (part: string, before = "") => {
    const text = textOf(part);
    return text === undefined ? "" : before + encodeURIComponent(text);
  };
  const account = encoded("user") + encoded("password", ":");
  const host = textOf("host") ?? "";
  const shown = host.includes(":") ? `[${host}]` : encodeURIComponent(host);
  return `${scheme}://${account && `${account}@`}${shown}${encoded("port", ":")}${encoded("name", "/")}`;
}

/** Of an artifact of somebody else's: the description of a checkout has been compared with the kinds. */
function unknownPart(name: string, type: string, part: string): AppError {
  return new AppError({
    code: "service_not_found",
    message: `cannot supply ${part} of the service ${name}: ${type} has no such part`,
    details: { service: name, type, part },
  });
}
