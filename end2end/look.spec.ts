import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./journey.ts";
import { composer, createRoom, enter, log, message, messages, openDirect, register, roomCalled, roomLink, say } from "./people.ts";
import { seed } from "./seed.ts";

test.use({ env: { NATTER_COMMANDS_PER_MINUTE: "100000" } });

const LONG = "planning, retrospectives and everything else that we forgot";
const WIDTHS = [320, 390, 600, 768, 900, 1024, 1280, 1920, 2560];

async function box(locator: Locator) {
  return (await locator.boundingBox()) ?? { x: Number.NaN, y: Number.NaN, width: Number.NaN, height: Number.NaN };
}

const card = (page: Page) => page.locator(".composer__card");

/** A room of two with a long name, which stands open. */
async function longRoom(page: Page, other: Page): Promise<string> {
  await register(page, "Ines");
  return createRoom(page, `${roomCalled("Release")} ${LONG}`, [await register(other, "Robin")]);
}

test("text, dividers and composer share one centred column, and nothing scrolls sideways from 320 to 2560 px", async ({ visitor }) => {
  const page = await visitor();
  await longRoom(page, await visitor());
  await say(page, "word ".repeat(200));
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const [column, room, divider] = [await box(card(page)), await box(page.getByRole("main")), await box(page.locator(".divider").first())];
    const row = await box(messages(page).first());
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), `${width} px`).toBe(width);
    expect.soft(Math.abs(column.x + column.width / 2 - room.x - room.width / 2), `the middle at ${width} px`).toBeLessThanOrEqual(1);
    expect.soft(column.width, `the column at ${width} px`).toBeLessThanOrEqual(738);
    if (width >= 768) {
      expect.soft(Math.abs(divider.x - column.x), `the divider at ${width} px`).toBeLessThanOrEqual(1);
      expect.soft(Math.abs(divider.width - column.width), `the divider at ${width} px`).toBeLessThanOrEqual(1);
    }
    // The wash under the pointer reaches a little further than the words.
    expect.soft(Math.abs(row.x + row.width / 2 - column.x - column.width / 2), `the rows at ${width} px`).toBeLessThanOrEqual(1);
  }
});

test("messages stand close in a group and apart between authors, and right-to-left words stand beside their author", async ({ visitor }) => {
  const [page, robin] = [await visitor({ viewport: { width: 1920, height: 1080 } }), await visitor()];
  const room = await longRoom(page, robin);
  await say(page, "One.");
  await say(page, "Two.");
  await enter(robin, room);
  await say(robin, "شكراً");
  const words = (text: string) => message(page, text).locator(".message__text");
  const [one, two, three] = [await box(words("One.")), await box(words("Two.")), await box(words("شكراً"))];
  expect(two.y - one.y - one.height, "within a group").toBeCloseTo(1, 0);
  const author = await box(message(page, "شكراً").locator(".message__author"));
  expect(author.y - two.y - two.height, "before another author").toBeCloseTo(0.85 * 15, -1);
  expect(Math.abs(three.x - author.x)).toBeLessThan(2);
});

test("messages of a group are copied as their words, and the first line keeps its indentation", async ({ visitor }) => {
  const page = await visitor();
  await longRoom(page, await visitor());
  for (const text of ["One.", "Two.", "    four blanks"]) await say(page, text);
  const copied = await log(page).evaluate((log) => {
    getSelection()?.selectAllChildren(log);
    return String(getSelection());
  });
  expect(copied).toMatch(/One\.\s+Two\.\s+ {4}four blanks/);
  expect(copied.match(/\d:\d\d/g), "one author, one time").toHaveLength(1);
});

test("what is too long in the list is cut at its own end", async ({ visitor }) => {
  const [page, robin] = [await visitor(), await visitor()];
  await register(page, "Ines");
  await openDirect(page, await register(robin, "Robin"));
  const room = new URL(page.url()).pathname;
  await enter(robin, room);
  await say(robin, "شكراً جزيلاً هذه رسالة طويلة جداً لا تتسع هنا في هذا السطر");
  const words = roomLink(page, "Robin").locator(".room-link__preview > bdi").last();
  await expect(words).toContainText("شكراً");
  expect(await words.evaluate((words) => [getComputedStyle(words).direction, words.scrollWidth > words.clientWidth])).toEqual(["rtl", true]);
});

test("Send is quiet until there is something to send, and a long name does not make the composer grow", async ({ visitor }) => {
  const page = await visitor({ viewport: { width: 390, height: 844 } });
  await longRoom(page, await visitor());
  const send = page.getByRole("button", { name: "Send" });
  const fill = () => send.evaluate((send) => getComputedStyle(send).backgroundColor);
  expect(await fill()).toBe("rgba(0, 0, 0, 0)");
  const { height } = await box(card(page));
  await composer(page).fill("Hello");
  await expect.poll(fill).not.toBe("rgba(0, 0, 0, 0)");
  expect((await box(card(page))).height).toBe(height);
});

test("with forced colours the open room, the current tab, the marked message and the composer with the focus can be told", async ({ visitor }) => {
  const page = await visitor({ forcedColors: "active" });
  const room = await longRoom(page, await visitor());
  await say(page, "Look here.");
  const outline = (element: Element) => getComputedStyle(element).outlineStyle;
  await enter(page, `${room}?around=1#m1`);
  await composer(page).focus();
  for (const marked of [page.locator(".room-link[aria-current]"), message(page, "Look here."), card(page)]) {
    expect(await marked.evaluate(outline)).toBe("solid");
  }
  await page.goto("/settings");
  const edge = (element: Element) => getComputedStyle(element).borderBlockEndColor;
  const tabs = page.locator(".tabs__link");
  expect(await page.locator(".tabs__link[aria-current]").evaluate(edge)).not.toBe(await tabs.last().evaluate(edge));
});

