import { expect, test } from "./journey.ts";
import { composer, createRoom, enter, message, register, roomCalled, roomLink, say, seedRooms, title } from "./people.ts";

/** More than a page lists. */
const ROOMS = 110;

test("a person with more rooms than a page lists writes, switches rooms and finds all of them in the list", async ({ visitor, server }) => {
  test.slow();
  const page = await visitor();
  await register(page, "Ines");
  const names = Array.from({ length: ROOMS }, () => roomCalled("Hall"));
  await seedRooms(page, names, await register(await visitor(), "Robin"));
  const [oldest, newest] = [names[0]!, names.at(-1)!];

  await enter(page, "/rooms");
  await expect(page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: /^Hall/ })).toHaveCount(ROOMS);
  await roomLink(page, newest).click();
  await expect(title(page)).toHaveText(newest);
  await expect(composer(page)).toBeFocused();
  await composer(page).fill("Anybody here?");
  await composer(page).press("Enter");
  await expect(message(page, "Anybody here?")).toBeVisible();
  await roomLink(page, oldest).click();
  await expect(title(page)).toHaveText(oldest);

  // The server's list is in the page, and all rooms are a link away.
  const plain = await visitor({ javaScriptEnabled: false, baseURL: server.url });
  await plain.context().addCookies(await page.context().cookies());
  await plain.goto("/rooms");
  await expect(roomLink(plain, newest)).toBeVisible();
  await expect(roomLink(plain, oldest)).toHaveCount(0);
  await plain.getByRole("link", { name: "Show all rooms" }).click();
  await roomLink(plain, oldest).click();
  await expect(title(plain)).toHaveText(oldest);
});

test("the focus in the list stays on its room while the client takes the list over", async ({ visitor, guard }) => {
  const page = await visitor();
  await register(page, "Ines");
  const name = roomCalled("Hall");
  await seedRooms(page, [name], await register(await visitor(), "Robin"));
  guard.forgivesLostServer();
  let connect = () => {};
  const mayConnect = new Promise<void>((resolve) => (connect = resolve));
  await page.routeWebSocket("**/ws", async (socket) => {
    await mayConnect;
    socket.connectToServer();
  });
  await enter(page, "/rooms");
  await roomLink(page, name).focus();
  connect();
  await expect(page.locator(".side__first")).toBeHidden();
  await expect(roomLink(page, name)).toBeFocused();
});

test("the list keeps its order while somebody points at it", async ({ visitor }) => {
  const [page, robin] = [await visitor(), await visitor()];
  await register(page, "Ines");
  const [hall, tower] = [roomCalled("Hall"), roomCalled("Tower")];
  const him = await register(robin, "Robin");
  const room = await createRoom(page, hall, [him]);
  await seedRooms(page, [tower], him);
  await enter(robin, room);
  await enter(page, "/rooms");
  await expect(page.locator(".side__first")).toBeHidden();
  const links = page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: /^(Hall|Tower)/ });
  await expect(links).toHaveText([/^Tower/, /^Hall/]);
  await page.clock.install();
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1000);
  await roomLink(page, tower).hover();
  await say(robin, "Anybody here?");
  await expect(roomLink(page, hall)).toContainText("Anybody here?");
  await expect(links).toHaveText([/^Tower/, /^Hall/]);
  await page.clock.runFor(3_000);
  await expect(links).toHaveText([/^Hall/, /^Tower/]);
});

test("on a phone the way back to the list is no further step", async ({ visitor }) => {
  const page = await visitor({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
  await register(page, "Ines");
  const hall = roomCalled("Hall");
  await seedRooms(page, [hall], await register(await visitor(), "Robin"));
  await enter(page, "/rooms");
  await expect(page.locator(".side__first")).toBeHidden();
  await roomLink(page, hall).click();
  await expect(title(page)).toHaveText(hall);
  const room = page.url();
  const steps = () => page.evaluate(() => history.length);
  const before = await steps();
  await page.getByRole("link", { name: "Back to rooms" }).click();
  await expect(page).toHaveURL("/rooms");
  expect(await steps()).toBe(before);
  await page.goForward();
  await expect(title(page)).toHaveText(hall);

  // A room that was opened by its address gives its place to the list.
  await page.goto("/people");
  await enter(page, room);
  await page.getByRole("link", { name: "Back to rooms" }).click();
  await expect(page).toHaveURL("/rooms");
  await page.goBack();
  await expect(page).toHaveURL("/people");
});
