import type { BrowserContextOptions, Page, WebSocket } from "@playwright/test";
import { Front } from "./front.ts";
import { expect, test as journey } from "./journey.ts";
import { composer, enter, isReady, message, messages, openDirect, register, roomLink, say, signUp, somebody, status } from "./people.ts";

/** Journeys through nginx with TLS, to one Natter. */
const test = journey.extend<{ front: Front; nginx: [string, string][] }>({
  nginx: [[], { option: true }],
  front: async ({ env, nginx }, use) => {
    const front = await Front.start(env, nginx);
    await use(front);
    await front.stop();
  },
  baseURL: async ({ front }, use) => use(front.url),
  ignoreHTTPSErrors: true,
});

test.beforeEach(() => test.slow());

/** The socket of a page that is opened now. */
async function socketOf(page: Page, open: () => Promise<unknown>): Promise<WebSocket> {
  const opening = page.waitForEvent("websocket");
  await open();
  const socket = await opening;
  await isReady(page);
  return socket;
}

test("people register and talk through https and wss, also while nginx reads its configuration", async ({ front, guard, visitor }) => {
  guard.forgivesLostServer();
  const [ines, robin] = [await visitor(), await visitor()];
  const answer = await ines.goto("/register");
  expect(answer?.headers()["strict-transport-security"]).toBe("max-age=63072000");
  await signUp(ines, somebody("Ines"));
  await expect(ines).toHaveURL(`${front.url}/rooms`);
  // The page adds the time zone in a cookie of its own as soon as it runs.
  const ours = (await ines.context().cookies()).filter(({ name }) => name.includes("natter") && name !== "natter-zone");
  expect(ours.map(({ name }) => name.replace(/\d+/g, "N")).toSorted()).toEqual(["__Host-natter-N", "__Host-natter-N-device-N"]);
  for (const cookie of ours) expect(cookie).toMatchObject({ secure: true, httpOnly: true, path: "/" });

  const room = await openDirect(ines, await register(robin, "Robin"));
  await enter(robin, room);
  await say(ines, "Through wss.");
  await expect(message(robin, "Through wss.")).toBeVisible();
  await expect(messages(ines).getByText("Sending…")).toHaveCount(0);

  // Both have a socket by now, so another one is what they come back by.
  const again = Promise.all([ines, robin].map((page) => page.waitForEvent("websocket")));
  await front.nginx.reload();
  await composer(ines).fill("While it reads.");
  await composer(ines).press("Enter");
  for (const socket of await again) expect(socket.url()).toBe(`${front.url.replace("https", "wss")}/ws`);
  await composer(robin).fill("Between two sockets.");
  await composer(robin).press("Enter");
  await expect(messages(ines)).toContainText(["Through wss.", "While it reads.", "Between two sockets."]);
  await expect(messages(robin)).toContainText(["Through wss.", "While it reads.", "Between two sockets."]);
  for (const page of [ines, robin]) {
    await expect(messages(page)).toHaveCount(3);
    await expect(messages(page).getByText("Sending…")).toHaveCount(0);
    await expect(status(page)).toBeEmpty();
  }
});

/** The address that the settings tell of a log-in which claims to come from another one. */
async function addressTold(visitor: (options?: BrowserContextOptions) => Promise<Page>): Promise<string> {
  const forger = await visitor({ extraHTTPHeaders: { "x-forwarded-for": "203.0.113.9" } });
  await register(forger, "Mallory");
  await forger.goto("/settings/devices");
  const told = await forger.getByRole("main").innerText();
  return /\b\d+\.\d+\.\d+\.\d+\b/.exec(told)?.[0] ?? told;
}

// nginx asks from 127.0.0.2, and the browser from 127.0.0.1, in the name of 203.0.113.9.
for (const [trusted, told, how] of [
  ["127.0.0.3", "127.0.0.2", "of nobody who is trusted is believed nowhere"],
  ["127.0.0.2", "127.0.0.1", "counts as the proxy tells it, and not as a browser does"],
  ["127.0.0.1,127.0.0.2", "203.0.113.9", "is handed on by one trusted proxy to the next"],
]) {
  test.describe(`when ${trusted} is trusted`, () => {
    test.use({
      env: { NATTER_TRUSTED_PROXIES: trusted },
      nginx: [["proxy_http_version 1.1;", "proxy_http_version 1.1; proxy_bind 127.0.0.2;"]],
    });

    test(`an address ${how}`, async ({ visitor }) => {
      expect(await addressTold(visitor)).toBe(told);
    });
  });
}

test.describe("with an nginx that cuts what is silent for 22 seconds", () => {
  // In place of a minute, nginx' default: pages say something every 20 seconds, Natter itself every 30.
  test.use({ nginx: [["proxy_read_timeout 75s;", "proxy_read_timeout 22s;"]] });

  test("a page that nobody touches stays connected while a silent socket is cut", async ({ visitor }) => {
    const ines = await visitor();
    await register(ines, "Ines");
    const socket = await socketOf(ines, () => ines.goto("/rooms"));
    const silentFor = await ines.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const begun = Date.now();
          const silent = new WebSocket(`wss://${location.host}/ws`);
          silent.onclose = () => resolve((Date.now() - begun) / 1000);
        }),
    );
    expect(silentFor).toBeGreaterThan(21);
    expect(socket.isClosed()).toBe(false);
    await expect(status(ines)).toBeEmpty();
  });
});

test.describe("with a NATTER_ORIGIN that is not the address in the browser", () => {
  test.use({ env: { NATTER_ORIGIN: "https://chat.example.org" } });

  test("form, page and log say how to mend it", async ({ front, guard, visitor }) => {
    guard.forgivesStatus(403);
    guard.forgivesLostServer();
    const remedy = `set NATTER_ORIGIN=${front.url} and start it anew`;
    const ines = await visitor();
    await ines.goto("/register");
    await signUp(ines, somebody("Ines"));
    await expect(ines.getByRole("heading", { level: 1 })).toHaveText("That will not do");
    await expect(ines.getByRole("main")).toContainText(remedy);

    // A log-in of before the setting was changed.
    await register(ines, "Ines");
    let tries = 0;
    ines.on("websocket", () => (tries += 1));
    await enter(ines, "/rooms");
    await expect(ines.getByRole("alert")).toContainText(remedy);
    await expect.poll(() => tries, "it tries again").toBeGreaterThan(2);
    const lines = front.server.log.split("\n").filter((line) => line.includes("another address than NATTER_ORIGIN"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(front.url);
    expect(lines[0]).toContain("https://chat.example.org");
  });
});

test.describe("behind a proxy that passes no upgrades", () => {
  test.use({ nginx: [["proxy_set_header Upgrade $http_upgrade;", ""]] });

  test("the page says what is missing, sends by form and looks for news", async ({ guard, visitor }) => {
    guard.forgivesLostServer();
    const [ines, robin] = [await visitor(), await visitor()];
    const her = await register(ines, "Ines");
    const room = await openDirect(ines, await register(robin, "Robin"));
    await composer(ines).fill("By form.");
    await composer(ines).press("Enter");
    await enter(robin, room);
    for (const page of [ines, robin]) {
      await expect(status(page)).toContainText("does not pass on WebSockets", { timeout: 20_000 });
      await expect(message(page, "By form.")).toHaveCount(1, { timeout: 20_000 });
    }
    await say(ines, "And another.");
    await expect(messages(robin)).toHaveText([/By form\./, /And another\./], { timeout: 20_000 });
    await expect(roomLink(robin, her.name)).toContainText("And another.");
    await robin.reload();
    await expect(messages(robin)).toHaveText([/By form\./, /And another\./]);
  });
});
