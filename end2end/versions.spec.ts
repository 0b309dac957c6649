import type { Page } from "@playwright/test";
import { expect, test } from "./journey.ts";
import { composer, enter, isInRoom, isReady, message, openDirect, register, roomLink, say, status } from "./people.ts";

/** A page whose socket is served by a server that welcomes it as `welcome` says. */
async function welcomedWith(page: Page, welcome: () => Record<string, unknown>): Promise<void> {
  await page.routeWebSocket("**/ws", (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      const event = JSON.parse(String(frame));
      socket.send(event.type === "welcome" ? JSON.stringify({ ...event, ...welcome() }) : frame);
    });
  });
}

/** How often the page has been loaded since. */
function loads(page: Page): () => number {
  let count = 0;
  page.on("load", () => (count += 1));
  return () => count;
}

/** Nobody looks at the page any more. */
async function hide(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  });
}

async function withTwoRooms(visitor: () => Promise<Page>) {
  const [ines, robin] = [await visitor(), await visitor()];
  const her = await register(ines, "Ines");
  const him = await register(robin, "Robin");
  const third = await register(await visitor(), "Noor");
  const away = await openDirect(ines, third);
  const room = await openDirect(ines, him);
  await enter(robin, room);
  return { ines, robin, her, him, third, room, away };
}

test("a page of another build goes on working and loads itself once when another room is opened, drafts kept", async ({ visitor }) => {
  const { ines, robin, him, third, room, away } = await withTwoRooms(visitor);
  await welcomedWith(ines, () => ({ build: "another" }));
  await enter(ines, room);
  await say(ines, "Still working.");
  await say(robin, "So I hear.");
  await expect(message(ines, "So I hear.")).toBeVisible();
  await composer(ines).pressSequentially("Half a thought");
  const loaded = loads(ines);
  await roomLink(ines, third.name).click();
  await expect(ines).toHaveURL(away);
  await isInRoom(ines, third.name);
  await expect.poll(loaded).toBe(1);
  await say(ines, "Hello.");
  await roomLink(ines, him.name).click();
  await isInRoom(ines, him.name);
  await expect(composer(ines)).toHaveValue("Half a thought");
  await say(robin, "And now?");
  await expect(message(ines, "And now?")).toBeVisible();
  expect(loaded(), "between nodes of two builds it does not load itself over and over").toBe(1);
});

test("a page of another build loads itself once when nobody looks, for each build", async ({ visitor }) => {
  const { ines, room } = await withTwoRooms(visitor);
  let build = "second";
  await welcomedWith(ines, () => ({ build }));
  await enter(ines, room);
  await say(ines, "Served by the second.");
  await composer(ines).pressSequentially("Half a thought");
  const loaded = loads(ines);
  await hide(ines);
  await expect.poll(loaded).toBe(1);
  await isReady(ines);
  await expect(composer(ines)).toHaveValue("Half a thought");
  await say(ines, "Still served by the second.");
  await hide(ines);
  await say(ines, "Without another load.");
  expect(loaded()).toBe(1);

  build = "third";
  await enter(ines, room);
  await say(ines, "Served by the third.");
  expect(loaded()).toBe(2);
  await hide(ines);
  await expect.poll(loaded).toBe(3);
});

test("a page of an older protocol says that there is a new version", async ({ visitor }) => {
  const { ines, room } = await withTwoRooms(visitor);
  await welcomedWith(ines, () => ({ protocol: 1000, build: "another" }));
  await enter(ines, room);
  await expect(status(ines)).toHaveText("A new version is available. Reload the page.");
  await say(ines, "What still works goes on.");
});

test("kinds of change and events that a page does not know are passed over", async ({ visitor }) => {
  const { ines, robin, room } = await withTwoRooms(visitor);
  const id = Number(room.split("/").at(-1));
  await ines.routeWebSocket("**/ws", (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      const event = JSON.parse(String(frame));
      socket.send('{"type":"weather","room":1,"degrees":21.5}');
      const isSong = event.type === "change" && event.what.message?.text === "A song.";
      const unknown = { type: "change", room: id, rev: event.rev, what: { sung: { by: 1, tune: [1, 2, 3.5] } } };
      socket.send(isSong ? JSON.stringify(unknown) : frame);
    });
  });
  await enter(ines, room);
  await say(robin, "Before.");
  await expect(message(ines, "Before.")).toBeVisible();
  await say(robin, "A song.");
  await say(robin, "After.");
  await expect(message(ines, "After.")).toBeVisible();
  await expect(message(ines, "A song.")).toHaveCount(0);
  await say(ines, "And back.");
  await expect(message(robin, "And back.")).toBeVisible();
});
