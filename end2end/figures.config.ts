import { defineConfig } from "@playwright/test";
import journeys from "./playwright.config.ts";

/** What is measured in a browser, one after the other; it checks nothing. */
export default defineConfig(journeys, { testMatch: "*.figure.ts", workers: 1, reporter: "list" });
