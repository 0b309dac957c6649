import type { Page } from "@playwright/test";
import { expect, test } from "./journey.ts";
import { composer, enter, message, messages, openDirect, register, say, status, title } from "./people.ts";
import type { Server } from "./server.ts";

/** Two people in a room of their own server; what keeps a developer's page fresh would reload theirs, so it stays out. */
async function twoInARoom(server: Server, visitor: (options: object) => Promise<Page>) {
  const pages = [await visitor({ baseURL: server.url }), await visitor({ baseURL: server.url })];
  for (const page of pages) {
    await page.route("**/assets/reload-*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  }
  const [ines, robin] = pages as [Page, Page];
  const her = await register(ines, "Ines");
  const room = await openDirect(ines, await register(robin, "Robin"));
  await enter(robin, room);
  await say(ines, "Before.");
  await expect(message(robin, "Before.")).toBeVisible();
  return { ines, robin, her, room };
}

async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
}

test("what is written while the server is gone arrives once when it is back", async ({ ownServer, visitor, guard }) => {
  test.slow();
  guard.forgivesLostServer();
  const { ines, robin, room } = await twoInARoom(ownServer, visitor);
  await expect(status(ines)).toBeEmpty();
  await ownServer.kill();
  await write(ines, "Into the dark.");
  await write(robin, "And back.");
  await expect(message(ines, "Into the dark.")).toContainText("Sending…");
  await composer(ines).fill("Half a thou");
  for (const page of [ines, robin]) {
    await expect(status(page)).toHaveText("Reconnecting… your messages are kept.", { timeout: 10_000 });
  }

  await ownServer.restart();
  // Each comes back in its own time, and brings what the other waits for.
  for (const page of [ines, robin]) await expect(status(page)).toBeEmpty({ timeout: 20_000 });
  for (const page of [ines, robin]) {
    await expect(messages(page).getByText("Sending…")).toHaveCount(0);
    await expect(message(page, "Into the dark.")).toHaveCount(1);
    await expect(message(page, "And back.")).toHaveCount(1);
    await expect(messages(page)).toHaveCount(3);
  }
  await expect(composer(ines)).toHaveValue("Half a thou");
  await expect(composer(ines)).toBeFocused();
  await composer(ines).pressSequentially("ght.");
  await composer(ines).press("Enter");
  await expect(message(robin, "Half a thought.")).toBeVisible();
  await enter(robin, room);
  await expect(messages(robin)).toHaveText([/Before\./, /(dark|back)\./, /(dark|back)\./, /thought\./]);
});

test("a drop is worth a word after five seconds, and what others wrote meanwhile appears once", async ({ ownServer, visitor, guard }) => {
  test.slow();
  guard.forgivesLostServer();
  const { ines, her, robin, room } = await twoInARoom(ownServer, visitor);
  // Her page's own time stands still until it is moved, so it neither waits nor comes back before it shall.
  await ines.clock.install();
  const connecting = ines.waitForEvent("websocket").then(async (socket) => {
    await socket.waitForEvent("framereceived", ({ payload }) => String(payload).includes('"ready"'));
    return socket;
  });
  await enter(ines, room);
  const socket = await connecting;
  await ines.clock.pauseAt((await ines.evaluate(() => Date.now())) + 1000);
  const closing = socket.waitForEvent("close");
  await ownServer.kill();
  await closing;
  await ines.clock.fastForward(80);
  await expect(status(ines)).toBeEmpty();
  await ines.clock.runFor(4_800);
  await expect(status(ines)).toBeEmpty();
  await ines.clock.runFor(1_000);
  await expect(status(ines)).toHaveText("Reconnecting… your messages are kept.");

  await ownServer.restart();
  const third = await visitor({ baseURL: ownServer.url, javaScriptEnabled: false });
  await third.context().addCookies(await robin.context().cookies());
  await third.goto(room);
  await expect(title(third)).toHaveText(her.name);
  await say(third, "While you were away.");
  await expect(message(ines, "While you were away.")).toHaveCount(0);
  await ines.clock.resume();
  await expect(message(ines, "While you were away.")).toHaveCount(1, { timeout: 20_000 });
  await expect(messages(ines)).toHaveCount(2);
  await expect(status(ines)).toBeEmpty();
  await say(robin, "Are you there?");
  await expect(message(ines, "Are you there?")).toHaveCount(1);
});

test("a message that waits survives a reload of its page", async ({ ownServer, visitor, guard }) => {
  guard.forgivesLostServer();
  const { ines, robin } = await twoInARoom(ownServer, visitor);
  // A socket that never opens: the page itself still comes.
  await ines.routeWebSocket("**/ws", () => {});
  await ines.reload();
  await ines.locator(".workspace[data-hydrated]").waitFor();
  await write(ines, "Into the dark.");
  await expect(message(ines, "Into the dark.")).toContainText("Sending…");
  await ines.reload();
  await expect(message(ines, "Into the dark.")).toContainText("Sending…");
  await expect(message(robin, "Into the dark.")).toHaveCount(0);
});
