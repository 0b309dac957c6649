import type { BrowserContext } from "@playwright/test";

/** Hears what browsers complain about: console errors and warnings, uncaught errors, dialogs nobody asked for. */
export class Guard {
  #heard: string[] = [];
  #forgiven: RegExp[] = [];

  watch(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      const [line] = message.text().split("\n");
      this.#heard.push(`${message.type()}: ${line} (${message.location().url})`);
    });
    context.on("weberror", (error) => this.#heard.push(`uncaught: ${error.error().message}`));
    context.on("dialog", (dialog) => {
      this.#heard.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** What this test provokes on purpose. */
  forgives(...complaints: RegExp[]): void {
    this.#forgiven.push(...complaints);
  }

  /** The browser's line about a page that answers with this status, as it should. */
  forgivesStatus(status: number): void {
    this.forgives(new RegExp(`^error: Failed to load resource: .* status of ${status} `));
  }

  /** The browser's lines about a server that is gone for a while. */
  forgivesLostServer(): void {
    this.forgives(
      /^error: WebSocket connection to '[^']+' failed/,
      /^error: Failed to load resource: net::ERR_(CONNECTION_\w+|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/,
    );
  }

  /** What was not forgiven, each line once. */
  get complaints(): string[] {
    return [...new Set(this.#heard)].filter((line) => !this.#forgiven.some((pattern) => pattern.test(line)));
  }
}
