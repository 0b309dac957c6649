import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Nginx, Postgres, Redis } from "./engines.ts";
import { Server, freePort } from "./server.ts";
import { site } from "./site.ts";

/** Two nodes on PostgreSQL and Redis, behind nginx with TLS: what docs/operations.md shows. */
export class Installation {
  private constructor(
    readonly url: string,
    readonly nodes: [Server, Server],
    readonly postgres: Postgres,
    readonly redis: Redis,
    private readonly nginx: Nginx,
    private readonly folder: string,
  ) {}

  static async start(): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), "natter-nginx-"));
    const [port, postgres, redis] = [await freePort(), await Postgres.start(), await Redis.start()];
    const url = `https://127.0.0.1:${port}`;
    const env = { NATTER_ORIGIN: url, NATTER_DATABASE_URL: postgres.url, NATTER_REDIS_URL: redis.url, NATTER_TRUSTED_PROXIES: "127.0.0.1" };
    const nodes: [Server, Server] = [await Server.start(env), await Server.start(env)];
    await nodes[0].isSetUp();
    const changes: [string, string][] = [
      ["127.0.0.1:3001", new URL(nodes[0].url).host],
      ["127.0.0.1:3002", new URL(nodes[1].url).host],
      ["listen 443 ssl;", `listen 127.0.0.1:${port} ssl;`],
    ];
    const nginx = await Nginx.start(await site("nginx-two-nodes.conf", folder, changes), folder, port);
    return new Installation(url, nodes, postgres, redis, nginx, folder);
  }

  async stop(): Promise<void> {
    await this.nginx.stop();
    for (const node of this.nodes) await node.stop();
    await this.redis.kill();
    await this.postgres.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
