import { expect, test, withAndWithoutScripts } from "./journey.ts";
import { createRoom, register, say, signUp, somebody, submit } from "./people.ts";
import { violations } from "./violations.ts";

// Each has a server of its own.
test.describe.configure({ mode: "parallel" });

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test.describe(how, () => {
    test("people come by invitation, as many as were invited", async ({ ownServer, visitor, guard }) => {
      guard.forgivesStatus(422);
      const options = { baseURL: ownServer.url, javaScriptEnabled };
      const [page, guest, late] = [await visitor(options), await visitor(options), await visitor(options)];
      const ines = await register(page, "Ines");
      await page.goto("/administration/registration");
      await page.getByRole("radio", { name: "Whoever is invited" }).check();
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByRole("status")).toHaveText("Saved. It holds from now on.");
      await late.goto("/register");
      await expect(late.getByRole("heading", { level: 1 })).toHaveText("Registration is by invitation");
      await expect(late.getByRole("button", { name: "Create account" })).toHaveCount(0);

      await page.getByRole("textbox", { name: "Note" }).fill("Basses");
      await page.getByLabel("How many accounts").fill("0");
      await page.getByRole("button", { name: "Make invitation" }).click();
      await expect(page.getByLabel("How many accounts")).toHaveAccessibleDescription("Enter a number from 1 to 1000.");
      await expect(page.getByRole("textbox", { name: "Note" })).toHaveValue("Basses");
      await page.getByLabel("How many accounts").fill("1");
      await page.getByRole("button", { name: "Make invitation" }).click();
      const link = await page.getByRole("textbox", { name: "Link", exact: true }).inputValue();
      await expect(page.getByRole("img", { name: "The link as a QR code" })).toBeVisible();
      await page.getByRole("link", { name: "I have copied it" }).click();
      const row = page.getByRole("main").getByRole("listitem").filter({ hasText: "Basses" });
      await expect(row).toContainText("1 of 1 uses left");
      expect(await page.content(), "it is shown once").not.toContain(link);

      await guest.goto(link);
      await expect(guest.getByText(`${ines.name} invites you to Natter.`)).toBeVisible();
      const robin = somebody("Robin");
      await signUp(guest, { ...robin, password: "short" });
      await expect(guest.getByLabel("Password")).toHaveAccessibleDescription(/at least 8 characters\.$/);
      await guest.getByLabel("Password").fill(robin.password);
      await guest.getByRole("button", { name: "Create account" }).click();
      await expect(guest).toHaveURL(/\/rooms$/);

      await late.goto(link);
      await expect(late.getByRole("heading", { level: 1 })).toHaveText("Registration is by invitation");
      await page.reload();
      await expect(row).toHaveCount(0);
    });

    test("an invitation is revoked", async ({ ownServer, visitor }) => {
      const options = { baseURL: ownServer.url, javaScriptEnabled };
      const [page, guest] = [await visitor(options), await visitor(options)];
      await register(page, "Ines");
      await submit(page, "set_registration", { registration: "invitation", page: "/administration/registration" });
      await page.goto("/administration/registration");
      await page.getByRole("button", { name: "Make invitation" }).click();
      const link = await page.getByRole("textbox", { name: "Link", exact: true }).inputValue();
      await page.getByRole("link", { name: "I have copied it" }).click();
      await page.getByRole("button", { name: "Revoke Invitation #1" }).click();
      await expect(page.getByRole("status")).toContainText("The invitation is revoked.");
      await expect(page.getByText("No open invitation.")).toBeVisible();
      await guest.goto(link);
      await expect(guest.getByRole("heading", { level: 1 })).toHaveText("Registration is by invitation");
    });

    test("the log tells what was done, and can be narrowed", async ({ ownServer, visitor }) => {
      const options = { baseURL: ownServer.url, javaScriptEnabled };
      const page = await visitor(options);
      const ines = await register(page, "Ines");
      const jona = await register(await visitor(options), "Jona");
      for (const form of ["disable_person", "enable_person", "make_administrator"]) await submit(page, form, { user: "2" });
      await submit(page, "set_instance_name", { name: "Choir" });
      await page.goto("/administration/log");
      const lines = page.getByRole("main").getByRole("region", { name: "Acts" }).getByRole("listitem");
      const by = `@${ines.username}`;
      await expect(lines).toContainText([
        `${by} called this server “Choir”`,
        `${by} made @${jona.username} administrator`,
        `${by} enabled @${jona.username}`,
        `${by} disabled @${jona.username}`,
      ]);
      await page.getByRole("combobox", { name: "What" }).selectOption("Account disabled");
      await page.getByRole("button", { name: "Filter" }).click();
      await expect(lines).toHaveCount(1);
      await expect(page.getByRole("combobox", { name: "What" }).locator("option:checked")).toHaveText("Account disabled");
      await page.getByRole("combobox", { name: "What" }).selectOption("Everything");
      await page.getByRole("textbox", { name: "Done to" }).fill(jona.username);
      await page.getByRole("button", { name: "Filter" }).click();
      await expect(lines).toHaveCount(3);
      await page.getByLabel("Until").fill("2001-01-01");
      await page.getByRole("button", { name: "Filter" }).click();
      await expect(page.getByText("Nothing of that kind has been done.")).toBeVisible();
      await page.getByLabel("From").fill("2001-01-02");
      await page.getByRole("button", { name: "Filter" }).click();
      await expect(page.getByLabel("Until")).toHaveAccessibleDescription(/^“Until” is before “From”\./);
      await page.getByLabel("From").fill("2001-01-01");
      await page.getByRole("button", { name: "Filter" }).click();
      await page.getByRole("link", { name: "See everything" }).click();
      await expect(lines).toHaveCount(4);
    });

    test("nobody is invited while nobody may register", async ({ ownServer, visitor }) => {
      const page = await visitor({ baseURL: ownServer.url, javaScriptEnabled });
      await register(page, "Ines");
      await page.goto("/administration/registration");
      await expect(page.getByRole("button", { name: "Make invitation" })).toBeVisible();
      await page.getByRole("radio", { name: "Nobody" }).check();
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByText("Invitations serve nobody while registration is closed.")).toBeVisible();
      await expect(page.getByRole("button", { name: "Make invitation" })).toHaveCount(0);
    });

    test("somebody who is not among the filtered is found among all", async ({ ownServer, visitor }) => {
      const page = await visitor({ baseURL: ownServer.url, javaScriptEnabled });
      const ines = await register(page, "Ines");
      await page.goto("/administration/people?filter=disabled");
      await page.getByRole("searchbox", { name: "Find people" }).fill(ines.username);
      await page.getByRole("button", { name: "Search" }).click();
      await expect(page.getByText(`among the disabled contains “${ines.username}”`)).toBeVisible();
      await page.getByRole("link", { name: "Search among all" }).click();
      await expect(page.getByRole("link", { name: `Manage ${ines.name}` })).toBeVisible();
    });

    test("the statistics count what there is", async ({ ownServer, visitor }) => {
      const options = { baseURL: ownServer.url, javaScriptEnabled };
      const page = await visitor(options);
      await register(page, "Ines");
      await createRoom(page, "Garden", [await register(await visitor(options), "Jona")]);
      await say(page, "One.");
      await say(page, "Two.");
      await page.goto("/administration/statistics");
      const days = page.getByRole("img", { name: "Messages a day" });
      await expect(days).toHaveAccessibleDescription("2 messages in 30 days, at most 2 on one day.");
      await page.getByText("As a table").first().click();
      await expect(page.getByRole("row")).toHaveCount(31);
      await expect(page.getByRole("row").nth(1).getByRole("cell")).toHaveText("2");
      await expect(page.getByRole("img", { name: "Accounts" })).toHaveAccessibleDescription("2 in all. People: 2, Disabled: 0, Bots: 0.");
    });
  });
}

