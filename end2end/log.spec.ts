import type { Page } from "@playwright/test";
import { expect, test } from "./journey.ts";
import { composer, createRoom, enter, log, messages, openDirect, register, roomCalled, roomLink, say, status, title } from "./people.ts";
import { seed } from "./seed.ts";

test.use({ env: { NATTER_COMMANDS_PER_MINUTE: "100000" } });

const announced = (page: Page) => page.locator(".room > .visually-hidden[aria-live=polite]");

test("without a network the page says so within five seconds, and what is not loaded says when it comes", async ({ visitor, guard }) => {
  guard.forgivesLostServer();
  guard.forgives(/^error: Failed to load resource: net::ERR_INTERNET_DISCONNECTED/);
  const page = await visitor();
  await register(page, "Ines");
  const him = await register(await visitor(), "Robin");
  const [garden, kitchen] = [roomCalled("Garden"), roomCalled("Kitchen")];
  await createRoom(page, garden, [him]);
  await say(page, "In the garden.");
  await enter(page, await createRoom(page, kitchen, [him]));
  await expect(page.locator(".side__first")).toBeHidden();
  await page.context().setOffline(true);
  await expect(status(page)).toHaveText("Reconnecting… your messages are kept.", { timeout: 5_000 });
  await roomLink(page, garden).click();
  await expect(title(page)).toHaveText(garden);
  await expect(log(page)).toHaveText("These messages come when the connection is back.", { useInnerText: true });
  await expect(log(page).getByRole("link")).toHaveCount(0);
  await page.context().setOffline(false);
  await expect(status(page)).toBeEmpty({ timeout: 5_000 });
  await expect(messages(page)).toHaveText([/In the garden\./]);
});

test("the composer has the focus from the start, and takes what is typed in the log", async ({ visitor }) => {
  const page = await visitor();
  await register(page, "Ines");
  await enter(page, await createRoom(page, roomCalled("Garden"), [await register(await visitor(), "Robin")]));
  await expect(composer(page)).toBeFocused();
  await log(page).focus();
  await page.keyboard.type("see you");
  await expect(composer(page)).toHaveValue("see you");
  await log(page).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Control+c");
  await expect(log(page)).toBeFocused();
  await expect(composer(page)).toHaveValue("see you");
});

test("older messages are put above the others, which stay the same elements with their selection", async ({ visitor }) => {
  const page = await visitor();
  await register(page, "Ines");
  const room = await createRoom(page, roomCalled("Garden"), [await register(await visitor(), "Robin")]);
  await seed(page, room, 60);
  await enter(page, room);
  const shown = await messages(page).count();
  await page.evaluate(() => {
    const text = document.querySelector(".message__text")!;
    getSelection()!.selectAllChildren(text);
    const articles = (nodes: NodeList) => [...nodes].filter((node) => node instanceof HTMLElement && node.tagName === "ARTICLE").length;
    const counts = { added: 0, removed: 0 };
    Object.assign(window, { counts });
    new MutationObserver((records) => {
      for (const { addedNodes, removedNodes } of records) {
        counts.added += articles(addedNodes);
        counts.removed += articles(removedNodes);
      }
    }).observe(document.querySelector(".log")!, { childList: true, subtree: true });
  });
  const selected = await page.evaluate(() => getSelection()!.toString());
  await page.getByRole("link", { name: "Load earlier messages" }).click();
  await expect(messages(page)).not.toHaveCount(shown);
  const counts = await page.evaluate(() => (window as unknown as { counts: { added: number; removed: number } }).counts);
  expect(counts).toEqual({ added: (await messages(page).count()) - shown, removed: 0 });
  expect(await page.evaluate(() => getSelection()!.toString())).toBe(selected);
});

test("screen readers are told what others write, and neither own messages nor those of a room that is opened", async ({ visitor }) => {
  const [ines, robin] = [await visitor(), await visitor()];
  const [her, him] = [await register(ines, "Ines"), await register(robin, "Robin")];
  const room = await openDirect(robin, her);
  await enter(ines, room);
  await say(robin, "Is the garden open?");
  await expect(announced(ines)).toHaveText(/^Robin \d+\.: Is the garden open\?$/);
  await say(ines, "Until nine.");
  await expect(announced(ines)).not.toContainText("Until nine.");
  await expect(announced(robin)).toHaveText(/: Until nine\.$/);
  await createRoom(ines, roomCalled("Kitchen"), [him]);
  await roomLink(ines, him.name).click();
  await expect(messages(ines)).toHaveCount(2);
  await expect(announced(ines)).toBeEmpty();
  await expect(log(ines).locator(".log__content")).toHaveAttribute("aria-live", "off");
});
