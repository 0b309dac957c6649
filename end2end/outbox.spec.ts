import type { Page, WebSocket, WebSocketRoute } from "@playwright/test";
import { expect, test } from "./journey.ts";
import { composer, createRoom, enter, isReady, logOut, message, messages, openDirect, type Person, register, roomCalled, say, submit } from "./people.ts";
import { violations } from "./violations.ts";
import type { Server } from "./server.ts";

// Each has a server of its own.
test.describe.configure({ mode: "parallel" });

/** What keeps a developer's page fresh would reload it when its server is back. */
async function withoutReload(page: Page): Promise<Page> {
  await page.context().route("**/assets/reload-*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  return page;
}

interface Pair {
  ines: Page;
  robin: Page;
  her: Person;
  him: Person;
  room: string;
}

async function twoInARoom(server: Server, visitor: (options: object) => Promise<Page>): Promise<Pair> {
  const ines = await withoutReload(await visitor({ baseURL: server.url }));
  const robin = await withoutReload(await visitor({ baseURL: server.url }));
  const [her, him] = [await register(ines, "Ines"), await register(robin, "Robin")];
  const room = await openDirect(ines, him);
  await enter(robin, room);
  await say(ines, "Before.");
  await expect(message(robin, "Before.")).toBeVisible();
  return { ines, robin, her, him, room };
}

async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
  await expect(message(page, text)).toContainText("Sending…");
}

/** Expects these messages and no others, each once and in this order. */
async function shows(page: Page, texts: string[]): Promise<void> {
  await expect(messages(page)).toContainText(texts, { timeout: 20_000 });
  await expect(messages(page).getByText("Sending…")).toHaveCount(0, { timeout: 20_000 });
  await expect(messages(page)).toHaveCount(texts.length);
}

/** What is kept in the browser for a person's messages. */
async function kept(page: Page): Promise<string[]> {
  return page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("natter-outbox-")));
}

test("what was written during an outage arrives once, though its tab was closed", async ({ ownServer, visitor, guard }) => {
  test.slow();
  guard.forgivesLostServer();
  const { ines, robin, room } = await twoInARoom(ownServer, visitor);
  await ownServer.kill();
  await write(ines, "Into the dark.");
  await write(ines, "And one more.");
  const context = ines.context();
  await ines.close();
  await ownServer.restart();
  const again = await context.newPage();
  await enter(again, room);
  await shows(again, ["Before.", "Into the dark.", "And one more."]);
  await shows(robin, ["Before.", "Into the dark.", "And one more."]);
  expect(await kept(again)).toEqual([]);
});

test.describe("with the usual limits", () => {
  test.use({ env: { NATTER_LIMITS: "on" } });

  test("many messages of an outage arrive once and in order, and what is written meanwhile follows them", async ({ ownServer, visitor, guard }) => {
    test.slow();
    guard.forgivesLostServer();
    const { ines, robin } = await twoInARoom(ownServer, visitor);
    const served = new Set<WebSocket>();
    ines.on("websocket", (socket) => socket.on("framereceived", () => served.add(socket)));
    const texts = Array.from({ length: 40 }, (_, index) => `Message ${index + 1}.`);
    await ownServer.kill();
    for (const text of texts) await write(ines, text);
    await ownServer.restart();
    await expect(message(robin, "Message 3.")).toBeVisible({ timeout: 20_000 });
    await write(ines, "Written last.");
    for (const page of [ines, robin]) {
      await expect(messages(page)).toContainText(["Before.", ...texts, "Written last."], { timeout: 60_000 });
      await expect(messages(page)).toHaveCount(texts.length + 2);
    }
    await expect(messages(ines).getByText("Sending…")).toHaveCount(0);
    expect(served.size, "the server has not closed the connection for too many commands").toBe(1);
    expect(await kept(ines)).toEqual([]);
  });
});