const PAGES = ["people", "people?q=nobody", "people?q=ines&filter=bots", "people/1", "people/2", "rooms", "rooms/1", "registration", "server", "log", "log?from=2026-11-22&until=2026-11-21", "log?act=invite", "statistics"];

for (const width of [1280, 390]) {
  test(`no page of administration has a violation or scrolls sideways, ${width} px`, async ({ ownServer, visitor, guard }) => {
    test.slow();
    guard.forgivesStatus(404);
    const page = await visitor({ baseURL: ownServer.url, viewport: { width, height: 844 } });
    await register(page, "Ines");
    await createRoom(page, "Garden".padEnd(70, "n"), [await register(await visitor({ baseURL: ownServer.url }), "Jona")]);
    await say(page, "One.");
    await submit(page, "disable_person", { user: "2" });
    const look = async (name: string) => {
      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
      expect.soft(await violations(page), name).toEqual([]);
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(width);
      await expect.soft(page.getByRole("heading", { level: 1 }), name).toHaveCount(1);
    };
    for (const path of PAGES) {
      await page.goto(`/administration/${path}`);
      await look(path);
    }
    await page.goto("/administration/registration");
    await page.getByRole("textbox", { name: "Note" }).fill("Basses");
    await page.getByRole("button", { name: "Make invitation" }).click();
    await look("a new invitation");
    const link = await page.getByRole("textbox", { name: "Link", exact: true }).inputValue();
    await page.getByRole("link", { name: "I have copied it" }).click();
    await look("invitations");
    await submit(page, "set_registration", { registration: "closed" });
    await page.goto("/administration/registration");
    await look("registration closed");
    await submit(page, "set_registration", { registration: "open" });
    await page.context().clearCookies();
    await page.goto(link);
    await look("an invitation");
    await page.goto("/reset-password?secret=none");
    await look("a link that serves no more");
  });
}
