import { type Document, isAlias, isNode, isScalar, visit } from "yaml";
import { findRunTogether } from "./run-together.ts";

/** Aliases stand for what is written elsewhere: a few are a convenience, many a bomb. */
export const MAX_ALIASES = 50;

export interface YamlProblem {
  readonly sentence: string;
  readonly offset: number;
  readonly hint?: string | undefined;
  /** Lines that show what to write instead. */
  readonly fix?: string | undefined;
}

/** The first thing that keeps a text from being a description in YAML, in words that help its author. */
export function findYamlProblem(document: Document, text: string): YamlProblem | undefined {
  const error = document.errors[0];
  if (error === undefined) return findForbidden(document, text);
  const runTogether = findRunTogether(text);
  if (runTogether) {
    return { sentence: "the text has several keys on one line", offset: error.pos[0], ...runTogether };
  }
  return explain(error.code, error.message, text, error.pos[0]);
}

/** The parser's codes that authors of descriptions meet. */
function explain(code: string, message: string, text: string, offset: number): YamlProblem {
  switch (code) {
    case "UNEXPECTED_TOKEN":
    case "BAD_SCALAR_START": {
      // Of a block scalar, the parser marks what follows its > or |.
      const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
      const [, before, value] = /^(.*?[:-]\s+)([>|@`%].*?)(?:\s+#.*)?$/m.exec(text.slice(lineStart)) ?? [];
      if (before !== undefined && value !== undefined) return unquoted(value, lineStart + before.length);
      break;
    }
    case "BLOCK_AS_IMPLICIT_KEY": {
      const [value = ""] = /^.*/.exec(text.slice(offset)) ?? [];
      const sentence = "the text has a value with `: ` in it without quotes";
      if (value.includes(": ")) {
        return { sentence, offset, hint: `Write it as ${JSON.stringify(value.trim())}.` };
      }
      const hint = "Start keys that belong together in the same column.";
      return {
        sentence: "the text has a key that is indented too far",
        offset: nextLine(text, offset),
        hint,
      };
    }
    case "DUPLICATE_KEY":
      return { sentence: "the text has the same key twice", offset, hint: "Keep one of the two." };
    case "TAB_AS_INDENT":
      return { sentence: "the text has a tab as indentation", offset, hint: "Indent with spaces." };
    case "MULTIPLE_DOCS":
      return { sentence: "the text has more than one document", offset, hint: "Keep one of them." };
    case "RESOURCE_EXHAUSTION":
      return { sentence: "the text is nested too deeply", offset };
  }
  const reason = `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  return { sentence: `the text is not YAML: ${reason}`, offset };
}

/** Where the next line has its first character. */
function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  const [space] = /^\s*/.exec(text.slice(end + 1)) ?? [""];
  return end === -1 ? offset : end + 1 + space.length;
}

/** What the parser takes and a description has no use for: tags, many aliases, keys that are not text. */
function findForbidden(document: Document, text: string): YamlProblem | undefined {
  let aliases = 0;
  let problem: YamlProblem | undefined;
  const report = (found: YamlProblem) => {
    problem = found;
    return visit.BREAK;
  };
  visit(document, {
    Node(_, node) {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node)) {
        aliases += 1;
        const target = node.resolve(document);
        if (target === undefined) return report(unquoted(`*${node.source}`, offset));
        if (offset < (target.range?.[1] ?? 0)) {
          return report({ sentence: `the text has the alias *${node.source} in what it stands for`, offset });
        }
        if (aliases <= MAX_ALIASES) return undefined;
        return report({ sentence: `the text has more than ${MAX_ALIASES} aliases`, offset });
      }
      const { tag } = node;
      if (tag === undefined || tag.startsWith("tag:yaml.org,2002:")) return undefined;
      const start = Math.max(0, text.lastIndexOf(tag, offset)); // a node starts after its tag
      const hint = `If it is a value, write it as ${JSON.stringify(tag)}.`;
      return report({ sentence: `the text has the tag ${tag}`, offset: start, hint });
    },
    Pair(_, { key }) {
      const node = isAlias(key) ? key.resolve(document) : key;
      if (!isNode(key) || !isNode(node) || isScalar(node)) return undefined;
      return report({ sentence: "the text has a key that is not text", offset: key.range?.[0] ?? 0 });
    },
  });
  return problem;
}

function unquoted(value: string, offset: number): YamlProblem {
  return {
    sentence: `the text has a value that starts with ${value.charAt(0)} without quotes`,
    offset,
    hint: `Write it as ${JSON.stringify(value)}.`,
  };
}
