import type { Page } from "@playwright/test";
import { expect, test, withAndWithoutScripts } from "./journey.ts";
import { composer, createRoom, enter, isInRoom, message, messages, openDirect, register, roomCalled, roomLink, say, title } from "./people.ts";

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test(`three people talk in a room that one of them made, ${how}`, async ({ visitor }) => {
    const pages = [await visitor({ javaScriptEnabled }), await visitor({ javaScriptEnabled }), await visitor({ javaScriptEnabled })];
    const [ines, robin, noor] = pages as [Page, Page, Page];
    await register(ines, "Ines");
    const others = [await register(robin, "Robin"), await register(noor, "Noor")];
    const name = roomCalled("Garden");
    const room = await createRoom(ines, name, others);
    for (const page of [robin, noor]) {
      await enter(page, "/rooms");
      await roomLink(page, name).click();
      expect(await isInRoom(page, name)).toBe(room);
    }
    await say(ines, "Who has the key?");
    if (!javaScriptEnabled) await robin.reload();
    await expect(message(robin, "Who has the key?")).toBeVisible();
    await say(robin, "Noor has.");
    if (!javaScriptEnabled) await noor.reload();
    await say(noor, "I have!");
    for (const page of pages) {
      if (!javaScriptEnabled) await page.goto(room);
      await expect(messages(page)).toHaveText([/key\?/, /Noor has\./, /I have!/]);
    }
  });
}

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test(`a search for members keeps the name of the room and who is ticked, and Enter in the name creates the room, ${how}`, async ({ visitor }) => {
    const page = await visitor({ javaScriptEnabled });
    await register(page, "Ines");
    const [robin, noor] = [await register(await visitor(), "Robin"), await register(await visitor(), "Noor")];
    const garden = roomCalled("Garden");
    const name = page.getByRole("textbox", { name: "Room name" });
    const search = page.getByRole("searchbox", { name: "Find people" });
    const box = (person: { name: string }) => page.getByRole("checkbox", { name: person.name, exact: true });
    await page.goto("/rooms/new");
    await box(robin).check();
    await name.fill(garden);
    await search.fill(noor.username);
    await search.press("Enter");
    await expect(page).toHaveURL(new RegExp(`[?&]q=${noor.username}(&|$)`));
    await expect(name).toHaveValue(garden);
    await expect(box(robin)).toBeChecked();
    await box(noor).check();
    await expect(page.getByRole("button", { name: "Create room" })).toBeInViewport();
    await name.press("Enter");
    await isInRoom(page, garden);
    await expect(page.getByText("3 members")).toBeVisible();
  });
}

test("a room needs a name and a member", async ({ visitor, guard }) => {
  guard.forgivesStatus(422);
  const page = await visitor();
  await register(page, "Ines");
  const robin = await register(await visitor(), "Robin");
  const name = roomCalled("Garden");
  await page.goto("/rooms/new");
  await page.getByRole("checkbox", { name: robin.name }).check();
  await page.getByRole("button", { name: "Create room" }).click();
  await expect(page.getByRole("textbox", { name: "Room name" })).toHaveAccessibleDescription("Enter a name.");
  await expect(page.getByRole("checkbox", { name: robin.name })).toBeChecked();
  await page.getByRole("textbox", { name: "Room name" }).fill(name);
  await page.getByRole("button", { name: "Create room" }).click();
  await isInRoom(page, name);
});

