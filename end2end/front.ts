import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Nginx } from "./engines.ts";
import { Server, freePort } from "./server.ts";
import { site } from "./site.ts";

/** One Natter behind nginx with TLS: what docs/operations.md shows. */
export class Front {
  private constructor(
    readonly url: string,
    readonly server: Server,
    readonly nginx: Nginx,
    private readonly folder: string,
  ) {}

  /** With other settings of Natter, and other words in nginx's configuration. */
  static async start(env: NodeJS.ProcessEnv = {}, words: [string, string][] = []): Promise<Front> {
    const folder = await mkdtemp(join(tmpdir(), "natter-nginx-"));
    const port = await freePort();
    const url = `https://127.0.0.1:${port}`;
    const server = await Server.start({ NATTER_ORIGIN: url, NATTER_TRUSTED_PROXIES: "127.0.0.1", ...env });
    await server.isSetUp();
    const changes: [string, string][] = [
      ["127.0.0.1:3000", new URL(server.url).host],
      ["listen 443 ssl http2;", `listen 127.0.0.1:${port} ssl http2;`],
      ...words,
    ];
    const nginx = await Nginx.start(await site("nginx.conf", folder, changes), folder, port);
    return new Front(url, server, nginx, folder);
  }

  async stop(): Promise<void> {
    await this.nginx.stop();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
