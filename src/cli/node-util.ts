/**
 * What the command line needs of node:util. `import` would read every export of it, one of which loads Node's colours,
 * and these open stderr and so set O_NONBLOCK on it: what `run` becomes would inherit that (run-command-line.ts).
 */
export const { inspect, parseArgs, stripVTControlCharacters, styleText } =
  process.getBuiltinModule("node:util");
