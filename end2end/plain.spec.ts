import { expect, test } from "./journey.ts";
import { composer, enter, isReady, message, messages, openDirect, register, say } from "./people.ts";

test("the messages of a room stand in its first HTML", async ({ visitor }) => {
  const page = await visitor();
  const her = await register(page, "Ines");
  const room = await openDirect(page, await register(await visitor(), "Robin"));
  await say(page, "The soup is ready.");
  const html = await (await page.request.get(room)).text();
  const log = html.slice(html.indexOf('role="log"'), html.indexOf("</form>", html.indexOf('role="log"')));
  expect(log).toContain("The soup is ready.");
  expect(log).toContain(her.name);
  expect(html.match(/<template/g), "nothing waits for a script to be put in place").toBeNull();
});

test("what is typed before the client has arrived stays, and is sent", async ({ visitor }) => {
  const page = await visitor();
  await register(page, "Ines");
  const room = await openDirect(page, await register(await visitor(), "Robin"));
  let release = () => {};
  const isReleased = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/assets/client-*.wasm", async (route) => {
    await isReleased;
    await route.continue();
  });
  await page.goto(room, { waitUntil: "commit" });
  await composer(page).pressSequentially("Typed while");
  await expect(page.locator(".workspace[data-hydrated]")).toHaveCount(0);
  release();
  await isReady(page);
  await expect(composer(page)).toHaveValue("Typed while");
  await expect(composer(page)).toBeFocused();
  await composer(page).pressSequentially(" waiting.");
  await composer(page).press("Enter");
  await expect(message(page, "Typed while waiting.")).toBeVisible();
  await expect(composer(page)).toHaveValue("");
});

for (const isImpatient of [false, true]) {
  const meanwhile = isImpatient ? ", though Enter follows" : "";
  test(`what the plain form sends while the client arrives is sent once and is no draft${meanwhile}`, async ({ visitor }) => {
    const [page, robin] = [await visitor(), await visitor()];
    await register(page, "Ines");
    const room = await openDirect(page, await register(robin, "Robin"));
    const [client, answer] = [gate(), gate()];
    await page.route("**/assets/client-*.wasm", async (route) => {
      await client.isOpen;
      await route.continue();
    });
    await page.route("**/form/send_message", async (route) => {
      const response = await route.fetch({ maxRedirects: 0 });
      await answer.isOpen;
      await route.fulfill({ response });
    });
    await page.goto(room, { waitUntil: "commit" });
    await composer(page).pressSequentially("Once.");
    await page.getByRole("button", { name: "Send" }).click({ noWaitAfter: true });
    await enter(robin, room);
    await expect(message(robin, "Once.")).toBeVisible();
    // No locator finds anything while a form is on its way: the client's socket says that the client is there.
    const connecting = page.waitForEvent("websocket");
    client.open();
    const socket = await connecting;
    await socket.waitForEvent("framereceived", ({ payload }) => String(payload).includes('"ready"'));
    if (isImpatient) await page.keyboard.press("Enter");
    answer.open();
    await expect(page).toHaveURL(/#end$/);
    await isReady(page);
    await expect(composer(page)).toHaveValue("");
    await say(page, "And that is all.");
    await expect(messages(page)).toContainText(["Once.", "And that is all."]);
    await enter(robin, room);
    await expect(messages(robin)).toHaveCount(2);
  });
}

/** Something that happens when the test wants it. */
function gate() {
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => (open = resolve));
  return { open, isOpen };
}

test("the composer sends by Enter and by its button, breaks lines, and keeps the focus", async ({ visitor }) => {
  const page = await visitor();
  await register(page, "Ines");
  await openDirect(page, await register(await visitor(), "Robin"));
  await composer(page).pressSequentially("One");
  await composer(page).press("Shift+Enter");
  await composer(page).pressSequentially("two");
  await expect(composer(page)).toHaveValue("One\ntwo");
  await expect(messages(page)).toHaveCount(0);
  await composer(page).press("Enter");
  await expect(message(page, "One\ntwo")).toBeVisible();
  await expect(composer(page)).toHaveValue("");
  await expect(composer(page)).toBeFocused();
  await composer(page).fill("By the button");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(message(page, "By the button")).toBeVisible();
  await expect(composer(page)).toBeFocused();
});

