import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runProcess } from "../system/run-process.ts";
import { type ArtifactToStart, makeArtifactToStart, PYTHON } from "../testing/artifact-to-start.ts";
import { sweep, withFreshCache } from "../testing/crash-sweep.ts";
import { makeArtifactInside } from "../testing/inside.ts";
import { fileEntry, removeReadOnly } from "../testing/small-artifact.ts";

/** What a supervisor, a shell or a service manager may do between fork and exec: statements of Python. */
const PREPARATIONS: readonly (readonly [title: string, statements: string])[] = [
  ["nothing", ""],
  ["Python's own signals ignored", "ignore(SIGPIPE, SIGXFSZ)"],
  [
    "other signals ignored, some blocked",
    "ignore(SIGHUP, SIGINT, SIGCHLD); pthread_sigmask(SIG_BLOCK, [1, 13, 15])",
  ],
  [
    "a mask, a lower priority, limits",
    "os.umask(0o077); os.nice(5); limit('NOFILE', 200, 300); limit('AS', 1 << 31, 1 << 32); limit('CPU', 50, 60)",
  ],
  ["sockets of systemd, and descriptors that a shell could use", "listen(3, 4, 9, 10, 11)"],
  ["standard input closed", "os.close(0)"],
  ["standard output closed", "os.close(1)"],
  ["standard error closed, no new privileges", "os.close(2); ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)"],
  ["all three closed", "[os.close(each) for each in (0, 1, 2)]"],
  [
    "a terminal, a working directory that is gone",
    "terminal(); directory = tempfile.mkdtemp(); os.chdir(directory); os.rmdir(directory)",
  ],
];

/** `prepare.py OUT STATEMENTS ARGV …`: does that, and becomes the program. */
const PREPARE = `import ctypes, fcntl, os, pty, resource, socket, sys, tempfile, termios
from signal import *

def ignore(*numbers):
    for each in numbers:
        signal(each, SIG_IGN)
def limit(name, *values):
    resource.setrlimit(getattr(resource, "RLIMIT_" + name), values)
def listen(*numbers):
    for number in numbers:
        each = socket.socket()
        os.dup2(each.detach(), number)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(numbers)))
def terminal():
    other, own = pty.openpty()
    os.set_inheritable(other, True)
    fcntl.ioctl(own, termios.TIOCSCTTY, 0)
    os.dup2(own, 0)
os.environ.pop("LC_CTYPE", None)  # Python's own, PEP 538
statements, *argv = sys.argv[1:]
for each in (SIGPIPE, SIGXFSZ):
    signal(each, SIG_DFL)
exec(statements)
os.execv(argv[0], argv)
`;

/**
 * `show.sh OUT`: what the kernel says of this process. Not in Python, which changes some of it itself. The fields of stat
 * are those of proc(5) without the first two: group, session, terminal, priority, niceness.
 */
const SHOW = `descriptors=
for each in /proc/$$/fd/*; do
  kind=$(readlink "$each")
  case $kind in socket:*) kind=socket ;; pipe:*) kind=pipe ;; /dev/pts/*) kind=terminal ;; */show.sh) continue ;; esac
  descriptors="$descriptors \${each##*/} $kind"
done
variables=$(env | cut -d= -f1 | sort)
exec 8>"$1"
{
  echo "$variables"
  while read -r name value; do
    case $name in Umask: | SigBlk: | SigIgn: | NoNewPrivs: | CapEff: | Groups:) echo "$name $value" ;; esac
  done </proc/$$/status
  read -r line </proc/$$/stat
  set -- \${line##*)}
  [ "$3" = $$ ] && echo "a group of its own"
  [ "$4" = $$ ] && echo "a session of its own"
  [ "$5" != 0 ] && echo "a terminal"
  echo "priority \${16} \${17}"
  while read -r line; do echo "$line"; done </proc/$$/limits
  [ "$LISTEN_PID" = $$ ] && echo "meant for it"
  echo "$descriptors"
  case $(readlink /proc/$$/cwd) in *deleted*) echo "a directory that is gone" ;; esac
} >&8
`;

test("the command finds its process as the caller made it: on a first start, a warm one, with a Python inside", async (t) => {
  const application = [fileEntry("app/show.sh", SHOW)];
  const argv = ["sh", "{app}/show.sh"];
  const show = { kind: "argv", argv, help: "", origin: "own" } as const;
  const options = { application, plan: { commands: { show } } };
  const artifact = await makeArtifactToStart(t, options);
  const inside = await makeArtifactInside(t, options);
  const [prepare, script] = [join(artifact.data, "prepare.py"), join(artifact.data, "show.sh")];
  writeFileSync(prepare, PREPARE);
  writeFileSync(script, SHOW);

  const ask = async ({ cache, env }: ArtifactToStart, statements: string, command: readonly string[]) => {
    const out = `${cache}.out`;
    const words = [PYTHON.path, "-I", prepare, statements, ...command, out];
    const { status, stderr } = await runProcess(words, { cwd: artifact.data, env });
    const text = existsSync(out) ? readFileSync(out, "utf8") : `${status}: ${stderr}`;
    rmSync(out, { force: true });
    return text;
  };
  await sweep(PREPARATIONS, async ([title, statements]) => {
    const direct = await ask(withFreshCache(artifact), statements, ["/bin/sh", script]);
    assert.match(direct, /^SigIgn: /m, direct);
    // A Python inside takes seconds to unpack.
    for (const kind of title.startsWith("standard ") ? [artifact] : [artifact, inside]) {
      const one = withFreshCache(kind);
      for (const temperature of ["cold", "warm"]) {
        const what = `${title}, ${kind === inside ? "with a Python inside, " : ""}${temperature}`;
        assert.equal(await ask(one, statements, [one.path, "show"]), direct, what);
      }
      removeReadOnly(one.cache);
    }
  });
});
