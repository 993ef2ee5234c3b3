import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import { findRunTogether } from "./run-together.ts";
import { type Path, type Position, refusalAt, type Source } from "./source.ts";

const MAX_ALIASES = 50;

/** YAML 1.2, core schema, one document, without tags. @throws AppError `description_invalid`. */
export function parseYamlSource(text: string, file: string): Source {
  const counter = new LineCounter();
  const positionAt = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
  const document = parse(text, file, counter);
  const problem = document.errors[0];
  if (problem !== undefined) {
    const position = positionAt(problem.pos[0]);
    const runTogether = findRunTogether(text);
    if (runTogether !== undefined) {
      throw refusalAt({ file, text }, "the text has several keys on one line", position, runTogether);
    }
    const { sentence, hint } = explain(problem.code, problem.message, text, problem.pos[0]);
    throw refusalAt({ file, text }, sentence, position, { hint });
  }
  refuseTagsAndAliases(document, (node, sentence, hint) => {
    throw refusalAt({ file, text }, sentence, positionAt(node.range?.[0] ?? 0), { hint });
  });
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

function parse(text: string, file: string, lineCounter: LineCounter) {
  try {
    return parseDocument(text, { lineCounter, version: "1.2", schema: "core", prettyErrors: false });
  } catch (cause) {
    // The parser descends once per level.
    if (cause instanceof RangeError)
      throw refusalAt({ file, text }, "the text is nested too deeply", undefined, { cause });
    throw cause;
  }
}

/** The parser's codes that a description meets often, in the words of somebody who wants to get on. */
function explain(
  code: string,
  message: string,
  text: string,
  offset: number,
): { sentence: string; hint?: string } {
  switch (code) {
    case "UNEXPECTED_TOKEN":
    case "BAD_SCALAR_START":
      if (/^[>|@`%]/.test(text.slice(offset))) {
        const [value = ""] = /^[^\n#]*/.exec(text.slice(offset)) ?? [];
        const sentence = `the text has a value that starts with ${text.charAt(offset)} without quotes`;
        return { sentence, hint: `Write it as ${JSON.stringify(value.trim())}.` };
      }
      break;
    case "DUPLICATE_KEY":
      return { sentence: "the text has the same key twice", hint: "Keep one of the two." };
    case "TAB_AS_INDENT":
      return { sentence: "the text has a tab as indentation", hint: "Indent with spaces." };
    case "MULTIPLE_DOCS":
      return {
        sentence: "the text has more than one document",
        hint: "Keep what is before the second `---`.",
      };
  }
  return { sentence: `the text is not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}` };
}

function refuseTagsAndAliases(
  document: Document,
  refuse: (node: Node, sentence: string, hint?: string) => never,
): void {
  let aliases = 0;
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        aliases += 1;
        const hint = `Write it as ${JSON.stringify(`*${node.source}`)}.`;
        if (node.resolve(document) === undefined)
          refuse(node, "the text has a value that starts with * without quotes", hint);
        if (aliases > MAX_ALIASES) refuse(node, `the text has more than ${MAX_ALIASES} aliases`);
      } else if (node.tag?.startsWith("!") || (node.tag && !node.tag.startsWith("tag:yaml.org,2002:"))) {
        refuse(
          node,
          `the text has the tag ${node.tag}`,
          "Take it out; a value that starts with ! needs quotes.",
        );
      }
    },
    Pair(_, pair) {
      if (isNode(pair.key) && !isScalar(pair.key)) refuse(pair.key, "the text has a key that is not text");
    },
  });
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
    // Aliases within aliases.
    if (cause instanceof ReferenceError)
      throw refusalAt({ file, text }, "the text grows too much by its aliases", undefined, { cause });
    throw cause;
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