test("what several tabs know of is stored once, and all see it confirmed", async ({ ownServer, visitor, guard }) => {
  test.slow();
  guard.forgivesLostServer();
  const { ines, robin, room } = await twoInARoom(ownServer, visitor);
  const tabs = [ines, await ines.context().newPage(), await ines.context().newPage()];
  for (const tab of tabs.slice(1)) await enter(tab, room);
  await ownServer.kill();
  await write(ines, "Into the dark.");
  for (const tab of tabs) await expect(message(tab, "Into the dark.")).toContainText("Sending…");
  await ownServer.restart();
  for (const tab of [...tabs, robin]) await shows(tab, ["Before.", "Into the dark."]);
  await robin.reload();
  await shows(robin, ["Before.", "Into the dark."]);
  expect(await kept(ines)).toEqual([]);
});

test("where the browser keeps nothing a message waits in its tab", async ({ ownServer, visitor, guard }) => {
  test.slow();
  guard.forgivesLostServer();
  const { ines, robin, room } = await twoInARoom(ownServer, visitor);
  await ines.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await enter(ines, room);
  await ownServer.kill();
  await write(ines, "Into the dark.");
  expect(await kept(ines)).toEqual([]);
  await ownServer.restart();
  for (const page of [ines, robin]) await shows(page, ["Before.", "Into the dark."]);
});

test("a refused message stays refused in every tab and after a reload", async ({ ownServer, visitor }) => {
  const { ines, robin, room } = await twoInARoom(ownServer, visitor);
  // The server's answer to the message is a refusal; everything else passes.
  await ines.routeWebSocket("**/ws", (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      const { type, id } = JSON.parse(String(frame));
      if (type === "new_message") socket.send(JSON.stringify({ id, type: "error", code: "forbidden", message: "Not now." }));
      else server.send(frame);
    });
  });
  await enter(ines, room);
  await composer(ines).fill("Too soon.");
  await composer(ines).press("Enter");
  await expect(message(ines, "Too soon.")).toContainText("Not now.");
  const other = await ines.context().newPage();
  await enter(other, room);
  for (const page of [ines, other]) await expect(message(page, "Too soon.")).toContainText("Not now.");
  await expect(message(robin, "Too soon.")).toHaveCount(0);
  await message(other, "Too soon.").getByRole("button", { name: "Retry" }).click();
  await shows(robin, ["Before.", "Too soon."]);
  await shows(other, ["Before.", "Too soon."]);
  await expect(message(ines, "Too soon.").getByRole("button", { name: "Retry" })).toHaveCount(0);
});

test("a server that asks for a pause gets the messages after it in the order in which they were written", async ({ ownServer, visitor }) => {
  const { ines, robin, room } = await twoInARoom(ownServer, visitor);
  let isPaused = false;
  await ines.routeWebSocket("**/ws", (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      const { type, id } = JSON.parse(String(frame));
      if (type !== "new_message" || isPaused) return server.send(frame);
      isPaused = true;
      socket.send(JSON.stringify({ id, type: "error", code: "too_many", message: "Not so fast.", retry_after: 2 }));
    });
  });
  await enter(ines, room);
  for (const text of ["One.", "Two.", "Three."]) await write(ines, text);
  for (const page of [ines, robin]) await shows(page, ["Before.", "One.", "Two.", "Three."]);
});

