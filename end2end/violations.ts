import type { Page } from "@playwright/test";
import axe from "axe-core";

/** What axe finds against a page, a line for each place: all its rules in the light, and those about colours in the dark. */
export async function violations(page: Page): Promise<string[]> {
  // What fades from one colour to the other would be seen on its way.
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.evaluate(axe.source);
  const inTheLight = await breaches(page, {});
  await page.emulateMedia({ colorScheme: "dark" });
  const inTheDark = await breaches(page, { runOnly: ["color-contrast", "link-in-text-block"] });
  await page.emulateMedia({ colorScheme: "light" });
  return [...inTheLight, ...inTheDark.map((line) => `in the dark: ${line}`)];
}

async function breaches(page: Page, options: axe.RunOptions): Promise<string[]> {
  const found = await page.evaluate((all) => axe.run(all), { ...options, resultTypes: ["violations"] } as axe.RunOptions);
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}
