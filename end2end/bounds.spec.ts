import type { Page } from "@playwright/test";
import { expect, test, withAndWithoutScripts } from "./journey.ts";
import { createRoom, enroll, enter, isReady, log, logIn, logOut, message, messages, openDirect, register, say, somebody, status, title } from "./people.ts";

test("logging out in one tab closes the other's socket and leads it to the log-in, and back", async ({ visitor }) => {
  const page = await visitor();
  const her = await register(page, "Ines");
  const room = await openDirect(page, await register(await visitor(), "Robin"));
  const other = await page.context().newPage();
  const opening = other.waitForEvent("websocket");
  await enter(other, room);
  const socket = await opening;
  const closing = socket.waitForEvent("close");
  expect(socket.isClosed()).toBe(false);
  await logOut(page);
  await expect(page).toHaveURL(/\/login$/);
  await closing;
  await expect(other).toHaveURL(`/login?next=${room}`);
  await logIn(other, her.username, her.password);
  await expect(other).toHaveURL(room);
});

test("another password sends the other session's open room to the log-in", async ({ visitor }) => {
  const [page, other] = [await visitor(), await visitor()];
  const her = await register(page, "Ines");
  const room = await openDirect(page, await register(await visitor(), "Robin"));
  await other.goto(`/login?next=${room}`);
  await logIn(other, her.username, her.password);
  await isReady(other);
  await page.goto("/settings");
  await page.getByLabel("Current password").fill(her.password);
  await page.getByLabel("New password").fill("a longer word");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("status")).toContainText("Your password is changed.");
  await expect(other).toHaveURL(`/login?next=${room}`);
});

test("a room that is not one's own looks like one that does not exist", async ({ visitor, guard }) => {
  guard.forgivesStatus(404);
  const [ines, robin, stranger] = [await visitor(), await visitor(), await visitor()];
  await register(ines, "Ines");
  const room = await openDirect(ines, await register(robin, "Robin"));
  await say(ines, "For your eyes only.");
  expect((await robin.goto(room))?.status(), "whoever is in it sees it").toBe(200);
  await expect(message(robin, "For your eyes only.")).toBeVisible();
  await register(stranger, "Mallory");
  const answers: string[] = [];
  for (const path of [room, "/rooms/999999999", "/rooms/none", `${room}/members`, "/rooms/999999999/members", "/nowhere"]) {
    const answer = await stranger.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(stranger.getByRole("heading", { level: 1 })).toHaveText("Nothing here");
    expect(await stranger.content()).not.toContain("For your eyes only.");
    answers.push(await stranger.getByRole("main").innerHTML());
  }
  expect(new Set(answers).size).toBe(1);
  const refusal = await stranger.request.get(`/ws${room}`, {
    headers: {
      origin: new URL(stranger.url()).origin,
      connection: "upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    },
  });
  expect(refusal.status()).toBe(404);
});

const EVIL = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(2)</script>",
  "</script><script>alert(3)</script><!--<script>",
  "javascript:alert(4)",
  "[click](javascript:alert(5))",
  "https://a.example/\"onmouseover=\"alert(6)",
  "'\"><svg onload=alert(7)>{{alert(8)}}",
];

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test(`scripts in names and messages stay text, ${how}`, async ({ visitor }) => {
    const [ines, robin] = [await visitor({ javaScriptEnabled }), await visitor({ javaScriptEnabled })];
    const room = "<script>alert('room')</script>";
    const person = { ...somebody("Mallory"), name: "<img src=x onerror=alert('name')>" };
    const him = await register(robin, "Robin");
    await enroll(ines, person);
    await enter(ines, "/rooms");
    await expect(ines.getByText(person.name)).toBeVisible();
    const path = await createRoom(ines, room, [him]);
    if (javaScriptEnabled) await enter(robin, path);
    for (const text of EVIL) await say(ines, text);
    if (!javaScriptEnabled) await enter(robin, path);
    for (const page of [ines, robin]) {
      await areText(page, EVIL);
      await page.goto(`${path}/members`);
      await isReady(page);
      await expect(title(page)).toHaveText(room);
      await expect(page.getByRole("complementary", { name: "Members" }).getByText(person.name).first()).toBeVisible();
      await page.goto(path);
      await isReady(page);
      await areText(page, EVIL);
    }
    await robin.goto(`/people?q=${person.username}`);
    await expect(robin.getByText(person.name)).toBeVisible();
    await robin.goto(`/people?q=${encodeURIComponent("\"><script>alert(9)</script>")}`);
    await expect(robin.getByText("alert(9)")).toBeVisible();
  });
}

async function areText(page: Page, texts: string[]): Promise<void> {
  await expect(messages(page)).toHaveCount(texts.length);
  for (const [index, text] of texts.entries()) await expect(messages(page).nth(index)).toContainText(text);
  await expect(log(page).locator("img, script, [onerror], [onload], [onmouseover], [href^='javascript:' i]")).toHaveCount(0);
}

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test(`addresses in messages are links that give nothing away, ${how}`, async ({ visitor }) => {
    const page = await visitor({ javaScriptEnabled });
    await register(page, "Ines");
    await openDirect(page, await register(await visitor(), "Robin"));
    await say(page, "See https://garden.example/key?a=1&b=2, or write to key@garden.example.");
    const link = log(page).getByRole("link", { name: "https://garden.example/key?a=1&b=2", exact: true });
    await expect(link).toHaveAttribute("href", "https://garden.example/key?a=1&b=2");
    await expect(link).toHaveAttribute("rel", /\bnoopener\b.*\bnoreferrer\b/);
    await page.context().route("https://garden.example/**", (route) =>
      route.fulfill({ contentType: "text/html", body: "<!doctype html><title>The key</title>" }),
    );
    const opening = page.context().waitForEvent("page");
    await link.click();
    await expect(await opening).toHaveTitle("The key");
    await expect(log(page).getByRole("link", { name: "key@garden.example" })).toHaveAttribute("href", "mailto:key@garden.example");
  });
}

test("a tab too many says so, and goes on once another is closed", async ({ visitor }) => {
  test.slow();
  const page = await visitor();
  await register(page, "Ines");
  await enter(page, "/rooms");
  await page.evaluate(async () => {
    const sockets = Array.from({ length: 19 }, () => new WebSocket(`${location.origin.replace("http", "ws")}/ws`));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => (socket.onmessage = resolve))));
  });
  const other = await page.context().newPage();
  await enter(other, "/rooms");
  await expect(status(other)).toHaveText("Natter is open in too many tabs. Close one to go on in this one.", { timeout: 10_000 });
  await page.close();
  await expect(status(other)).toBeEmpty({ timeout: 20_000 });
});
