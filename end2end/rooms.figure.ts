import { expect, test } from "./journey.ts";
import { register, roomCalled, seedRooms } from "./people.ts";

/** Times in a page, in milliseconds since it began to load. */
interface Times {
  /** When sockets opened, and when everything missed had come. */
  opened: number[];
  ready: number[];
  /** Tasks of more than 50 ms: their beginnings and ends. */
  tasks: [number, number][];
}

declare global {
  interface Window {
    times: Times;
    sockets: WebSocket[];
  }
}

function watch(): void {
  const times: Times = { opened: [], ready: [], tasks: [] };
  window.times = times;
  window.sockets = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) times.tasks.push([startTime, startTime + duration]);
  }).observe({ type: "longtask", buffered: true });
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      window.sockets.push(this);
      this.addEventListener("open", () => times.opened.push(performance.now()));
      this.addEventListener("message", ({ data }) => {
        if (String(data).includes('"type":"ready"')) times.ready.push(performance.now());
      });
    }
  };
}

/** How long after a moment the page has nothing more to do than what takes less than 50 ms. */
const busyUntil = (from: number, { ready, tasks }: Times, at: number) =>
  Math.round(Math.max(ready[at]!, ...tasks.map(([, end]) => end)) - from);

for (const rooms of [100, 1000, 2000]) {
  test(`${rooms} rooms`, async ({ visitor }) => {
    test.setTimeout(600_000);
    const page = await visitor();
    await register(page, "Ines");
    const names = Array.from({ length: rooms }, () => roomCalled("Hall"));
    await seedRooms(page, names, await register(await visitor(), "Robin"));
    await page.addInitScript(watch);
    await page.goto("/rooms");
    const links = page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: /^Hall/ });
    await expect(links).toHaveCount(rooms, { timeout: 120_000 });
    await page.waitForTimeout(2_000);
    const wasm = await page.evaluate(
      () => performance.getEntriesByType("resource").find(({ name }) => name.includes(".wasm"))!.toJSON().responseEnd as number,
    );
    const first = await page.evaluate(() => window.times);
    await page.evaluate(() => {
      window.times.tasks.length = 0;
      window.sockets[0]!.close();
    });
    await page.waitForFunction(() => window.times.ready.length > 1);
    await page.waitForTimeout(2_000);
    const again = await page.evaluate(() => window.times);
    console.log(`${rooms} rooms: ${busyUntil(wasm, first, 0)} ms after the WASM, ${busyUntil(again.opened[1]!, again, 1)} ms after a reconnect`);
  });
}
