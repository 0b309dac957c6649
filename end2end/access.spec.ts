import type { BrowserContextOptions, Page } from "@playwright/test";
import { expect, test } from "./journey.ts";
import { createRoom, enter, isReady, openDirect, register, say } from "./people.ts";
import { violations } from "./violations.ts";

// Each has a server of its own.
test.describe.configure({ mode: "parallel" });

type Visitor = (options?: BrowserContextOptions) => Promise<Page>;

/** Leads through every page of an empty server and then a peopled one; `look` is called on each. */
async function tour(page: Page, visitor: Visitor, baseURL: string, look: (name: string) => Promise<void>): Promise<void> {
  const stop = async (name: string, path: string) => {
    await page.goto(path);
    if (/^\/rooms(\/\d+.*)?$/.test(path) && !path.endsWith("999")) await isReady(page);
    await look(name);
  };
  await stop("first account", "/register");
  const her = await register(await visitor({ baseURL }), "Ines");
  await stop("log-in", "/login");
  await page.getByRole("textbox", { name: "Username or email" }).fill(her.username);
  await page.getByLabel("Password").fill("not her password");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await look("failed log-in");
  await page.goto("/login");
  await page.getByRole("textbox", { name: "Username or email" }).fill(her.username);
  await page.getByLabel("Password").fill(her.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await isReady(page);
  await stop("people, empty", "/people");
  await stop("rooms, empty", "/rooms");
  await stop("new room, empty", "/rooms/new");
  await stop("devices, only this one", "/settings/devices");
  await stop("tokens, empty", "/settings/tokens");
  await stop("bots, empty", "/settings/bots");

  const robin = await visitor({ baseURL });
  const him = await register(robin, "Robin");
  await stop("people", "/people");
  await stop("nobody found", "/people?q=nobody");
  await stop("new room", "/rooms/new");
  await stop("settings", "/settings");
  await stop("devices", "/settings/devices");
  await page.getByText("End all others", { exact: true }).click();
  await look("ending all others");
  const direct = await openDirect(page, him);
  await look("room, empty");
  const group = await createRoom(page, "Garden of many words, wide and long", [him]);
  await say(page, "See https://garden.example/a-very-long-path/without/any/break/".padEnd(200, "x"));
  await say(page, "W".repeat(120));
  await enter(robin, group);
  await say(robin, "Fine.");
  await stop("room", group);
  await stop("members", `${group}/members`);
  await page.goto("/settings/tokens");
  await page.getByRole("radio", { name: "Only these" }).check();
  await page.getByRole("button", { name: "Make token" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await look("a token without a name or a room");
  await page.getByRole("textbox", { name: "Name" }).fill("A program with a name that is long and-does-not-break-anywhere");
  await page.getByRole("checkbox", { name: /^Garden/ }).check();
  await page.getByLabel("Your password").fill(her.password);
  await page.getByRole("button", { name: "Make token" }).click();
  await expect(page.getByLabel("Token", { exact: true })).toBeVisible();
  await look("a new token");
  await stop("tokens", "/settings/tokens");
  await page.goto("/settings/bots");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Build server");
  await page.getByRole("button", { name: "Make webhook" }).click();
  await expect(page.getByLabel("Address", { exact: true })).toBeVisible();
  await look("a new webhook");
  await stop("bots", "/settings/bots");
  await page.getByRole("link", { name: "Manage Build server" }).click();
  await page.getByText("Retire this bot").click();
  await look("a bot");
  await enter(robin, direct);
  await say(robin, "Something to read.");
  await stop("rooms", "/rooms");
  await stop("room with unread messages", direct);
  await stop("nothing here", "/rooms/999");
}

test("no page has a violation, 1280 px", async ({ ownServer, visitor, guard }) => {
  test.slow();
  guard.forgivesStatus(404);
  guard.forgivesStatus(422);
  const page = await visitor({ baseURL: ownServer.url, viewport: { width: 1280, height: 800 } });
  await tour(page, visitor, ownServer.url, async (name) => {
    expect.soft(await violations(page), name).toEqual([]);
    expect.soft(await page.title(), name).toMatch(/^.+ · Natter$/);
    await expect.soft(page.getByRole("heading", { level: 1 }), name).toHaveCount(1);
  });
});

test("on a phone no page has a violation, fingers find every control, and nothing scrolls sideways down to 320 px", async ({ ownServer, visitor, guard }) => {
  test.slow();
  guard.forgivesStatus(404);
  guard.forgivesStatus(422);
  const page = await visitor({ baseURL: ownServer.url, viewport: { width: 390, height: 844 }, hasTouch: true });
  await tour(page, visitor, ownServer.url, async (name) => {
    expect.soft(await violations(page), name).toEqual([]);
    expect.soft(await page.evaluate(tooSmall), name).toEqual([]);
    await page.setViewportSize({ width: 320, height: 568 });
    expect.soft(await page.evaluate(tooWide), name).toEqual({ scrollWidth: 320, wide: [] });
    await page.setViewportSize({ width: 390, height: 844 });
  });
});

/** Controls that are less than 44 px wide or high. */
function tooSmall(): string[] {
  const controls = document.querySelectorAll<HTMLElement>("button:not([aria-hidden]), .button, .icon-button, .room-link, .tabs__link, input:not([type=hidden]), select, textarea");
  const hit = (one: HTMLElement) => (one.closest("label") ?? one).getBoundingClientRect();
  return [...controls].filter((one) => one.checkVisibility() && (hit(one).height < 43.5 || hit(one).width < 43.5)).map((one) => one.outerHTML.slice(0, 120));
}

/** How wide the page is, and what makes it wider than the window. */
function tooWide(): { scrollWidth: number; wide: string[] } {
  const { scrollWidth } = document.documentElement;
  const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1);
  return { scrollWidth, wide: scrollWidth > innerWidth ? wide.map((one) => one.outerHTML.slice(0, 80)) : [] };
}

for (const path of ["/login", "/people", "/rooms", "room", "members"]) {
  test(`the keyboard skips to the content and shows where it is, on ${path}`, async ({ visitor }) => {
    const page = await visitor();
    if (path !== "/login") await register(page, "Ines");
    const isInside = ["room", "members"].includes(path);
    if (isInside) await openDirect(page, await register(await visitor(), "Robin"));
    else await page.goto(path);
    if (path === "members") await page.goto(`${new URL(page.url()).pathname}/members`);
    if (isInside || path.startsWith("/rooms")) await isReady(page);
    let loads = 0;
    page.on("load", () => (loads += 1));
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const skip = page.getByRole("link", { name: isInside ? "Skip to messages" : "Skip to content" });
    await skip.focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Shift+Tab");
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport({ ratio: 1 });
    expect((await skip.boundingBox())!.height).toBeGreaterThan(40);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main")).toBeFocused();
    expect(loads, "nothing is loaded for it").toBe(0);
    for (let stop = 0; stop < 5; stop += 1) {
      await page.keyboard.press("Tab");
      const ring = await page.evaluate(() => {
        const shows = (one: Element | null | undefined): boolean => {
          const style = one ? getComputedStyle(one) : undefined;
          return !!style && ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1.5) || style.boxShadow !== "none");
        };
        const { activeElement } = document;
        if (!activeElement || activeElement === document.body) return "the page's end";
        const holder = activeElement.closest(":focus-within:not(:has(> main)):not(main):not(body):not(html)")?.parentElement;
        return shows(activeElement) || shows(holder) ? "a ring" : activeElement.outerHTML.slice(0, 120);
      });
      expect.soft(["a ring", "the page's end"]).toContain(ring);
    }
  });
}
