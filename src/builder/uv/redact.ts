/** Names of variables whose values are shown nowhere. */
const SECRET_NAME = /PASSWORD|TOKEN|SECRET|CREDENTIAL|^UV_\w+_USERNAME$/i;
const SHORTEST_SECRET = 4;

/**
 * Takes credentials out of the output of a program: what stands before `@` in an address, the query of an address
 * (signed links), and the values of variables that are named as secrets.
 */
export function redact(text: string, env: NodeJS.ProcessEnv): string {
  const addresses = text
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/'"`)]*@/gi, "$1****@")
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/[^\s?'"`)]*)\?[^\s'"`)]*/gi, "$1");
  return Object.entries(env)
    .filter(([name, value]) => SECRET_NAME.test(name) && (value ?? "").length >= SHORTEST_SECRET)
    .reduce((shown, [, value = ""]) => shown.replaceAll(value, "****"), addresses);
}
