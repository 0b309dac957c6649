import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test as base } from "@playwright/test";

/** The development build; NATTER_BINARY names another one, such as target/release/natter, from the root. */
const { NATTER_BINARY = "target/debug/natter", ...environment } = process.env;
const program = fileURLToPath(new URL(`../${NATTER_BINARY}`, import.meta.url));

/** A Natter of one's own: a free port and a fresh data folder. */
export class Server {
  readonly url: string;
  #folder: string;
  #env: NodeJS.ProcessEnv;
  #process?: ChildProcess;
  #log = "";

  private constructor(port: number, folder: string, env: NodeJS.ProcessEnv) {
    this.url = `http://127.0.0.1:${port}`;
    this.#folder = folder;
    // All people of the journeys come from one address, and some say more in a minute than people do; what the first
    // account makes would stand in everybody's list.
    const own = { NATTER_ADDR: `127.0.0.1:${port}`, NATTER_DATA: folder, NATTER_LIMITS: "off", NATTER_FIRST_ROOM: "off" };
    this.#env = { ...environment, ...own, ...env };
  }

  static async start(env: NodeJS.ProcessEnv = {}): Promise<Server> {
    const server = new Server(await freePort(), await mkdtemp(join(tmpdir(), "natter-")), env);
    await server.#spawn();
    return server;
  }

  /** Asks it to end, waits for it, and removes its data. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Ends it as a power cut would; the data stays. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Starts it anew on the same port and data, whether it still runs or not. */
  async restart(): Promise<void> {
    await this.#end("SIGTERM");
    await this.#spawn();
  }

  /** Makes the first account, which takes the setup code behind a proxy. */
  async isSetUp(): Promise<void> {
    const code = /setup_code=([0-9a-f-]+)/.exec(this.#log)?.[1] ?? "";
    const person = { username: "operator", display_name: "Operator", email: "operator@example.org" };
    const body = new URLSearchParams({ ...person, password: "a quiet evening at sea", setup_code: code });
    const headers = { origin: this.#env.NATTER_ORIGIN ?? this.url };
    const answer = await fetch(`${this.url}/form/register`, { method: "POST", body, headers, redirect: "manual" });
    if (answer.status !== 303) throw new Error(`the first account was refused: ${await answer.text()}`);
  }

  /** What it has written so far, for a failing test to show. */
  get log(): string {
    return this.#log;
  }

  async #spawn(): Promise<void> {
    const child = spawn(program, { env: this.#env, stdio: ["ignore", "pipe", "pipe"] });
    const keep = (text: Buffer) => (this.#log += text.toString());
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => (this.#log += error.message));
    this.#process = child;
    const deadline = Date.now() + 10_000;
    // It answers a moment before it prints its address and the setup link.
    while (!this.#log.includes("Natter is ready") || !(await this.#isHealthy())) {
      if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
        throw new Error(`natter did not start:\n${this.#log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #isHealthy(): Promise<boolean> {
    return fetch(`${this.url}/healthz`).then((answer) => answer.status === 200, () => false);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}

/** The server of the spec file whose turn it is. */
class Turns {
  #file?: string;
  #server?: Server;

  async of(file: string, env: NodeJS.ProcessEnv): Promise<Server> {
    if (this.#file !== file || !this.#server) {
      await this.stop();
      this.#server = await Server.start(env);
      this.#file = file;
    }
    return this.#server;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }
}

interface Servers {
  /** The settings of the file's server. */
  env: NodeJS.ProcessEnv;
  /** The file's server. */
  server: Server;
  /** An empty server for one test alone, which may kill it. */
  ownServer: Server;
}

/** `test` with one server per file; a journey that kills its server, or needs it empty, takes one of its own. */
export const test = base.extend<Servers, { turns: Turns }>({
  turns: [
    async ({}, use) => {
      const turns = new Turns();
      await use(turns);
      await turns.stop();
    },
    { scope: "worker" },
  ],
  env: [{}, { option: true }],
  server: async ({ turns, env }, use, info) => use(await turns.of(info.file, env)),
  ownServer: async ({ env }, use) => {
    const server = await Server.start(env);
    await use(server);
    await server.stop();
  },
  baseURL: async ({ server }, use) => use(server.url),
});

export { expect } from "@playwright/test";
