import { expect, test, withAndWithoutScripts } from "./journey.ts";
import { logIn, register } from "./people.ts";

test.use({ env: { NATTER_LIMITS: "on" } });

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test(`${how}, too many tries are told at the form with the time to wait, and the name that was typed stays`, async ({ visitor, guard }) => {
    guard.forgivesStatus(422);
    guard.forgivesStatus(429);
    const page = await visitor({ javaScriptEnabled });
    const ines = await register(await visitor(), "Ines");
    await page.goto("/login?next=/people");
    for (let tries = 1; tries <= 10; tries += 1) {
      await logIn(page, ines.username, "not her password");
      await expect(page.getByRole("alert")).toHaveText("That name and password do not match.");
    }
    await logIn(page, ines.username, ines.password);
    await expect(page.getByRole("alert")).toHaveText(/^Too many wrong passwords\. Try again in (a second|\d+ seconds)\.$/);
    await expect(page.getByRole("textbox", { name: "Username or email" })).toHaveValue(ines.username);
    await expect(page.getByLabel("Password")).toHaveValue("");
    await expect(page).toHaveTitle(/^Log in/);
  });
}
