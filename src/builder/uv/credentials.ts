/** An address without user name and password, and the header that carries them instead. */
export interface PublicAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Basic authentication from the address itself, else from a netrc file. `fetch` refuses addresses with credentials, and
 * sends the header to no other host.
 *
 * @param netrc - text of the user's netrc file, if there is one.
 */
export function separateCredentials(address: string, netrc: string | undefined): PublicAddress {
  const url = new URL(address);
  const { username, password } = url;
  const pair =
    username !== "" || password !== ""
      ? { login: decodeURIComponent(username), password: decodeURIComponent(password) }
      : findLogin(netrc ?? "", url.hostname);
  url.username = "";
  url.password = "";
  if (pair === undefined) return { url: url.href, headers: {} };
  const encoded = Buffer.from(`${pair.login}:${pair.password}`).toString("base64");
  return { url: url.href, headers: { authorization: `Basic ${encoded}` } };
}

/** The entry for a host, else the default one (ftp(1), "The .netrc file"). */
function findLogin(netrc: string, host: string): { login: string; password: string } | undefined {
  const words = netrc
    .replaceAll(/#.*$/gm, "")
    .split(/\s+/)
    .filter((word) => word !== "");
  let isOurs = false;
  let login: string | undefined;
  let password: string | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === "machine" || word === "default") {
      if (isOurs && login !== undefined) break;
      isOurs = word === "default" || words[index + 1] === host;
    } else if (isOurs && word === "login") login = words[index + 1];
    else if (isOurs && word === "password") password = words[index + 1];
    else continue;
    if (word !== "default") index += 1;
  }
  return login === undefined || password === undefined ? undefined : { login, password };
}