test("the whole conversation is printed", async ({ visitor }) => {
  const page = await visitor();
  const room = await longRoom(page, await visitor());
  await seed(page, room, 60);
  await enter(page, `${room}?before=61`);
  await page.getByRole("link", { name: "Load earlier messages" }).click();
  await expect(messages(page)).toHaveCount(30);
  await page.emulateMedia({ media: "print" });
  const all = await log(page).evaluate((log) => ({ log: log.scrollHeight - log.clientHeight, page: document.documentElement.scrollHeight > innerHeight }));
  expect(all).toEqual({ log: 0, page: true });
  await expect(page.getByRole("navigation", { name: "Rooms" })).toBeHidden();
  await expect(composer(page)).toBeHidden();
});

test("with letters of twice the size the name of a room can be read, and nothing scrolls sideways", async ({ visitor }) => {
  const page = await visitor();
  await longRoom(page, await visitor());
  await say(page, "Hello, everybody.");
  await page.evaluate(() => (document.documentElement.style.fontSize = "30px"));
  for (const width of [320, 390, 768, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect.soft((await box(page.locator(".room__name"))).width, `${width} px`).toBeGreaterThan(200);
    expect.soft((await box(composer(page))).width, `${width} px`).toBeGreaterThan(150);
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), `${width} px`).toBe(width);
  }
});

test("fields are large enough for fingers not to zoom in", async ({ visitor }) => {
  const page = await visitor({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
  const size = (field: Element) => Number.parseFloat(getComputedStyle(field).fontSize);
  await page.goto("/register");
  expect(await page.getByRole("textbox", { name: "Username" }).evaluate(size)).toBeGreaterThanOrEqual(16);
  await longRoom(page, await visitor());
  expect(await composer(page).evaluate(size)).toBeGreaterThanOrEqual(16);
});

for (const javaScriptEnabled of [true, false]) {
  test(`a link to a message shows it with its author below the one before, or says that there is none, JavaScript ${javaScriptEnabled}`, async ({ visitor }) => {
    const [ines, page] = [await visitor(), await visitor({ javaScriptEnabled })];
    const room = await longRoom(ines, page);
    await seed(ines, room, 60);
    await enter(page, `${room}?around=30#m30`);
    const [above, target] = [message(page, "message 029."), message(page, "message 030.")];
    await expect(target).toBeInViewport();
    expect((await box(above)).y).toBeGreaterThan((await box(log(page))).y);
    await expect(target.locator(".message__author")).toBeInViewport();
    expect((await box(target.locator(".message__author"))).width).toBeGreaterThan(10);
    await enter(page, `${room}?around=999#m999`);
    await expect(page.getByRole("alert")).toHaveText("The message that this link leads to does not exist.");
    await expect(page.getByRole("alert")).toBeInViewport();
    await expect(message(page, "message 060."), "the newest are shown").toBeInViewport();
  });
}

test("the members stand beside the room from 768 px on", async ({ visitor }) => {
  const page = await visitor({ viewport: { width: 768, height: 800 } });
  const room = await longRoom(page, await visitor());
  await enter(page, `${room}/members`);
  await expect(page.getByRole("complementary", { name: "Members" })).toBeVisible();
  await expect(composer(page)).toBeVisible();
  expect((await box(card(page))).width).toBeGreaterThan(300);
});

test("nothing moves when a message is sent, and after a second it says that it is being sent", async ({ visitor }) => {
  const page = await visitor();
  let isHeld = false;
  await page.routeWebSocket("**/ws", (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      if (!isHeld) socket.send(frame);
    });
  });
  await longRoom(page, await visitor());
  for (const text of ["First of all.", "In the same group."]) {
    isHeld = true;
    await composer(page).fill(text);
    await composer(page).press("Enter");
    const sent = message(page, text);
    const state = sent.locator(".message__state");
    await expect(state).toHaveText("Sending…");
    const before = await box(sent);
    await expect(state).toBeVisible();
    expect(await box(sent)).toEqual(before);
    const words = await box(sent.locator(".message__text"));
    const line = await box(state);
    expect(line.x, "beside the words").toBeGreaterThan(words.x + words.width);
    isHeld = false;
    await page.reload();
    await expect(state).toBeHidden();
    expect((await box(sent)).height).toBe(before.height);
  }
});

test("an on-screen keyboard that covers the page leaves the composer in sight", async ({ visitor }) => {
  const page = await visitor({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  // As iOS does it: the page keeps its size, and what can be seen of it shrinks.
  await page.addInitScript(() => {
    const seen = Object.assign(new EventTarget(), { height: innerHeight, scale: 1 });
    Object.defineProperty(window, "visualViewport", { value: seen });
  });
  await longRoom(page, await visitor());
  const lift = (height: number) =>
    page.evaluate((height) => {
      Object.assign(visualViewport as object, { height });
      visualViewport?.dispatchEvent(new Event("resize"));
    }, height);
  await lift(500);
  const bottom = async () => (await box(card(page))).y + (await box(card(page))).height;
  expect(await bottom()).toBeLessThan(500);
  await lift(844);
  expect(await bottom()).toBeGreaterThan(700);
});
