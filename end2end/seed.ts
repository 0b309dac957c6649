import type { Page } from "@playwright/test";

/** Writes "message 001." and so on into a room, over a socket of its own and as fast as they are stored. */
export async function seed(page: Page, room: string, count: number): Promise<void> {
  const id = Number(room.split("/").at(-1));
  await page.evaluate(
    ([room, count]) =>
      new Promise<void>((resolve, reject) => {
        const socket = new WebSocket(`ws://${location.host}/ws`);
        let acknowledged = 0;
        let last = 0;
        socket.onclose = (event) => reject(new Error(`the socket was closed with ${event.code}`));
        socket.onmessage = ({ data }) => {
          const frame = JSON.parse(data);
          if (frame.type === "error") reject(new Error(frame.message));
          if (frame.type === "welcome") {
            for (let no = 1; no <= count; no += 1) {
              const text = `message ${String(no).padStart(3, "0")}.`;
              socket.send(JSON.stringify({ id: no, type: "new_message", room, client_id: crypto.randomUUID(), text }));
            }
          }
          if (frame.type === "ack") {
            if (frame.no < last) reject(new Error(`message ${frame.id} was stored as ${frame.no}, after ${last}: the sender's order is lost`));
            last = frame.no;
            acknowledged += 1;
          }
          if (acknowledged === count) {
            socket.onclose = () => resolve();
            socket.close();
          }
        };
      }),
    [id, count] as const,
  );
}
