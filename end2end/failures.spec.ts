import type { Page, WebSocket } from "@playwright/test";
import { expect, test } from "./journey.ts";
import { composer, enter, message, messages, openDirect, register, say, status } from "./people.ts";

test.use({ baseURL: async ({ home }, use) => use(home.url), ignoreHTTPSErrors: true });

test.beforeEach(({ guard }) => {
  test.slow();
  guard.forgivesLostServer();
  guard.forgivesStatus(502);
  guard.forgivesStatus(503);
});

const RECONNECTING = "Reconnecting… your messages are kept.";

interface Seated {
  page: Page;
  socket: WebSocket;
}

/** Two people in a room of their own, each with a socket that is up. */
async function twoInARoom(visitor: () => Promise<Page>): Promise<{ ines: Seated; robin: Seated; room: string }> {
  const [ines, robin] = [await visitor(), await visitor()];
  await register(ines, "Ines");
  const room = await openDirect(ines, await register(robin, "Robin"));
  return { ines: await sit(ines, room), robin: await sit(robin, room), room };
}

async function sit(page: Page, room: string): Promise<Seated> {
  // Gone from here, the page before leaves no socket behind.
  await page.goto("about:blank");
  const opening = page.waitForEvent("websocket").then(async (socket) => {
    await socket.waitForEvent("framereceived", ({ payload }) => String(payload).includes('"ready"'));
    return socket;
  });
  await enter(page, room);
  return { page, socket: await opening };
}

async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
}

/** Expects the banner five seconds after `since`, and not before. */
async function isCutSince(page: Page, since: number): Promise<void> {
  await expect(status(page)).toHaveText(RECONNECTING, { timeout: 15_000 });
  expect(Date.now() - since).toBeGreaterThan(4_900);
}

async function isBack(page: Page): Promise<void> {
  await expect(status(page)).toBeEmpty({ timeout: 20_000 });
  await expect(messages(page).getByText("Sending…")).toHaveCount(0, { timeout: 20_000 });
}

/** Expects these messages and no others, each once and in this order. */
async function shows(page: Page, texts: string[]): Promise<void> {
  await expect(messages(page)).toContainText(texts, { timeout: 20_000 });
  await expect(messages(page)).toHaveCount(texts.length);
}

/** What was half written before stands there still, under the cursor; the rest of it follows. */
async function goesOnWriting(page: Page): Promise<void> {
  await expect(composer(page)).toHaveValue("Half a thou");
  await expect(composer(page)).toBeFocused();
  await composer(page).pressSequentially("ght.");
  await composer(page).press("Enter");
}

test("one node gone is no matter, and what is written while both are gone arrives once", async ({ home, visitor }) => {
  const { ines, robin, room } = await twoInARoom(visitor);
  await say(ines.page, "Before.");
  await composer(ines.page).fill("Half a thou");
  await home.nodes[0].kill();
  const closed = () => [ines, robin].filter(({ socket }) => socket.isClosed()).length;
  await expect.poll(closed, "each was at a node of their own").toBe(1);
  await say(robin.page, "With one node.");
  await expect(message(ines.page, "With one node.")).toBeVisible();
  for (const { page } of [ines, robin]) await expect(status(page)).toBeEmpty();

  const since = Date.now();
  await home.nodes[1].kill();
  await write(robin.page, "Into the dark.");
  await expect(message(robin.page, "Into the dark.")).toContainText("Sending…");
  for (const { page } of [ines, robin]) await isCutSince(page, since);
  for (const node of home.nodes) await node.restart();
  for (const { page } of [ines, robin]) await isBack(page);
  await shows(ines.page, ["Before.", "With one node.", "Into the dark."]);
  await goesOnWriting(ines.page);
  for (const { page } of [ines, robin]) await shows(page, ["Before.", "With one node.", "Into the dark.", "Half a thought."]);
  await enter(robin.page, room);
  await shows(robin.page, ["Before.", "With one node.", "Into the dark.", "Half a thought."]);
});

test("without Redis messages take some seconds, and nobody is told of it", async ({ home, visitor }) => {
  const { ines, robin } = await twoInARoom(visitor);
  await say(ines.page, "Before.");
  await expect(message(robin.page, "Before.")).toBeVisible();
  await composer(ines.page).fill("Half a thou");
  await home.redis.kill();
  await say(robin.page, "Without Redis.");
  await expect(message(ines.page, "Without Redis.")).toBeVisible({ timeout: 10_000 });
  await home.redis.run();
  await say(robin.page, "With Redis.");
  await goesOnWriting(ines.page);
  for (const { page, socket } of [ines, robin]) {
    await shows(page, ["Before.", "Without Redis.", "With Redis.", "Half a thought."]);
    await expect(status(page)).toBeEmpty();
    expect(socket.isClosed()).toBe(false);
  }
});

test("what is written while PostgreSQL is gone arrives once when it is back", async ({ home, visitor }) => {
  const { ines, robin, room } = await twoInARoom(visitor);
  await say(ines.page, "Before.");
  await composer(ines.page).fill("Half a thou");
  await home.postgres.crash();
  const since = Date.now();
  await write(robin.page, "Into the dark.");
  await expect(message(robin.page, "Into the dark.")).toContainText("Sending…");
  await isCutSince(robin.page, since);
  await composer(robin.page).fill("Still wri");
  const third = await robin.page.context().newPage();
  expect((await third.goto(room))?.status(), "a page says so too").toBe(503);
  await expect(third.getByRole("heading", { level: 1 })).toHaveText("One moment");
  await third.close();

  await home.postgres.run();
  await isBack(robin.page);
  await expect(composer(robin.page)).toHaveValue("Still wri");
  for (const { page } of [ines, robin]) await shows(page, ["Before.", "Into the dark."]);
  await goesOnWriting(ines.page);
  for (const { page } of [ines, robin]) await shows(page, ["Before.", "Into the dark.", "Half a thought."]);
});
