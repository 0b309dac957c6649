import type { Locator, Page } from "@playwright/test";
import { expect, isScripted } from "./journey.ts";

export interface Person {
  /** The display name, unique like the others. */
  name: string;
  username: string;
  email: string;
  password: string;
}

let made = 0;

/** Somebody of that first name whom no other test knows. */
export function somebody(first: string): Person {
  made += 1;
  const username = `${first.toLowerCase()}-${made}`;
  return { name: `${first} ${made}.`, username, email: `${username}@example.org`, password: `the word of ${username}` };
}

/** A room name that no other test uses. */
export function roomCalled(name: string): string {
  made += 1;
  return `${name} ${made}.`;
}

/** Gives the page's browser an account, and logs it in, without showing a page. */
export async function register(page: Page, first: string): Promise<Person> {
  const person = somebody(first);
  await enroll(page, person);
  return person;
}

export async function enroll(page: Page, { name, username, email, password }: Person): Promise<void> {
  await submit(page, "register", { username, display_name: name, email, password });
}

/** Posts a form as a page of the site would. */
export async function submit(page: Page, form: string, fields: Record<string, string>): Promise<void> {
  const answer = await page.request.post(`/form/${form}`, {
    form: fields,
    headers: { "sec-fetch-site": "same-origin" },
    maxRedirects: 0,
  });
  expect(answer.status(), `${form} is done`).toBe(303);
}

/** Creates an account on the page that stands open for it. */
export async function signUp(page: Page, { name, username, email, password }: Person): Promise<void> {
  await page.getByRole("textbox", { name: "Username" }).fill(username);
  await page.getByRole("textbox", { name: "Display name" }).fill(name);
  await page.getByRole("textbox", { name: "Email" }).fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
}

/** Logs in on the page that stands open for it. */
export async function logIn(page: Page, login: string, password: string): Promise<void> {
  await page.getByRole("textbox", { name: "Username or email" }).fill(login);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

/** Goes to a page and waits until it answers to clicks. */
export async function enter(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await isReady(page);
}

/** Waits until a page of the rooms answers to clicks. */
export async function isReady(page: Page): Promise<void> {
  if (isScripted(page)) await page.locator(".workspace[data-hydrated]").waitFor();
  else await page.locator(".workspace").waitFor();
}

/** Opens the direct room with somebody; the path of it. */
export async function openDirect(page: Page, other: Person): Promise<string> {
  await page.goto(`/people?q=${other.username}`);
  await page.getByRole("button", { name: `Message ${other.name}`, exact: true }).click();
  return isInRoom(page, other.name);
}

/** Makes a room for several; the path of it. */
export async function createRoom(page: Page, name: string, members: Person[]): Promise<string> {
  await page.goto("/rooms/new");
  await page.getByRole("textbox", { name: "Room name" }).fill(name);
  for (const member of members) await page.getByRole("checkbox", { name: member.name, exact: true }).check();
  await page.getByRole("button", { name: "Create room" }).click();
  return isInRoom(page, name);
}

/** Makes rooms for two, without showing a page. */
export async function seedRooms(page: Page, names: string[], { username }: Person): Promise<void> {
  const found = await (await page.request.get(`/people?q=${username}`)).text();
  const id = /open_direct"[^]*?name="user" value="(\d+)"/.exec(found)![1]!;
  for (const room_name of names) await submit(page, "create_room", { page: "/rooms/new", room_name, "members[]": id });
}

/** Expects a room to stand open and to answer to clicks; the path of it. */
export async function isInRoom(page: Page, name: string): Promise<string> {
  await expect(page).toHaveURL(/\/rooms\/\d+(#end)?$/);
  await expect(title(page)).toHaveText(name);
  await isReady(page);
  return new URL(page.url()).pathname;
}

/** Writes a message into the open room and sends it; it is stored then. */
export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  const isByKey = isScripted(page) && !(await page.evaluate(() => matchMedia("(pointer: coarse)").matches));
  if (isByKey) await composer(page).press("Enter");
  else await page.getByRole("button", { name: "Send" }).click();
  await expect(message(page, text)).toBeVisible();
  await expect(messages(page).getByText("Sending…")).toHaveCount(0);
  await expect(message(page, text).getByRole("button", { name: "Retry" })).toHaveCount(0);
}

/** Logs out from the page that is open. */
export async function logOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
}

export function title(page: Page): Locator {
  return page.getByRole("main").getByRole("heading", { level: 1 });
}

export function composer(page: Page): Locator {
  return page.getByRole("textbox", { name: "Message" });
}

export function log(page: Page): Locator {
  return page.getByRole("log", { name: "Messages" });
}

export function messages(page: Page): Locator {
  return log(page).getByRole("article");
}

export function message(page: Page, text: string): Locator {
  return messages(page).filter({ hasText: text });
}

/** The link to a room in the list; its name goes on with the last words and what is unread. */
export function roomLink(page: Page, name: string): Locator {
  const start = new RegExp(`^${name.replace(/[^\w ]/g, "\\$&")}`);
  return page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: start });
}

/** What opens the menu of a member, in the panel. */
export function menuOf(page: Page, { name }: Person): Locator {
  return page.locator("summary").and(page.getByLabel(`More about ${name}`, { exact: true }));
}

/** Takes a member out of the room whose members stand open. */
export async function removeMember(page: Page, person: Person): Promise<void> {
  await menuOf(page, person).click();
  await page.getByRole("button", { name: `Remove ${person.name}`, exact: true }).click();
}

/** The state of the connection. */
export function status(page: Page): Locator {
  return page.locator(".workspace").getByRole("status");
}
