import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { needProgram } from "./testing/needs.ts";
import { makeDirectory } from "./testing/small-artifact.ts";
import { BARE, buildForDebian, SERVE_AND_FETCH, startTestHost, succeed } from "./testing/test-host.ts";

const NOTES = "/root/notes.holdall";

test("a Debian without Python, network and certificates serves the Django example with a Python inside", async (t) => {
  if (!needProgram(t, "openssl")) return;
  const host = await startTestHost(t, BARE);
  if (host === undefined) return;
  const directory = await makeDirectory(t);
  await cp(join(PACKAGE_ROOT, "examples/django-notes"), join(directory, "django-notes"), { recursive: true });
  await host.put(await buildForDebian(join(directory, "django-notes"), ["--with-python"]), NOTES);

  // Neither a Python, nor a place where this one was installed, nor certificates.
  const absent = [
    "/usr/bin/python3",
    "/usr/lib/python3.11",
    "/usr/lib/python3",
    "/usr/lib/ssl",
    "/etc/ssl/certs",
  ];
  for (const path of absent) assert.equal((await host.try(["test", "-e", path])).status, 1, path);

  assert.match(await host.run([NOTES]), /serve/);
  await host.run([NOTES, "migrate"]);
  await host.run([NOTES, "manage", "addnote", "Packed lunch", "Python and all."]);
  const serve = [NOTES, "python", "-c", SERVE_AND_FETCH, "http://127.0.0.1:8000/", NOTES, "serve"];
  assert.match(await host.run(serve), /Packed lunch/);

  await makeCertificate(directory);
  for (const file of ["ca.pem", "key.pem"]) await host.put(join(directory, file), `/root/${file}`);
  const ask = [NOTES, "python", "-c", ASK_BY_HTTPS, "/root/ca.pem", "/root/key.pem"];
  assert.equal(await host.run(["env", "SSL_CERT_FILE=/root/ca.pem", ...ask]), "by HTTPS\n");
  const { status, stderr } = await host.try(ask);
  assert.equal(status, 1);
  assert.match(stderr, /CERTIFICATE_VERIFY_FAILED/);
});

/** For 127.0.0.1, signed by itself. */
async function makeCertificate(directory: string): Promise<void> {
  await succeed([
    ...["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "30", "-subj", "/CN=test"],
    ...["-addext", "subjectAltName=IP:127.0.0.1"],
    ...["-keyout", join(directory, "key.pem"), "-out", join(directory, "ca.pem")],
  ]);
}

/** With the files of a certificate and its key: serves one page by HTTPS and asks itself for it. */
const ASK_BY_HTTPS = `
import http.server, ssl, sys, threading, urllib.request
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"by HTTPS")
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Page)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(*sys.argv[1:])
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(urllib.request.urlopen("https://127.0.0.1:%d/" % server.server_port).read().decode())
`;