test("what waits is never sent as somebody else's, and goes out once when its author is back", async ({ ownServer, visitor, guard }) => {
  test.slow();
  guard.forgivesLostServer();
  const { ines, robin, her, him } = await twoInARoom(ownServer, visitor);
  const bruno = await register(await visitor({ baseURL: ownServer.url }), "Bruno");
  const room = await createRoom(ines, roomCalled("Garden"), [him, bruno]);
  await enter(robin, room);
  let isCut = false;
  const lines: WebSocketRoute[] = [];
  const sent: string[] = [];
  await ines.routeWebSocket("**/ws", async (socket) => {
    if (isCut) return socket.close();
    lines.push(socket);
    const server = socket.connectToServer();
    socket.onMessage((frame) => {
      sent.push(String(frame));
      server.send(frame);
    });
  });
  await enter(ines, room);
  await say(ines, "Heard by all.");
  isCut = true;
  for (const line of lines) await line.close();
  await write(ines, "From Ines alone.");
  sent.length = 0;

  const other = await ines.context().newPage();
  await submit(other, "logout", {});
  await submit(other, "login", { login: bruno.username, password: bruno.password });
  const reloading = ines.waitForEvent("load");
  isCut = false;
  await reloading;
  await isReady(ines);
  await expect(ines.locator(".side__me")).toHaveText(bruno.name);
  for (const page of [ines, robin]) await shows(page, ["Heard by all."]);
  expect(sent.filter((frame) => frame.includes("From Ines alone."))).toEqual([]);
  expect(await kept(ines)).toHaveLength(1);

  await submit(other, "logout", {});
  await submit(other, "login", { login: her.username, password: her.password });
  await enter(other, room);
  for (const page of [other, robin]) {
    await shows(page, ["Heard by all.", "From Ines alone."]);
    await expect(message(page, "From Ines alone.")).toContainText(new RegExp(`^${her.name}`));
  }
});

test("an own message stays in sight while a change before it is missing", async ({ ownServer, visitor }) => {
  const { ines, robin, room } = await twoInARoom(ownServer, visitor);
  let isLost = false;
  const held: (() => void)[] = [];
  await ines.routeWebSocket("**/ws", (socket) => {
    const server = socket.connectToServer();
    if (isLost) return;
    socket.onMessage((frame) => {
      const isHeld = isLost && ["hello", "resume_room"].includes(JSON.parse(String(frame)).type);
      if (isHeld) held.push(() => server.send(frame));
      else server.send(frame);
    });
    server.onMessage((frame) => {
      if (!String(frame).includes("One.")) socket.send(frame);
      else isLost = true;
    });
  });
  await enter(ines, room);
  await say(ines, "Zero.");
  await say(robin, "One.");
  await expect.poll(() => isLost).toBe(true);
  await composer(ines).fill("Two.");
  await composer(ines).press("Enter");
  await expect(message(robin, "Two.")).toBeVisible();
  await expect.poll(() => held.length, "the gap is noticed").toBe(1);
  await expect(message(ines, "Two.")).toBeVisible();
  expect(await kept(ines)).toHaveLength(1);
  await ines.reload();
  for (const page of [ines, robin]) await shows(page, ["Before.", "Zero.", "One.", "Two."]);
  await expect.poll(() => kept(ines)).toEqual([]);
});

test("a log-out asks before it discards what waits, and leaves nothing behind when it is done", async ({ visitor, guard }) => {
  guard.forgivesStatus(503);
  const page = await visitor();
  await register(page, "Ines");
  const room = await openDirect(page, await register(await visitor(), "Robin"));
  const left = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("natter-")));
  await page.routeWebSocket("**/ws", () => {});
  await enter(page, room);
  await write(page, "Into the dark.");
  await composer(page).fill("Half a thought");
  const dialog = page.getByRole("dialog", { name: "Log out" });
  await page.getByRole("button", { name: "Account" }).click();
  await expect(dialog).toContainText("1 message has not been sent. Logging out discards it.");
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Stay logged in" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(message(page, "Into the dark.")).toContainText("Sending…");
  expect(await left()).toHaveLength(2);

  await page.goto("/settings");
  await page.route("**/form/logout", (route) => route.fulfill({ status: 503, contentType: "text/html", body: "You are still logged in." }), { times: 1 });
  await logOut(page);
  await expect(page.getByText("You are still logged in.")).toBeVisible();
  expect(await left(), "a log-out that fails discards nothing").toHaveLength(2);
  await page.goto("/settings");
  await logOut(page);
  await expect(page).toHaveURL(/\/login$/);
  await expect.poll(left).toEqual([]);
});

test("a log-out with nothing waiting takes the drafts along", async ({ visitor }) => {
  const page = await visitor();
  await register(page, "Ines");
  await openDirect(page, await register(await visitor(), "Robin"));
  await composer(page).fill("Half a thought");
  await logOut(page);
  await expect(page).toHaveURL(/\/login$/);
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage))).toEqual([]);
});
