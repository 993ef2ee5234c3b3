import type { NumberedCase } from "./hard-case.ts";

const HEAD = `# Hard cases

Where packagers of Python applications have failed, each with the place where somebody paid for it, and what holdall does
about it. A case is a folder in [cases](../cases/README.md), with the application and the wheels that it is about; \`npm run cases\`
runs them and prints this list with what came of it. Written from the folders by \`UPDATE_GOLDEN=1 npm test -- src/hard-cases.test.ts\`.

| | what must be seen | holdall | paid for in |
| ---: | --- | --- | --- |
`;

/** docs/hard-cases.md. */
export function renderCases(cases: readonly NumberedCase[]): string {
  const refused = cases.filter(({ refusal }) => refusal !== undefined);
  return HEAD + cases.map(renderRow).join("") + (refused.length > 0 ? renderRefusals(refused) : "");
}

function renderRow({ number, folder, sentence, origin, refusal }: NumberedCase): string {
  const outcome = refusal === undefined ? "passes" : `[refuses](#what-is-refused)`;
  return `| [${number}](../${folder}/case.ts) | ${escapeCell(sentence)} | ${outcome} | ${escapeCell(origin.join(", "))} |\n`;
}

function renderRefusals(cases: readonly NumberedCase[]): string {
  const sentences = cases.map(
    ({ number, sentence, refusal }) => `**${number}.** ${sentence}:\n\n    ${refusal}\n`,
  );
  return `\n## What is refused\n\nThese are not supported. You are told so in one sentence.\n\n${sentences.join("\n")}`;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
