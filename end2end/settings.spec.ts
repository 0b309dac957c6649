import { get } from "node:http";
import type { Page } from "@playwright/test";
import { expect, isScripted, test, withAndWithoutScripts } from "./journey.ts";
import { createRoom, enter, isReady, logIn, message, register, roomCalled, roomLink, submit, type Person } from "./people.ts";

/** The row of a list that bears this name. */
function entry(page: Page, name: string) {
  return page.getByRole("main").getByRole("listitem").filter({ hasText: name });
}

/** Logs somebody in to a further browser, and leaves it on the page of the rooms. */
async function logInAgain(page: Page, person: Person): Promise<void> {
  await page.goto("/login");
  await logIn(page, person.username, person.password);
  await expect(page).toHaveURL(/\/rooms$/);
  await isReady(page);
}

/** What the page tells this one time. */
async function told(page: Page, label: string): Promise<string> {
  const field = page.getByRole("textbox", { name: label, exact: true });
  await expect(field).toBeFocused();
  await expect(field).not.toBeEditable();
  await expect(field).toHaveAccessibleDescription(/it is not shown again/);
  return field.inputValue();
}

/** How the socket answers a program that carries this token. */
async function knock(token: string, baseURL: string): Promise<number> {
  const headers = {
    authorization: `Bearer ${token}`,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  return new Promise((resolve, reject) => {
    const request = get(`${baseURL}/ws`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    request.on("upgrade", (answer, socket) => {
      socket.destroy();
      resolve(answer.statusCode!);
    });
    request.on("error", reject);
  });
}

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test.describe(how, () => {
    test("one device is ended from another, and is led to the log-in page", async ({ visitor }) => {
      const [here, there] = [await visitor({ javaScriptEnabled }), await visitor({ javaScriptEnabled })];
      const ines = await register(here, "Ines");
      await here.goto("/settings/devices");
      await expect(here.getByText("You are logged in nowhere else.")).toBeVisible();
      await expect(here.getByRole("button", { name: /^End/ })).toHaveCount(0);
      await logInAgain(there, ines);

      await here.reload();
      await expect(entry(here, "This one")).toHaveCount(1);
      await here.getByRole("button", { name: /^End \w+ on \w+/ }).click();
      await expect(here.getByRole("status")).toHaveText("That log-in has ended.");
      await expect(here.getByText("You are logged in nowhere else.")).toBeVisible();
      if (!isScripted(there)) await there.reload();
      await expect(there).toHaveURL(/\/login/);
    });

    test("all other devices are ended, once one has said so twice", async ({ visitor }) => {
      const [here, one, two] = [await visitor({ javaScriptEnabled }), await visitor(), await visitor()];
      const ines = await register(here, "Ines");
      await logInAgain(one, ines);
      await logInAgain(two, ines);
      await here.goto("/settings/devices");
      const confirm = here.getByRole("button", { name: "Yes, end all others" });
      await expect(confirm).toBeHidden();
      await here.getByText("End all others", { exact: true }).click();
      await confirm.click();
      await expect(here.getByRole("status")).toHaveText("All your other log-ins have ended.");
      for (const other of [one, two]) await expect(other).toHaveURL(/\/login/);
    });

    test("a token is made, shown once, used, and revoked", async ({ visitor, guard, baseURL }) => {
      guard.forgivesStatus(422);
      const page = await visitor({ javaScriptEnabled });
      const ines = await register(page, "Ines");
      const garden = roomCalled("Garden");
      await createRoom(page, garden, [await register(await visitor(), "Robin")]);

      await page.goto("/settings/tokens");
      const rooms = page.getByRole("group", { name: "Rooms" });
      await expect(rooms).toBeHidden();
      await page.getByRole("radio", { name: "Only these" }).check();
      await page.getByRole("radio", { name: "Only read" }).check();
      await page.getByRole("button", { name: "Make token" }).click();
      await expect(page.getByRole("textbox", { name: "Name" })).toHaveAccessibleDescription(/Enter a name\.$/);
      await expect(page.getByRole("alert").filter({ hasText: "Choose at least one room" })).toBeVisible();
      await expect(page.getByRole("radio", { name: "Only read" })).toBeChecked();
      await page.getByRole("textbox", { name: "Name" }).fill("Nightly backup");
      await page.getByRole("button", { name: "Make token" }).click();
      const none = rooms.getByRole("checkbox", { name: garden });
      await expect(none, "what is at fault has the focus, so the page shows it").toBeFocused();
      await expect(rooms).toHaveAccessibleDescription(/^Choose at least one room/);
      await rooms.getByRole("checkbox", { name: garden }).check();
      await page.getByLabel("Your password").fill(ines.password);
      await page.getByRole("button", { name: "Make token" }).click();

      const token = await told(page, "Token");
      expect(token).toMatch(/^natter_p_[0-9a-f]{64}$/);
      await expect(page.getByText(`curl -H 'Authorization: Bearer ${token}'`)).toBeVisible();
      await page.getByRole("link", { name: "I have copied it" }).click();
      await expect(entry(page, "Nightly backup")).toContainText(`Reads in ${garden}`);
      await expect(entry(page, "Nightly backup")).toContainText("Not used yet · expires ");
      expect(await page.content(), "it is shown once").not.toContain(token);

      expect(await knock(token, baseURL!)).toBe(101);
      expect(await knock(`${token}0`, baseURL!)).toBe(401);
      // Uses are written down together, each second.
      await expect(async () => {
        await page.reload();
        await expect(entry(page, "Nightly backup")).toContainText("Last used just now", { timeout: 500 });
      }).toPass();
      await page.getByRole("button", { name: "Revoke Nightly backup" }).click();
      await expect(page.getByRole("status")).toContainText("The token is revoked");
      await expect(page.getByText("No token yet.")).toBeVisible();
      expect(await knock(token, baseURL!)).toBe(401);
    });

    test("a bot is made, joins a room, and is retired", async ({ visitor, guard, baseURL }) => {
      guard.forgivesStatus(404);
      guard.forgivesStatus(409);
      const page = await visitor({ javaScriptEnabled });
      const ines = await register(page, "Ines");
      const [garden, bot] = [roomCalled("Garden"), roomCalled("Helper")];
      const room = await createRoom(page, garden, [await register(await visitor(), "Robin")]);
      const username = bot.replace(/\W+/g, "").toLowerCase();

      await page.goto("/settings/bots");
      const make = async (username: string) => {
        await page.getByRole("textbox", { name: "Username" }).fill(username);
        await page.getByRole("textbox", { name: "Display name" }).fill(bot);
        await page.getByRole("button", { name: "Make bot" }).click();
      };
      await make(ines.username);
      await expect(page.getByRole("textbox", { name: "Username" })).toHaveAccessibleDescription(/has that username already/);
      await make(username);
      await expect(page.getByRole("status")).toContainText("Your bot is made.");
      await expect(page).toHaveTitle(`${bot} · Natter`);
      const path = new URL(page.url()).pathname;

      await enter(page, `${room}/members?q=${username}`);
      await expect(page.getByRole("checkbox", { name: bot })).toHaveAccessibleDescription(`@${username} Bot Bot of ${ines.name} (@${ines.username})`);
      await page.getByRole("checkbox", { name: bot }).check();
      await page.getByRole("button", { name: "Add to room" }).click();
      await expect(page.getByLabel(`More about ${bot}`, { exact: true })).toBeVisible();
      const members = page.getByRole("complementary", { name: "Members" }).locator(".member");
      await expect(members.filter({ hasText: "Bot" })).toContainText(`${bot} Bot`);
      await expect(members.filter({ hasText: "Bot" })).toContainText(`Bot of ${ines.name} (@${ines.username})`);
      const isCut = (line: Element) => line.scrollWidth > line.clientWidth && getComputedStyle(line).textOverflow === "ellipsis";
      expect(await members.locator(".member__owner").evaluate(isCut), "whose bot it is can be read whole").toBe(false);

      await page.goto(path);
      await expect(page.getByRole("definition").getByText(garden)).toBeVisible();
      await page.getByRole("textbox", { name: "Name" }).fill("For the server");
      await page.getByLabel("Your password").fill(ines.password);
      await page.getByRole("button", { name: "Make token" }).click();
      const token = await told(page, "Token");
      expect(await knock(token, baseURL!)).toBe(101);

      await page.goto(path);
      await page.getByText("Retire this bot").click();
      await page.getByRole("button", { name: `Yes, retire ${bot}` }).click();
      await expect(page).toHaveURL(/\/settings\/bots\?/);
      await expect(page.getByRole("status")).toHaveText("The bot is retired; its tokens have ended.");
      await expect(entry(page, bot)).toHaveCount(0);
      expect(await knock(token, baseURL!)).toBe(401);
      expect((await page.goto(path))?.status()).toBe(404);
    });

    test("a webhook for a room tells its address, and is revoked under its bot", async ({ visitor, guard }) => {
      guard.forgivesStatus(422);
      const page = await visitor({ javaScriptEnabled });
      await register(page, "Ines");
      const [garden, orchard, name] = [roomCalled("Garden"), roomCalled("Orchard"), roomCalled("Build server")];
      const robin = await visitor({ javaScriptEnabled });
      const him = await register(robin, "Robin");
      await createRoom(page, garden, [him]);
      await createRoom(page, orchard, [him]);

      await page.goto("/settings/bots");
      await page.getByRole("combobox", { name: "Room" }).selectOption(garden);
      await page.getByRole("button", { name: "Make webhook" }).click();
      const field = page.getByRole("textbox", { name: "Name", exact: true });
      await expect(field).toHaveAccessibleDescription(/Enter a name\.$/);
      await expect(page.getByRole("combobox", { name: "Room" }).locator("option:checked")).toHaveText(garden);
      await field.fill(name);
      await page.getByRole("button", { name: "Make webhook" }).click();
      const address = await told(page, "Address");
      expect(address).toContain("/api/hooks/natter_p_");
      await expect(page.getByText(`curl -d '{"text":"Hello"}' ${address}`)).toBeVisible();
      await expect(entry(page, name)).toContainText(`Writes in ${garden}`);
      await page.getByRole("link", { name: `Manage ${name}` }).click();
      await expect(entry(page, `Writes in ${garden}`)).toBeVisible();
      await enter(robin, "/rooms");
      await roomLink(robin, garden).click();
      await expect(robin.getByText("3 members")).toBeVisible();

      const sent = await fetch(address, { method: "POST", body: JSON.stringify({ text: "All is built." }) });
      expect(sent.status).toBe(200);
      if (!javaScriptEnabled) await robin.reload();
      const author = message(robin, "All is built.").locator(".message__author");
      await expect(author).toHaveText(name);
      expect(await author.evaluate((element) => getComputedStyle(element, "::after").content)).toBe('"Bot"');

      await page.getByRole("button", { name: `Revoke ${name}` }).click();
      await expect(page.getByRole("status")).toContainText("The token is revoked");
      await expect(page.getByText("Its address no longer works.")).toBeVisible();
      await expect(page.getByRole("button", { name: "Make token" }), "it gets no other token").toHaveCount(0);
    });
  });
}

test("the pages of settings lead to each other, and say which one is open", async ({ visitor }) => {
  // The first account of a server has a link more.
  await register(await visitor(), "Robin");
  const page = await visitor({ javaScriptEnabled: false });
  await register(page, "Ines");
  await page.goto("/settings");
  const links = page.getByRole("navigation", { name: "Settings" }).getByRole("link");
  await expect(links).toHaveText(["Account", "Devices", "Tokens", "Bots"]);
  for (const name of ["Devices", "Tokens", "Bots", "Account"]) {
    await links.filter({ hasText: name }).click();
    await expect(links.filter({ hasText: name })).toHaveAttribute("aria-current", "page");
    await expect(page.getByRole("navigation", { name: "Settings" }).locator("[aria-current]")).toHaveCount(1);
    await expect(page.getByRole("navigation", { name: "Site" }).locator("[aria-current]")).toHaveText("Settings");
  }
});

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test(`a form posted after the session has ended says that nothing was saved, ${how}`, async ({ visitor, guard }) => {
    guard.forgivesStatus(401);
    const page = await visitor({ javaScriptEnabled });
    const person = await register(page, "Ines");
    await page.goto("/settings");
    await submit(page, "logout", {});
    await page.getByRole("textbox", { name: "Display name" }).fill("Ines the Second");
    await page.getByRole("button", { name: "Save name" }).click();
    await expect(page.getByRole("alert")).toHaveText("Your session has ended. Nothing was saved. Log in and try again.");
    await expect(page.getByRole("textbox", { name: "Display name" })).toHaveValue("Ines the Second");
    await logIn(page, person.username, person.password);
    await expect(page).toHaveURL(/\/settings$/);
    await expect(page.getByRole("textbox", { name: "Display name" })).toHaveValue(person.name);
  });
}
