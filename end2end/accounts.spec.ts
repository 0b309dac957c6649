import { expect, test, withAndWithoutScripts } from "./journey.ts";
import { enroll, enter, logIn, logOut, register, signUp, somebody } from "./people.ts";

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test.describe(how, () => {
    test("the first visitor of a new server creates its first account", async ({ ownServer, visitor }) => {
      const page = await visitor({ javaScriptEnabled, baseURL: ownServer.url });
      await page.goto("/");
      await expect(page).toHaveURL(/\/register$/);
      await signUp(page, somebody("Ines"));
      await expect(page).toHaveURL(/\/rooms$/);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nobody has said a word yet");
      await page.getByRole("link", { name: "Settings" }).click();
      await expect(page.getByText("Administrator")).toBeVisible();
    });

    test("one logs out, and in again by username or by e-mail", async ({ visitor, guard }) => {
      // Whoever leaves at once may be out before the page that is left has opened its socket.
      guard.forgives(/^error: WebSocket connection to '[^']+' failed: HTTP Authentication failed/);
      const page = await visitor({ javaScriptEnabled });
      const ines = somebody("Ines");
      await page.goto("/register");
      await signUp(page, ines);
      for (const login of [ines.username, ines.email.toUpperCase()]) {
        await expect(page).toHaveURL(/\/rooms$/);
        await logOut(page);
        await expect(page).toHaveURL(/\/login$/);
        await page.goto("/rooms");
        await expect(page).toHaveURL(/\/login\?next=\/rooms$/);
        await logIn(page, login, ines.password);
      }
      await expect(page).toHaveURL(/\/rooms$/);
    });

    test("a wrong password is told at its field, and the name that was typed stays", async ({ visitor, guard }) => {
      guard.forgivesStatus(422);
      const page = await visitor({ javaScriptEnabled });
      const ines = await register(await visitor(), "Ines");
      await page.goto("/login?next=/people");
      await logIn(page, ines.username, "not her password");
      const password = page.getByLabel("Password");
      await expect(page.getByRole("alert")).toHaveText("That name and password do not match.");
      await expect(password).toHaveAccessibleDescription("That name and password do not match.");
      await expect(password).toHaveAttribute("aria-invalid", "true");
      await expect(password).toHaveValue("");
      await expect(page.getByRole("textbox", { name: "Username or email" })).toHaveValue(ines.username);
      await logIn(page, ines.username, ines.password);
      await expect(page).toHaveURL(/\/people$/);
    });

    test("what is wrong with a new account is told at the field, and what was typed stays", async ({ visitor, guard }) => {
      guard.forgivesStatus(409);
      guard.forgivesStatus(422);
      const taken = await register(await visitor(), "Ines");
      const page = await visitor({ javaScriptEnabled });
      const robin = somebody("Robin");
      const mistakes = [
        { field: "Username", typed: { ...robin, username: taken.username }, problem: /has that username already/ },
        { field: "Email", typed: { ...robin, email: taken.email }, problem: /account with that e-mail/ },
        { field: "Email", typed: { ...robin, email: "robin" }, problem: /like name@example.org/ },
        { field: "Password", typed: { ...robin, password: "short" }, problem: /at least 8 characters\.$/ },
      ];
      await page.goto("/register");
      for (const { field, typed, problem } of mistakes) {
        await signUp(page, typed);
        await expect(page.getByRole("alert")).toHaveText(problem);
        const input = page.getByLabel(field, { exact: true });
        await expect(input).toHaveAccessibleDescription(problem);
        await expect(input).toHaveAttribute("aria-invalid", "true");
        await expect(input).toBeFocused();
        await expect(page.getByLabel("Username")).toHaveValue(typed.username);
        await expect(page.getByLabel("Display name")).toHaveValue(typed.name);
        await expect(page.getByLabel("Email")).toHaveValue(typed.email);
        await expect(page.getByLabel("Password")).toHaveValue("");
        expect(await page.content(), "a password never comes back").not.toContain(typed.password);
      }
      await signUp(page, robin);
      await expect(page).toHaveURL(/\/rooms$/);
    });

    test("a display name changes in one's own place", async ({ visitor }) => {
      const page = await visitor({ javaScriptEnabled });
      const ines = await register(page, "Ines");
      await page.goto("/settings");
      await expect(page.getByLabel("Display name")).toHaveValue(ines.name);
      await page.getByLabel("Display name").fill("Ines of the garden");
      await page.getByRole("button", { name: "Save name" }).click();
      await expect(page.getByRole("status")).toHaveText("Your name is saved.");
      await expect(page.getByRole("definition").getByText("Ines of the garden")).toBeVisible();
      await enter(page, "/rooms");
      await expect(page.getByText("Ines of the garden")).toBeVisible();
    });

    test("another password ends the other session, and not this one", async ({ visitor, guard }) => {
      guard.forgivesStatus(422);
      const [page, other] = [await visitor({ javaScriptEnabled }), await visitor({ javaScriptEnabled })];
      const ines = await register(page, "Ines");
      await other.goto("/login?next=/settings");
      await logIn(other, ines.email, ines.password);
      await expect(other).toHaveURL(/\/settings$/);

      const change = async (current: string, chosen: string) => {
        await page.goto("/settings");
        await page.getByLabel("Current password").fill(current);
        await page.getByLabel("New password").fill(chosen);
        await page.getByRole("button", { name: "Change password" }).click();
      };
      await change("not her password", "a longer word");
      // What a password manager keeps the new one under.
      await expect(page.locator("form input[autocomplete='username']")).toHaveValue(ines.username);
      await expect(page.getByLabel("Current password")).toHaveAccessibleDescription("That is not your current password.");
      await other.reload();
      await expect(other).toHaveURL(/\/settings$/);

      await change(ines.password, "a longer word");
      await expect(page.getByRole("status")).toContainText("Your password is changed.");
      await other.reload();
      await expect(other).toHaveURL(/\/login\?next=\/settings$/);
      await logIn(other, ines.username, "a longer word");
      await expect(other).toHaveURL(/\/settings$/);
    });

    test("a dark theme is kept in a light world", async ({ visitor }) => {
      const light = await visitor({ javaScriptEnabled, colorScheme: "light" });
      const dark = await visitor({ javaScriptEnabled, colorScheme: "dark" });
      const paper = (page: typeof light) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const ines = await register(light, "Ines");
      await dark.goto("/login");
      await light.goto("/settings");
      expect(await paper(light)).not.toBe(await paper(dark));
      await expect(light.getByRole("radio", { name: "System" })).toBeChecked();
      await light.getByRole("radio", { name: "Dark" }).check();
      await light.getByRole("button", { name: "Save theme" }).click();
      await expect(light.getByRole("radio", { name: "Dark" })).toBeChecked();
      await enter(light, "/rooms");
      await expect(light.getByText(ines.name)).toBeVisible();
      expect(await paper(light)).toBe(await paper(dark));
    });
  });
}

test("logging in leads to the page that was asked for", async ({ visitor }) => {
  const page = await visitor();
  const ines = await register(await visitor(), "Ines");
  await page.goto("/people?q=a%20b&x=1");
  await expect(page).toHaveURL(/\/login\?next=/);
  await logIn(page, ines.username, ines.password);
  await expect(page).toHaveURL("/people?q=a%20b&x=1");
});

for (const next of ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"]) {
  test(`logging in never leads off the site, to ${JSON.stringify(next)}`, async ({ visitor }) => {
    const page = await visitor();
    const ines = somebody("Ines");
    await enroll(await visitor(), ines);
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await logIn(page, ines.username, ines.password);
    await expect(page).toHaveURL("/rooms");
    // Whoever is logged in already is led on at once.
    await page.goto(`/register?next=${encodeURIComponent(next)}`);
    await expect(page).toHaveURL("/rooms");
  });
}
