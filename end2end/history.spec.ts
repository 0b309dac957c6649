import type { Page } from "@playwright/test";
import { expect, test } from "./journey.ts";
import { createRoom, enter, isInRoom, isReady, log, message, messages, openDirect, register, roomCalled, roomLink, say } from "./people.ts";
import { seed } from "./seed.ts";

test.use({ env: { NATTER_COMMANDS_PER_MINUTE: "100000" } });

const hasEarlier = (page: Page) => page.getByRole("link", { name: "Load earlier messages" });

/** The numbers of the messages that stand in the log, from top to bottom. */
async function numbers(page: Page): Promise<number[]> {
  const texts = await messages(page).allTextContents();
  return texts.map((text) => Number(/message (\d+)\./.exec(text)?.[1]));
}

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** A direct room with that many messages of its opener. */
async function roomWith(count: number, opener: Page, other: Page): Promise<string> {
  await register(opener, "Ines");
  const room = await openDirect(opener, await register(other, "Robin"));
  await seed(opener, room, count);
  return room;
}

test("all messages can be paged back through, and what is being read stays in its place", async ({ visitor }) => {
  const page = await visitor();
  const room = await roomWith(200, page, await visitor());
  await enter(page, room);
  await expect(message(page, "message 200.")).toBeInViewport();
  let shown = await numbers(page);
  expect(shown).toEqual(upTo(200, 186));
  while (await hasEarlier(page).isVisible()) {
    await hasEarlier(page).scrollIntoViewIfNeeded();
    const first = shown[0]!;
    const reading = message(page, `message ${String(first).padStart(3, "0")}.`);
    await expect(reading).toBeInViewport();
    const before = await bottomOf(page, first);
    await hasEarlier(page).click();
    await expect(messages(page).first()).not.toContainText(`message ${String(first).padStart(3, "0")}.`);
    await expect.poll(async () => Math.abs((await bottomOf(page, first)) - before), "the place stays").toBeLessThan(3);
    shown = await numbers(page);
  }
  expect(shown).toEqual(upTo(200));
  await page.reload();
  await isReady(page);
  await expect(message(page, "message 200.")).toBeInViewport();
});

/** Where a message ends: its beginning may change when it turns out to follow another of its author. */
async function bottomOf(page: Page, number: number): Promise<number> {
  const box = await message(page, `message ${String(number).padStart(3, "0")}.`).boundingBox();
  return box ? box.y + box.height : Number.NaN;
}

test("without JavaScript all messages can be paged back through by links", async ({ visitor }) => {
  const [ines, robin] = [await visitor(), await visitor({ javaScriptEnabled: false })];
  const room = await roomWith(200, ines, robin);
  await robin.goto(room);
  let shown = await numbers(robin);
  expect(shown.at(-1)).toBe(200);
  while (await hasEarlier(robin).isVisible()) {
    const last = shown[0]! - 1;
    await hasEarlier(robin).click();
    await expect(messages(robin).last()).toContainText(`message ${String(last).padStart(3, "0")}.`);
    shown = [...(await numbers(robin)), ...shown];
  }
  expect(shown).toEqual(upTo(200));
  await robin.getByRole("link", { name: "Go to the newest messages" }).click();
  await expect(messages(robin).last()).toContainText("message 200.");
});

test("a room opens at its first unread message, which stays marked until the room is left", async ({ visitor }) => {
  const [ines, robin] = [await visitor(), await visitor()];
  const room = await roomWith(40, ines, robin);
  await enter(robin, room);
  const divider = robin.getByRole("heading", { name: "New", exact: true });
  await expect(divider).toBeInViewport();
  await expect(message(robin, "message 001.")).toBeInViewport();
  await expect(message(robin, "message 040.")).not.toBeInViewport();
  await expect(robin).toHaveTitle(/^\(40\) /);
  await log(robin).press("End");
  await expect(message(robin, "message 040.")).toBeInViewport();
  await expect(robin).toHaveTitle(/^Ines/);
  await expect(divider).toHaveCount(1);
  await expect.poll(async () => (await robin.request.get(room)).text(), "the server knows").not.toContain("<title>(40)");
  await robin.reload();
  await isReady(robin);
  await expect(message(robin, "message 040.")).toBeInViewport();
  await expect(divider).toHaveCount(0);
});

