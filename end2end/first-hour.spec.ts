import { expect, test, withAndWithoutScripts } from "./journey.ts";
import { isInRoom, isReady, logIn, logOut, message, openDirect, roomLink, say, signUp, somebody, submit } from "./people.ts";
import { violations } from "./violations.ts";

// Each has a server of its own.
test.describe.configure({ mode: "parallel" });
test.use({ env: { NATTER_FIRST_ROOM: "General" } });

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test(`two people talk after one click each, ${how}`, async ({ ownServer, visitor }) => {
    const options = { javaScriptEnabled, baseURL: ownServer.url };
    const [page, guest] = [await visitor(options), await visitor(options)];
    const [ines, robin] = [somebody("Ines"), somebody("Robin")];
    await page.goto("/register");
    await signUp(page, ines);
    const room = await isInRoom(page, "General");
    await expect(page.getByRole("heading", { name: "Invite people" })).toBeVisible();
    await expect(page.getByRole("img", { name: "The link as a QR code" })).toBeVisible();
    const link = await page.getByRole("textbox", { name: "Link", exact: true }).inputValue();

    await guest.goto(link);
    await signUp(guest, robin);
    expect(await isInRoom(guest, "General")).toBe(room);
    await expect(guest.getByRole("heading", { name: "Invite people" })).toHaveCount(0);
    await say(guest, "Good morning!");
    if (!javaScriptEnabled) await page.reload();
    await expect(message(page, "joined"), "the host sees the arrival").toHaveText(new RegExp(`^${robin.name} .*joined`));
    await expect(message(page, "Good morning!")).toBeVisible();
    await expect(page.getByRole("heading", { name: "Invite people" })).toBeHidden();
    await expect(page.getByText("2 members")).toBeVisible();
  });

  test(`who was invited finds the host among the people, ${how}`, async ({ ownServer, visitor }) => {
    const options = { javaScriptEnabled, baseURL: ownServer.url };
    const [page, guest] = [await visitor(options), await visitor(options)];
    const [ines, robin] = [somebody("Ines"), somebody("Robin")];
    await page.goto("/register");
    await signUp(page, ines);
    await submit(page, "set_registration", { registration: "invitation", page: "/administration/registration" });
    for (const path of ["/rooms/new", "/people"]) {
      await page.goto(path);
      await expect(page.getByRole("button", { name: "Make an invitation link" })).toBeVisible();
    }
    await page.getByRole("button", { name: "Make an invitation link" }).click();
    await expect(page.getByRole("img", { name: "The link as a QR code" })).toBeVisible();
    const link = await page.getByRole("textbox", { name: "Link", exact: true }).inputValue();
    await guest.goto(`${link}.)`);
    await signUp(guest, robin);
    await isInRoom(guest, "General");
    await guest.getByRole("button", { name: `Message ${ines.name}, @${ines.username}` }).click();
    await isInRoom(guest, ines.name);
    await say(guest, "Thank you for the invitation.");
  });

  test(`a log-in leads to the room that was open last, ${how}`, async ({ ownServer, visitor }) => {
    const options = { javaScriptEnabled, baseURL: ownServer.url };
    const [page, other] = [await visitor(options), await visitor(options)];
    const [ines, robin] = [somebody("Ines"), somebody("Robin")];
    await page.goto("/register");
    await signUp(page, ines);
    await isReady(page);
    await other.goto("/register");
    await signUp(other, robin);
    const room = await openDirect(page, robin);
    await logOut(page);
    await logIn(page, ines.username, ines.password);
    expect(await isInRoom(page, robin.name)).toBe(room);
    await logOut(page);
    await logIn(page, robin.username, robin.password);
    await isInRoom(page, ines.name);
    await page.context().clearCookies();
    await page.goto("/login");
    await logIn(page, ines.username, ines.password);
    await isInRoom(page, "General");
  });
}

test("the invitation is copied by a button", async ({ ownServer, visitor }) => {
  const page = await visitor({ baseURL: ownServer.url, permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto("/register");
  await signUp(page, somebody("Ines"));
  await isReady(page);
  const link = await page.getByRole("textbox", { name: "Link", exact: true }).inputValue();
  expect(link).toBe(`${ownServer.url}/register`);
  await page.getByRole("button", { name: "Copy" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  expect(await violations(page)).toEqual([]);
  await expect(roomLink(page, "General")).toBeVisible();
});
