import type { Page } from "@playwright/test";
import { expect, test, withAndWithoutScripts } from "./journey.ts";
import { composer, createRoom, enter, isInRoom, isReady, menuOf, message, register, removeMember, roomCalled, roomLink, say, title } from "./people.ts";
import { violations } from "./violations.ts";

function panel(page: Page) {
  return page.getByRole("complementary", { name: "Members" });
}

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test(`the owner of a room renames it, ${how}`, async ({ visitor }) => {
    const [ines, robin] = [await visitor({ javaScriptEnabled }), await visitor()];
    const her = await register(ines, "Ines");
    const him = await register(robin, "Robin");
    const [garden, orchard] = [roomCalled("Garden"), roomCalled("Orchard")];
    const room = await createRoom(ines, garden, [him]);
    await enter(robin, room);
    await expect(title(robin)).toHaveText(garden);

    await ines.getByRole("link", { name: "Members", exact: true }).click();
    await expect(ines).toHaveTitle(`Members of ${garden} · Natter`);
    await isReady(ines);
    await expect(panel(ines).getByText(`@${her.username} · owner`)).toBeVisible();
    await panel(ines).getByRole("textbox", { name: "Room name" }).fill(orchard);
    await panel(ines).getByRole("button", { name: "Rename" }).click();
    await expect(title(ines)).toHaveText(orchard);
    await expect(title(robin)).toHaveText(orchard);
    await expect(robin).toHaveTitle(`${orchard} · Natter`);
    await expect(roomLink(robin, orchard)).toBeVisible();

    await robin.getByRole("link", { name: "Members", exact: true }).click();
    await expect(panel(robin)).toBeVisible();
    await expect(panel(robin).getByRole("button", { name: "Rename" })).toHaveCount(0);
    await menuOf(robin, her).click();
    await expect(panel(robin).getByRole("button", { name: `Message ${her.name}` })).toBeVisible();
    await expect(panel(robin).getByRole("button", { name: /^Remove/ })).toHaveCount(0);
  });

  test(`the owner adds and removes people, who notice at once, ${how}`, async ({ visitor }) => {
    const [ines, robin, noor] = [await visitor({ javaScriptEnabled }), await visitor(), await visitor()];
    await register(ines, "Ines");
    const him = await register(robin, "Robin");
    const them = await register(noor, "Noor");
    const garden = roomCalled("Garden");
    const room = await createRoom(ines, garden, [him]);
    await enter(robin, room);
    await enter(noor, "/rooms");
    await expect(robin.getByText("2 members")).toBeVisible();
    await expect(roomLink(noor, garden)).toHaveCount(0);

    await enter(ines, `${room}/members?q=${them.username}`);
    await panel(ines).getByRole("checkbox", { name: them.name }).check();
    await panel(ines).getByRole("button", { name: "Add to room" }).click();
    await expect(robin.getByText("3 members")).toBeVisible();
    await roomLink(noor, garden).click();
    await isInRoom(noor, garden);
    await say(noor, "Hello, garden.");
    await expect(message(robin, "Hello, garden.")).toBeVisible();

    await expect(menuOf(ines, them)).toBeVisible();
    await isReady(ines);
    await removeMember(ines, him);
    await expect(roomLink(robin, garden)).toHaveCount(0);
    await expect(title(robin)).toHaveText("Nobody has said a word yet");
    await expect(robin).toHaveTitle("Rooms · Natter");
    await expect(noor.getByText("2 members")).toBeVisible();
    await expect(menuOf(ines, him)).toHaveCount(0);
  });
}

