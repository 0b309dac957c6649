import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./server.ts";

const run = promisify(execFile);

/** A Redis that keeps nothing. */
export class Redis {
  readonly url: string;
  #child?: ChildProcess;

  private constructor(readonly port: number) {
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async start(): Promise<Redis> {
    const redis = new Redis(await freePort());
    await redis.run();
    return redis;
  }

  async run(): Promise<void> {
    const flags = ["--bind", "127.0.0.1", "--port", `${this.port}`, "--save", "", "--appendonly", "no"];
    this.#child = await serve("redis-server", flags, this.port);
  }

  async kill(): Promise<void> {
    await end(this.#child);
  }
}

/** nginx with a site's configuration. */
export class Nginx {
  private constructor(private readonly child: ChildProcess, private readonly flags: string[]) {}

  static async start(site: string, folder: string, port: number): Promise<Nginx> {
    // Its workers would be somebody else, who cannot read this folder.
    const user = process.getuid?.() === 0 ? "user root;" : "";
    const main = `daemon off; ${user} worker_shutdown_timeout 1s; pid nginx.pid; error_log error.log;
      events { worker_connections 1024; }
      http { access_log off; client_body_temp_path body; proxy_temp_path proxy; ${site} }`;
    await writeFile(join(folder, "nginx.conf"), main);
    const flags = ["-e", "error.log", "-c", "nginx.conf", "-p", folder];
    return new Nginx(await serve(program("nginx"), flags, port, "TERM"), flags);
  }

  /** Reads its configuration again: new workers take what comes, the old ones end what they have within a second. */
  async reload(): Promise<void> {
    await run(program("nginx"), [...this.flags, "-s", "reload"]);
  }

  /** Ends it with its workers, which would outlive a master that is killed. */
  async stop(): Promise<void> {
    await end(this.child, "SIGTERM");
  }
}

/** A PostgreSQL with one empty database, `natter`. */
export class Postgres {
  readonly url: string;
  #watch?: ChildProcess;

  private constructor(readonly port: number, private readonly folder: string, private readonly user: string[]) {
    this.url = `postgres://natter@127.0.0.1:${port}/natter`;
  }

  static async start(): Promise<Postgres> {
    const folder = await mkdtemp(join(tmpdir(), "natter-postgres-"));
    const user = unprivileged();
    if (user) await chown(folder, user.uid, user.gid);
    const prefix = user ? ["setpriv", "--reuid", `${user.uid}`, "--regid", `${user.gid}`, "--clear-groups", "--"] : ["env"];
    const postgres = new Postgres(await freePort(), folder, prefix);
    await postgres.#as("initdb", "-D", join(folder, "data"), "-U", "natter", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync");
    await postgres.run();
    await run(program("createdb"), ["-h", "127.0.0.1", "-p", `${postgres.port}`, "-U", "natter", "natter"]);
    return postgres;
  }

  /** Starts it, also after a crash. The shell ends it when these tests end, however they do. */
  async run(): Promise<void> {
    const watch = `data=$1; shift; "$@" >"$data/../log" 2>&1 & server=$!
      cat >/dev/null; kill -QUIT $server 2>/dev/null; wait $server`;
    const data = join(this.folder, "data");
    const flags = ["-D", data, "-p", `${this.port}`, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="];
    const line = ["-c", watch, "watch", data, ...this.user, program("postgres"), ...flags];
    this.#watch = spawn("sh", line, { stdio: ["pipe", "ignore", "ignore"], detached: true });
    const isReady = () => run(program("pg_isready"), ["-q", "-h", "127.0.0.1", "-p", `${this.port}`]).then(() => true, () => false);
    await until(isReady, "PostgreSQL");
  }

  /** Ends it as a crash does. */
  async crash(): Promise<void> {
    const watch = this.#watch;
    if (!watch) return;
    this.#watch = undefined;
    const exit = once(watch, "exit");
    watch.stdin?.end();
    await exit;
  }

  async stop(): Promise<void> {
    await this.crash();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #as(name: string, ...flags: string[]): Promise<void> {
    const [command, ...rest] = [...this.user, program(name), ...flags] as [string, ...string[]];
    await run(command, rest, { cwd: this.folder });
  }
}

/** A certificate that nobody trusts, and its key. */
export async function certify(folder: string): Promise<{ certificate: string; key: string }> {
  await mkdir(folder, { recursive: true });
  const [certificate, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  await run("openssl", ["req", ...kind, "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", certificate]);
  return { certificate, key };
}

/** Starts a server that ends with this process; returns when it listens. */
async function serve(command: string, flags: string[], port: number, signal = "KILL"): Promise<ChildProcess> {
  const child = spawn("setpriv", ["--pdeathsig", signal, command, ...flags], { stdio: "ignore" });
  await until(() => listens(port), command);
  return child;
}

async function end(child?: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, "127.0.0.1");
    probe.once("connect", () => resolve(true)).once("error", () => resolve(false));
    probe.once("connect", () => probe.destroy());
  });
}

async function until(isReady: () => Promise<boolean>, name: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isReady())) {
    if (Date.now() > deadline) throw new Error(`${name} does not start`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** PostgreSQL does not run as root: then as whom. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"]).toString());
  return { uid: id("-u"), gid: id("-g") };
}

/** On the path, or where Debian puts it. */
function program(name: string): string {
  const versions = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql").sort().reverse() : [];
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`)];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (!found) throw new Error(`${name} is not installed`);
  return found;
}
