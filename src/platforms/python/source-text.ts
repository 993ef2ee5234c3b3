/** A string with its prefix, in three quotes or one, or a comment; whichever starts first hides the others. */
const STRING_OR_COMMENT =
  /[A-Za-z]{0,2}("""|''')(?:\\[\s\S]|(?!\1)[\s\S])*(?:\1|$)|[A-Za-z]{0,2}(["'])(?:\\[\s\S]|(?!\2)[^\\\n])*\2?|#[^\n]*/g;

/**
 * Python source in which only code is left: comments and the insides of strings are gone, lines keep their numbers.
 * Good enough to look for statements at the left margin; nothing is evaluated, and nested quotes of Python 3.12's
 * f-strings may hide a line.
 */
export function codeOf(source: string): string {
  return source.replace(STRING_OR_COMMENT, (found) =>
    found.startsWith("#") ? "" : `""${newlinesOf(found)}`,
  );
}

/** Python source without its comments; strings stay. */
export function withoutComments(source: string): string {
  return source.replace(STRING_OR_COMMENT, (found) => (found.startsWith("#") ? "" : found));
}

function newlinesOf(text: string): string {
  return text.replace(/[^\n]/g, "");
}