test("where fingers write, Enter breaks the line and the button sends", async ({ visitor }) => {
  const page = await visitor({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
  await register(page, "Ines");
  await openDirect(page, await register(await visitor(), "Robin"));
  await composer(page).pressSequentially("One");
  await composer(page).press("Enter");
  await composer(page).pressSequentially("two");
  await expect(composer(page)).toHaveValue("One\ntwo");
  await page.getByRole("button", { name: "Send" }).tap();
  await expect(message(page, "One\ntwo")).toBeVisible();
  await expect(messages(page)).toHaveCount(1);
});

test("Enter does not send while an input method composes", async ({ visitor }) => {
  const page = await visitor();
  await register(page, "Ines");
  await openDirect(page, await register(await visitor(), "Robin"));
  const enterKey = { key: "Enter", code: "Enter", bubbles: true, cancelable: true };
  await composer(page).fill("あした");
  await composer(page).dispatchEvent("keydown", { ...enterKey, isComposing: true });
  await composer(page).dispatchEvent("keydown", { ...enterKey, keyCode: 229 });
  await expect(composer(page)).toHaveValue("あした");
  // The same key does send when nothing composes.
  await composer(page).dispatchEvent("keydown", enterKey);
  await expect(message(page, "あした")).toBeVisible();
  await expect(messages(page)).toHaveCount(1);
});

test("blanks alone are not sent", async ({ visitor }) => {
  const page = await visitor();
  await register(page, "Ines");
  const room = await openDirect(page, await register(await visitor(), "Robin"));
  await composer(page).fill("  \n ");
  await composer(page).press("Enter");
  await page.getByRole("button", { name: "Send" }).click();
  await say(page, "Something.");
  await expect(messages(page)).toHaveCount(1);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await enter(page, room);
  await expect(messages(page)).toHaveCount(1);
});

test("without JavaScript blanks and overlong texts are refused, and what was typed stays", async ({ visitor, guard }) => {
  guard.forgivesStatus(422);
  const page = await visitor({ javaScriptEnabled: false });
  await register(page, "Ines");
  await openDirect(page, await register(await visitor(), "Robin"));
  await page.getByRole("button", { name: "Send" }).click();
  await expect(composer(page)).toHaveAccessibleDescription("Write something first.");
  await composer(page).fill("ä".repeat(8001));
  await page.getByRole("button", { name: "Send" }).click();
  await expect(composer(page)).toHaveAccessibleDescription(/holds 8,000 characters/);
  await expect(composer(page)).toHaveValue("ä".repeat(8001));
  await composer(page).fill("Shorter.");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(message(page, "Shorter.")).toBeVisible();
});

test("without JavaScript every link leads somewhere, times name their zone, and a browser can keep the site as an app", async ({ visitor }) => {
  const page = await visitor({ javaScriptEnabled: false });
  await register(page, "Ines");
  const room = await openDirect(page, await register(await visitor(), "Robin"));
  await say(page, "Hello.");
  await expect(message(page, "Hello.").locator("time")).toHaveText(/^\d+:\d\d UTC$/);
  await expect(page.locator(".room-link__time").first()).toHaveText(/^\d+:\d\d UTC$/);
  for (const path of ["/rooms", room]) {
    await page.goto(path);
    await expect(page.locator("a:not([href])")).toHaveCount(0);
  }
  await expect(page.locator("meta[name=description]")).toHaveAttribute("content", /chat/);
  await expect(page.locator("meta[name=theme-color]")).toHaveCount(2);
  const [manifest, icon] = [page.locator("link[rel=manifest]"), page.locator("link[rel=apple-touch-icon]")];
  const kept = await page.request.get((await manifest.getAttribute("href")) ?? "");
  expect(kept.headers()["content-type"]).toBe("application/manifest+json");
  for (const { src } of (await kept.json()).icons) expect((await page.request.get(src)).status()).toBe(200);
  expect((await page.request.get((await icon.getAttribute("href")) ?? "")).headers()["content-type"]).toBe("image/png");
});