test("a member leaves, and the others see it", async ({ visitor }) => {
  const [ines, robin] = [await visitor(), await visitor({ viewport: { width: 390, height: 844 } })];
  const her = await register(ines, "Ines");
  const him = await register(robin, "Robin");
  const garden = roomCalled("Garden");
  const room = await createRoom(ines, garden, [him]);
  await enter(ines, `${room}/members`);
  await expect(panel(ines).getByText(him.name)).toBeVisible();
  await enter(robin, `${room}/members`);
  await expect(panel(robin).getByText(her.name)).toBeVisible();
  await panel(robin).getByText("Leave room", { exact: true }).click();
  await panel(robin).getByRole("button", { name: "Leave this room" }).click();
  await expect(robin).toHaveURL(/\/rooms$/);
  await isReady(robin);
  await expect(robin.getByRole("navigation", { name: "Rooms" }), "the list, though the room was open").toBeVisible();
  await expect(roomLink(robin, garden)).toHaveCount(0);
  await expect(ines.getByText("1 member", { exact: true })).toBeVisible();
  await expect(panel(ines)).toContainText("People have come or gone since.");
  await ines.reload();
  await expect(menuOf(ines, him)).toHaveCount(0);
});

for (const { viewport, what } of [
  { viewport: { width: 1280, height: 800 }, what: "a desktop" },
  { viewport: { width: 390, height: 844 }, what: "a phone" },
]) {
  test(`who is removed while writing is told so and can copy what they wrote, on ${what}`, async ({ visitor }) => {
    const [ines, robin] = [await visitor(), await visitor({ viewport })];
    await register(ines, "Ines");
    const him = await register(robin, "Robin");
    const garden = roomCalled("Garden");
    const room = await createRoom(ines, garden, [him]);
    await enter(robin, room);
    await composer(robin).pressSequentially("Half a thought");
    await enter(ines, `${room}/members`);
    await removeMember(ines, him);
    await expect(robin.getByRole("alert")).toHaveText(`You are no longer in ${garden}.`);
    await expect(robin.getByRole("textbox", { name: "Your unsent text" })).toHaveValue("Half a thought");
    await expect(robin.getByRole("textbox", { name: "Your unsent text" })).toBeInViewport();
    expect(await violations(robin)).toEqual([]);
    await robin.reload();
    await expect(robin.getByRole("alert")).toHaveText(`You are no longer in ${garden}.`);
    await expect(robin.getByRole("textbox", { name: "Your unsent text" })).toHaveValue("Half a thought");
    await expect(robin.getByRole("textbox", { name: "Your unsent text" })).toBeInViewport();
    await robin.getByRole("button", { name: "Close" }).click();
    await expect(robin.getByRole("alert")).toHaveCount(0);
    await expect(robin.getByRole("navigation", { name: "Rooms" })).toBeVisible();
  });
}

test("a message to a room that its author has lost meanwhile can be copied", async ({ visitor }) => {
  const [ines, robin] = [await visitor(), await visitor()];
  await register(ines, "Ines");
  const him = await register(robin, "Robin");
  const room = await createRoom(ines, roomCalled("Garden"), [him]);
  let isHeld = true;
  await robin.routeWebSocket("**/ws", (socket) => {
    if (!isHeld) socket.connectToServer();
  });
  await enter(robin, room);
  await composer(robin).fill("Too late.");
  await composer(robin).press("Enter");
  await expect(message(robin, "Too late.")).toContainText("Sending…");
  await enter(ines, `${room}/members`);
  await removeMember(ines, him);
  await expect(menuOf(ines, him)).toHaveCount(0);
  isHeld = false;
  await enter(robin, "/rooms");
  await expect(robin.getByRole("textbox", { name: "Your unsent text" })).toHaveValue("Too late.");
  expect(await robin.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("natter-outbox-")))).toEqual([]);
});

test("the address of a room that was lost live leads nowhere afterwards", async ({ visitor, guard }) => {
  guard.forgivesStatus(404);
  const [ines, robin] = [await visitor(), await visitor()];
  await register(ines, "Ines");
  const him = await register(robin, "Robin");
  const room = await createRoom(ines, roomCalled("Garden"), [him]);
  expect((await robin.goto(room))?.status()).toBe(200);
  await isReady(robin);
  await enter(ines, `${room}/members`);
  await removeMember(ines, him);
  await expect(robin.getByRole("log")).toHaveCount(0);
  await expect(robin, "the address does not name a room that is lost").toHaveURL("/rooms");
  expect((await robin.goto(room))?.status()).toBe(404);
});
