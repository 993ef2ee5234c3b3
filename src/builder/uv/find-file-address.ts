/** PEP 691 first, PEP 503 for indexes that know only that. */
export const SIMPLE_ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";

/**
 * Address of a file in the answer of a package index for one distribution.
 *
 * @param text - the answer; untrusted, the file's digest is compared afterwards.
 * @param base - address that it came from: those in it may be relative.
 */
export function findFileAddress(
  text: string,
  file: string,
  { contentType, base }: { readonly contentType: string; readonly base: string },
): string | undefined {
  const found = contentType.includes("json") ? findInJson(text, file) : findInHtml(text, file);
  if (found === undefined || !URL.canParse(found, base)) return undefined;
  const url = new URL(found, base);
  url.hash = "";
  // Relative addresses lose the credentials of the index: they are given again to the same host.
  return url.href;
}

function findInJson(text: string, file: string): string | undefined {
  try {
    const answer = JSON.parse(text) as { files?: { filename?: unknown; url?: unknown }[] } | null;
    const found = answer?.files?.find(({ filename }) => filename === file)?.url;
    return typeof found === "string" ? found : undefined;
  } catch {
    return undefined;
  }
}

function findInHtml(text: string, file: string): string | undefined {
  for (const match of text.matchAll(/<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)) {
    const address = (match[1] ?? match[2] ?? "").replaceAll("&amp;", "&");
    const path = address.split(/[?#]/)[0] ?? "";
    if (decodeName(path.slice(path.lastIndexOf("/") + 1)) === file) return address;
  }
  return undefined;
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