for (const javaScriptEnabled of [true, false]) {
  test(`a link to a message opens it among its neighbours, JavaScript ${javaScriptEnabled}`, async ({ visitor }) => {
    const [ines, robin] = [await visitor(), await visitor({ javaScriptEnabled })];
    const room = await roomWith(200, ines, robin);
    const path = `${room}?around=100#m100`;
    await enter(robin, path);
    await expect(message(robin, "message 100.")).toBeInViewport();
    expect(await message(robin, "message 100.").evaluate((element) => element.matches(":target"))).toBe(true);
    for (const neighbour of ["message 099.", "message 101."]) await expect(message(robin, neighbour)).toBeVisible();
    await expect(hasEarlier(robin)).toBeVisible();
    await expect(message(robin, "message 200.")).toHaveCount(0);
    await expect(message(robin, "message 100.").getByRole("link")).toHaveAttribute("href", path);
    await robin.getByRole("link", { name: "Go to the newest messages" }).click();
    await isReady(robin);
    await expect(message(robin, "message 200.")).toBeInViewport();
  });
}

test("from older messages one's own words and the list of rooms lead to the newest", async ({ visitor }) => {
  const [ines, robin] = [await visitor(), await visitor()];
  const room = await roomWith(200, ines, robin);
  const newest = async () => {
    await expect(message(robin, "message 200.")).toBeInViewport();
    await expect(message(robin, "message 100.")).toHaveCount(0);
    await expect(robin).toHaveURL(room);
  };
  await enter(robin, `${room}?around=100#m100`);
  await say(robin, "I was looking for this.");
  await newest();
  await expect(messages(robin).last()).toContainText("I was looking for this.");
  await enter(robin, `${room}?around=100#m100`);
  await roomLink(robin, (await robin.title()).replace(/ · .*/, "")).click();
  await newest();
});

test("a room that was left at its end opens at what came since", async ({ visitor }) => {
  const [ines, robin] = [await visitor(), await visitor()];
  const her = await register(ines, "Ines");
  await register(robin, "Robin");
  const away = roomCalled("Garden");
  await createRoom(robin, away, [her]);
  const room = await openDirect(robin, her);
  await say(robin, "I will be back.");
  await roomLink(robin, away).click();
  await isInRoom(robin, away);
  await enter(ines, "/rooms");
  await seed(ines, room, 40);
  await roomLink(robin, her.name).click();
  await expect(message(robin, "message 001.")).toBeInViewport();
  await expect(message(robin, "message 040.")).not.toBeInViewport();
  await expect(robin).toHaveTitle(/^\(40\) /);
});

test("a browser that has moved to another zone shows its times", async ({ visitor, baseURL }) => {
  const page = await visitor({ timezoneId: "Pacific/Auckland" });
  const room = await roomWith(3, page, await visitor());
  await page.context().addCookies([{ name: "natter-zone", value: "America/Los_Angeles", url: baseURL! }]);
  await enter(page, room);
  const times = page.locator(".message__time time");
  const here = await times.first().evaluate((time: HTMLTimeElement) => {
    const at = new Date(time.dateTime);
    return `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
  });
  await expect(times.first()).toHaveText(here);
  await say(page, "I have landed.");
});

test("who reads further up is told of news, and is not moved", async ({ visitor }) => {
  const [ines, robin] = [await visitor(), await visitor()];
  const room = await roomWith(40, ines, robin);
  await enter(robin, room);
  await expect(message(robin, "message 001.")).toBeInViewport();
  await enter(ines, room);
  await say(ines, "Something new.");
  await robin.getByRole("button", { name: "1 new message", exact: true }).click();
  await expect(message(robin, "Something new.")).toBeInViewport();
  await expect(robin.getByRole("button", { name: /new message/ })).toHaveCount(0);
  await say(ines, "And another.");
  await expect(message(robin, "And another.")).toBeInViewport();
  await isInRoom(robin, (await robin.title()).replace(" · Natter", ""));
});
