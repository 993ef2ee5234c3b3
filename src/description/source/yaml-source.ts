import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
} from "yaml";
import { type Path, type Position, refusalAt, type Source } from "./source.ts";
import { findYamlProblem, MAX_ALIASES } from "./yaml-problems.ts";

/** YAML 1.2, core schema, one document, without tags. @throws AppError `description_invalid`. */
export function parseYamlSource(text: string, file: string): Source {
  const counter = new LineCounter();
  const positionAt = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
  const document = parse(text, file, counter);
  const problem = findYamlProblem(document, text);
  if (problem !== undefined) {
    const { sentence, offset, hint, fix } = problem;
    throw refusalAt({ file, text }, sentence, positionAt(offset), { hint, fix });
  }
  return {
    file,
    text,
    value: plainValue(document, file, text),
    locate(path, part) {
      const offset = offsetOf(document, path, part);
      return offset === undefined ? undefined : positionAt(offset);
    },
  };
}

function parse(text: string, file: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, { lineCounter, version: "1.2", schema: "core", prettyErrors: false });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause; // the parser descends once per level
    throw refusalAt({ file, text }, "the text is nested too deeply", undefined);
  }
}

/** Plain data. A number at the top level is the text that was written: `version: 1.10` is not 1.1. */
function plainValue(document: Document, file: string, text: string): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    if (!isMap(document.contents) || typeof value !== "object" || value === null) return value ?? undefined;
    const texts = document.contents.items.flatMap(({ key, value: node }) =>
      isScalar(node) && typeof node.value === "number" && node.source !== undefined
        ? [[String(key), node.source]]
        : [],
    );
    return { ...value, ...Object.fromEntries(texts) };
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause; // aliases within aliases
    throw refusalAt({ file, text }, "the text grows too much by its aliases", undefined);
  }
}

function offsetOf(document: Document, path: Path, part: "key" | "value"): number | undefined {
  let node: unknown = document.contents;
  let offset = isNode(node) ? node.range?.[0] : undefined;
  for (const [depth, name] of path.entries()) {
    const isLast = depth === path.length - 1;
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
      if (!isPair(pair)) return offset;
      const target = isLast && part === "key" ? pair.key : (pair.value ?? pair.key);
      offset = (isNode(target) ? target.range?.[0] : undefined) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof name === "number") {
      node = node.items[name];
      offset = (isNode(node) ? node.range?.[0] : undefined) ?? offset;
    } else return offset;
  }
  return offset;
}
