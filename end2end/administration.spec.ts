import type { Page } from "@playwright/test";
import { expect, test, withAndWithoutScripts } from "./journey.ts";
import { createRoom, enter, isReady, logIn, register, roomCalled, roomLink, say, type Person } from "./people.ts";

/** Goes to the page of somebody's account, as an administrator does. */
async function manage(page: Page, person: Person): Promise<void> {
  await page.goto("/administration/people");
  await page.getByRole("searchbox", { name: "Find people" }).fill(person.username);
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: `Manage ${person.name}` }).click();
  await expect(page).toHaveTitle(`${person.name} · Administration · Natter`);
}

/** Does what is asked for once more; tells the moment before the last click. */
async function confirm(page: Page, act: string, yes = `Yes, ${act[0]!.toLowerCase()}${act.slice(1)}`): Promise<number> {
  const button = page.getByRole("button", { name: yes, exact: true });
  await expect(button).toBeHidden();
  await page.getByText(act, { exact: true }).click();
  const begun = Date.now();
  await button.click();
  return begun;
}

/** The link that the page tells this one time. */
async function told(page: Page): Promise<string> {
  const field = page.getByRole("textbox", { name: "Link", exact: true });
  await expect(field).toBeFocused();
  await expect(field).toHaveAccessibleDescription(/it is not shown again/);
  await expect(page.getByRole("img", { name: "The link as a QR code" })).toBeVisible();
  return field.inputValue();
}

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test.describe(how, () => {
    test("a disabled person is out everywhere within 2 seconds, and comes back", async ({ ownServer, visitor, guard }) => {
      guard.forgivesStatus(422);
      const baseURL = ownServer.url;
      const [page, there] = [await visitor({ baseURL, javaScriptEnabled }), await visitor({ baseURL })];
      await register(page, "Ines");
      const jona = await register(there, "Jona");
      const opened = there.waitForEvent("websocket");
      await enter(there, "/rooms");
      const socket = await opened;
      const closed = new Promise<number>((resolve) => socket.on("close", () => resolve(Date.now())));
      await manage(page, jona);
      const begun = await confirm(page, `Disable ${jona.name}`);
      await expect(page.getByRole("status")).toContainText(`${jona.name} is disabled`);
      expect((await closed) - begun).toBeLessThan(2_000);
      await expect(there).toHaveURL(/\/login/);
      await logIn(there, jona.username, jona.password);
      await expect(there.getByRole("alert")).toHaveText("That name and password do not match.");

      await page.goto("/administration/people?filter=disabled");
      await page.getByRole("link", { name: `Manage ${jona.name}` }).click();
      await page.getByRole("button", { name: `Enable ${jona.name}` }).click();
      await expect(page.getByRole("status")).toContainText(`${jona.name} is let in again`);
      await logIn(there, jona.username, jona.password);
      await expect(there).toHaveURL(/\/rooms$/);
    });

    test("an administrator ends somebody's sessions", async ({ ownServer, visitor }) => {
      const baseURL = ownServer.url;
      const [page, there] = [await visitor({ baseURL, javaScriptEnabled }), await visitor({ baseURL })];
      await register(page, "Ines");
      const jona = await register(there, "Jona");
      await enter(there, "/rooms");
      await manage(page, jona);
      await confirm(page, `End ${jona.name}’s sessions`);
      await expect(page.getByRole("status")).toContainText("logged out everywhere");
      await expect(there).toHaveURL(/\/login/);
    });

    test("the last administrator stays until there is another one", async ({ ownServer, visitor, guard }) => {
      guard.forgivesStatus(404);
      guard.forgivesStatus(409);
      const baseURL = ownServer.url;
      const page = await visitor({ baseURL, javaScriptEnabled });
      const ines = await register(page, "Ines");
      const jona = await register(await visitor({ baseURL }), "Jona");
      await manage(page, ines);
      await confirm(page, `Remove ${ines.name} as administrator`);
      await expect(page.getByRole("alert")).toHaveText("You are the last administrator. Make somebody else one first.");
      await expect(page.getByRole("button", { name: `Yes, remove ${ines.name} as administrator` })).toBeVisible();
      await confirm(page, `Disable ${ines.name}`);
      await expect(page.getByRole("alert")).toHaveText(/^You are the last administrator\./);

      await manage(page, jona);
      await confirm(page, `Make ${jona.name} administrator`);
      await expect(page.getByRole("status")).toHaveText(`${jona.name} is an administrator now.`);
      await manage(page, ines);
      await confirm(page, `Remove ${ines.name} as administrator`);
      await expect(page.getByRole("status")).toHaveText("You are no administrator any more.");
      await expect(page.getByRole("link", { name: "Administration" })).toHaveCount(0);
      expect((await page.goto("/administration/people"))?.status()).toBe(404);
    });

    test("a link sets a new password, once", async ({ ownServer, visitor, guard }) => {
      guard.forgivesStatus(404);
      guard.forgivesStatus(422);
      const baseURL = ownServer.url;
      const [page, here] = [await visitor({ baseURL, javaScriptEnabled }), await visitor({ baseURL, javaScriptEnabled })];
      const there = await visitor({ baseURL });
      await register(page, "Ines");
      const jona = await register(there, "Jona");
      await enter(there, "/rooms");
      await manage(page, jona);
      await confirm(page, `Reset ${jona.name}’s password`, "Make the link");
      const link = await told(page);
      await page.getByRole("link", { name: "I have copied it" }).click();
      expect(await page.content(), "it is shown once").not.toContain(link);
      await expect(page.getByRole("definition").filter({ hasText: "Open, made by Ines" })).toContainText("Revoke");

      await here.goto(link);
      await expect(here.getByRole("main")).toContainText(`@${jona.username}`);
      const password = here.getByLabel("New password");
      await password.fill("short");
      await here.getByRole("button", { name: "Set password" }).click();
      await expect(password).toHaveAccessibleDescription(/at least 8 characters\.$/);
      await password.fill("another one altogether");
      await here.getByRole("button", { name: "Set password" }).click();
      await expect(here.getByRole("status")).toHaveText("Your new password is set. Log in with it.");
      await expect(there).toHaveURL(/\/login/);
      await logIn(here, jona.username, "another one altogether");
      await expect(here).toHaveURL(/\/rooms$/);
      expect((await here.goto(link))?.status()).toBe(404);
      await expect(here.getByRole("heading", { level: 1 })).toHaveText("This link serves no more");
    });

    test("a room is deleted by whoever writes its name", async ({ ownServer, visitor, guard }) => {
      guard.forgivesStatus(422);
      const baseURL = ownServer.url;
      const [page, there] = [await visitor({ baseURL, javaScriptEnabled }), await visitor({ baseURL })];
      await register(page, "Ines");
      const robin = await register(await visitor({ baseURL }), "Robin");
      await register(there, "Jona");
      const garden = roomCalled("Garden");
      await createRoom(there, garden, [robin]);
      await say(there, "Only for us.");

      await page.goto("/administration/rooms");
      await expect(page.getByRole("main").getByRole("listitem").filter({ hasText: garden })).toContainText("2 members · 1 message");
      await page.getByRole("link", { name: `Manage ${garden}` }).click();
      expect(await page.content()).not.toContain("Only for us.");
      await page.getByText(`Delete ${garden}`, { exact: true }).click();
      const name = page.getByRole("textbox", { name: "Name of the room to delete" });
      await name.fill("Garage");
      await page.getByRole("button", { name: "Delete this room" }).click();
      await expect(name).toHaveAccessibleDescription("Write the name of the room as it stands above.");
      await name.fill(garden);
      await page.getByRole("button", { name: "Delete this room" }).click();
      await expect(page.getByRole("status")).toContainText("The room is deleted");
      await expect(page.getByText("No room yet.")).toBeVisible();
      await expect(roomLink(there, garden)).toHaveCount(0);
    });

    test("the server's name stands where people look for it", async ({ ownServer, visitor, guard }) => {
      guard.forgivesStatus(422);
      const baseURL = ownServer.url;
      const page = await visitor({ baseURL, javaScriptEnabled });
      await register(page, "Ines");
      await page.goto("/administration/server");
      const name = page.getByRole("textbox", { name: "Name of this server" });
      await expect(name).toHaveValue("Natter");
      await name.fill(" ");
      await page.getByRole("button", { name: "Save name" }).click();
      await expect(name).toHaveAccessibleDescription(/Enter a name\.$/);
      await name.fill("Choir & Co");
      await page.getByRole("button", { name: "Save name" }).click();
      await expect(page).toHaveTitle("Server · Administration · Choir & Co");
      await page.goto("/rooms");
      await isReady(page);
      await expect(page).toHaveTitle("Rooms · Choir & Co");
      await expect(page.getByRole("complementary").getByText("Choir & Co")).toBeVisible();
      const stranger = await visitor({ baseURL, javaScriptEnabled });
      await stranger.goto("/login");
      await expect(stranger).toHaveTitle("Log in · Choir & Co");
      await expect(stranger.getByRole("main").getByText("Choir & Co")).toBeVisible();
    });
  });
}

test("administration is led to from the settings, and is nothing to anybody else", async ({ ownServer, visitor, guard }) => {
  guard.forgivesStatus(404);
  const baseURL = ownServer.url;
  const [page, there] = [await visitor({ baseURL, javaScriptEnabled: false }), await visitor({ baseURL, javaScriptEnabled: false })];
  await register(page, "Ines");
  await register(there, "Jona");
  await page.goto("/settings");
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Administration" }).click();
  const links = page.getByRole("navigation", { name: "Administration" }).getByRole("link");
  await expect(links).toHaveText(["People", "Rooms", "Registration", "Server", "Audit log", "Statistics"]);
  for (const link of await links.all()) {
    await link.click();
    await expect(link).toHaveAttribute("aria-current", "page");
    await expect(page.getByRole("navigation", { name: "Site" }).locator("[aria-current]")).toHaveText("Settings");
    expect((await there.goto(page.url()))?.status()).toBe(404);
    await expect(there.getByRole("heading", { level: 1 })).toHaveText("Nothing here");
  }
  await there.goto("/settings");
  await expect(there.getByRole("navigation", { name: "Settings" }).getByRole("link")).toHaveText(["Account", "Devices", "Tokens", "Bots"]);
});