test("going from room to room, everything follows, on one socket", async ({ visitor }) => {
  const [ines, robin] = [await visitor(), await visitor()];
  const sockets: string[] = [];
  const her = await register(ines, "Ines");
  const him = await register(robin, "Robin");
  const [garden, kitchen] = [roomCalled("Garden"), roomCalled("Kitchen")];
  const kitchenPath = await createRoom(ines, kitchen, [him]);
  const gardenPath = await createRoom(ines, garden, [him]);
  // A page without a socket: the one of the room that was just made may open late.
  await ines.goto("/people");
  ines.on("websocket", (socket) => sockets.push(socket.url()));
  await enter(ines, gardenPath);
  await enter(robin, kitchenPath);

  await say(robin, "The soup is ready.");
  await say(robin, "Really!");
  await expect(roomLink(ines, kitchen)).toHaveAccessibleName(new RegExp(`${him.name}: Really! 2 unread$`));
  await expect(ines).toHaveTitle(`(2) ${garden} · Natter`);

  await roomLink(ines, kitchen).click();
  await expect(ines).toHaveURL(kitchenPath);
  await expect(title(ines)).toHaveText(kitchen);
  await expect(messages(ines)).toHaveText([/ready\./, /Really!/]);
  await expect(ines.getByRole("heading", { name: "New", exact: true })).toBeVisible();
  await expect(ines).toHaveTitle(`${kitchen} · Natter`);
  await expect(roomLink(ines, kitchen)).toHaveAccessibleName(/Really!$/);
  await expect(roomLink(ines, kitchen)).toHaveAttribute("aria-current", "page");
  await expect(composer(ines)).toBeFocused();
  await say(ines, "Coming.");
  await expect(message(robin, "Coming.")).toContainText(her.name);

  await ines.goBack();
  await expect(ines).toHaveURL(gardenPath);
  await expect(title(ines)).toHaveText(garden);
  await expect(messages(ines)).toHaveCount(0);
  await ines.goForward();
  await expect(title(ines)).toHaveText(kitchen);
  await expect(messages(ines)).toHaveCount(3);
  expect(sockets).toHaveLength(1);
});

test("what was read on one device is read on the other", async ({ visitor }) => {
  const [ines, robin] = [await visitor(), await visitor()];
  await register(ines, "Ines");
  const him = await register(robin, "Robin");
  const [garden, kitchen] = [roomCalled("Garden"), roomCalled("Kitchen")];
  const kitchenPath = await createRoom(ines, kitchen, [him]);
  const gardenPath = await createRoom(ines, garden, [him]);
  const second = await ines.context().newPage();
  for (const page of [ines, second]) await enter(page, gardenPath);
  await enter(robin, kitchenPath);
  await say(robin, "The soup is ready.");
  for (const page of [ines, second]) await expect(page).toHaveTitle(`(1) ${garden} · Natter`);
  await roomLink(ines, kitchen).click();
  await expect(second).toHaveTitle(`${garden} · Natter`);
  await expect(roomLink(second, kitchen)).toHaveAccessibleName(/ready\.$/);
});

test("each room keeps its own half-written text, also over a reload", async ({ visitor }) => {
  const page = await visitor();
  await register(page, "Ines");
  const him = await register(await visitor(), "Robin");
  const garden = roomCalled("Garden");
  await openDirect(page, him);
  await createRoom(page, garden, [him]);
  await composer(page).fill("To all: the key");
  await roomLink(page, him.name).click();
  await expect(title(page)).toHaveText(him.name);
  await expect(composer(page)).toHaveValue("");
  await composer(page).fill("To you alone");
  await roomLink(page, garden).click();
  await expect(composer(page)).toHaveValue("To all: the key");
  await page.reload();
  await expect(composer(page)).toHaveValue("To all: the key");
  await isInRoom(page, garden);
  await roomLink(page, him.name).click();
  await expect(composer(page)).toHaveValue("To you alone");
  await composer(page).press("Enter");
  await expect(message(page, "To you alone")).toBeVisible();
  await page.reload();
  await expect(message(page, "To you alone")).toBeVisible();
  await expect(composer(page)).toHaveValue("");
});

test("what one tab has sent is no draft in another, and a refusal goes away with the next letter", async ({ visitor }) => {
  const page = await visitor();
  await register(page, "Ines");
  const robin = await register(await visitor(), "Robin");
  const room = await createRoom(page, roomCalled("Garden"), [robin]);
  await composer(page).pressSequentially("Half a thought");
  const other = await page.context().newPage();
  await enter(other, room);
  await expect(composer(other)).toHaveValue("Half a thought");
  await composer(page).press("Enter");
  await expect(message(other, "Half a thought")).toBeVisible();
  await expect(composer(other)).toHaveValue("");
  await composer(other).pressSequentially("Another");
  await composer(page).fill("x".repeat(8001));
  await composer(page).press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "8,000" })).toBeVisible();
  await composer(page).press("Backspace");
  await expect(page.getByRole("alert").filter({ hasText: "8,000" })).toBeHidden();
  await expect(composer(other), "what differs stays").toHaveValue("Another");
});
