import { readFile } from "node:fs/promises";
import { certify } from "./engines.ts";
import { freePort } from "./server.ts";

/** A configuration of nginx in deploy/, with a certificate and with the addresses of a test. */
export async function site(file: string, folder: string, changes: [string, string][]): Promise<string> {
  const { certificate, key } = await certify(folder);
  const text = await readFile(new URL(`../deploy/${file}`, import.meta.url), "utf8");
  const all: [string, string][] = [
    ...changes,
    ["listen 80;", `listen 127.0.0.1:${await freePort()};`],
    ["/etc/letsencrypt/live/chat.example.org/fullchain.pem", certificate],
    ["/etc/letsencrypt/live/chat.example.org/privkey.pem", key],
  ];
  return all.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`deploy/${file} does not say ${from}`);
    return text.replaceAll(from, to);
  }, text);
}
