import type { BrowserContextOptions, Page } from "@playwright/test";
import { Guard } from "./guard.ts";
import { Installation } from "./installation.ts";
import { expect, test as base } from "./server.ts";

interface Journey {
  /** What the browsers of this test complain about; a test fails on whatever it has not forgiven. */
  guard: Guard;
  /** Opens a browser of its own: another cookie jar, another person. */
  visitor: (options?: BrowserContextOptions) => Promise<Page>;
}

export const test = base.extend<Journey, { home: Installation }>({
  // Started for whoever names it. It stands here and not where it is used, as Playwright leaves a file whose workers
  // differ from those of others to the end.
  home: [
    async ({}, use) => {
      const home = await Installation.start();
      await use(home);
      await home.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  guard: async ({}, use) => {
    const guard = new Guard();
    await use(guard);
    expect(guard.complaints, "the browser complains about nothing").toEqual([]);
  },
  visitor: async ({ browser, guard }, use) => {
    const pages: Page[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext(options);
      guard.watch(context);
      const page = await context.newPage();
      if (options.javaScriptEnabled === false) plain.add(page);
      pages.push(page);
      return page;
    });
    for (const page of pages) await page.context().close();
  },
});

const plain = new WeakSet<Page>();

/** Whether scripts run in this page. */
export function isScripted(page: Page): boolean {
  return !plain.has(page);
}

/** For journeys that work either way. */
export const withAndWithoutScripts = [true, false].map((javaScriptEnabled) => ({
  javaScriptEnabled,
  how: javaScriptEnabled ? "with JavaScript" : "without JavaScript",
}));

export { expect };
