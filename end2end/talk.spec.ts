import { expect, test, withAndWithoutScripts } from "./journey.ts";
import { enter, enroll, isInRoom, message, messages, openDirect, register, roomLink, say, signUp, somebody } from "./people.ts";

for (const { javaScriptEnabled, how } of withAndWithoutScripts) {
  test(`two people find each other and talk, ${how}`, async ({ visitor }) => {
    const [ines, robin] = [await visitor({ javaScriptEnabled }), await visitor({ javaScriptEnabled })];
    const [her, him] = [somebody("Ines"), somebody("Robin")];
    for (const [page, person] of [[ines, her], [robin, him]] as const) {
      await page.goto("/register");
      await signUp(page, person);
      await expect(page).toHaveURL(/\/rooms$/);
    }

    await ines.getByRole("link", { name: "People", exact: true }).click();
    await ines.getByRole("searchbox", { name: "Find people" }).fill(him.username.toUpperCase());
    await ines.getByRole("searchbox", { name: "Find people" }).press("Enter");
    await expect(ines.getByRole("button", { name: `Message ${her.name}` })).toHaveCount(0);
    await ines.getByRole("button", { name: `Add ${him.name} to contacts` }).click();
    await expect(ines.getByRole("button", { name: `Remove ${him.name} from contacts` })).toBeVisible();
    await expect(ines.getByRole("heading", { name: "Contacts" })).toBeVisible();
    await ines.getByRole("button", { name: `Message ${him.name}` }).click();
    const room = await isInRoom(ines, him.name);

    await say(ines, "Is the garden open?");
    if (javaScriptEnabled) await roomLink(robin, her.name).click();
    else await enter(robin, room);
    await isInRoom(robin, her.name);
    await expect(message(robin, "Is the garden open?")).toContainText(new RegExp(`^${her.name}`));

    await say(robin, "Until nine.");
    if (!javaScriptEnabled) {
      await expect(message(ines, "Until nine.")).toHaveCount(0);
      await ines.getByRole("link", { name: "Check for new messages" }).click();
    }
    await expect(message(ines, "Until nine.")).toContainText(new RegExp(`^${him.name}`));
    await expect(message(ines, "Until nine.").getByRole("time")).toHaveAttribute("datetime", /^\d{4}-\d\d-\d\dT/);
    for (const page of [ines, robin]) {
      await page.reload();
      await expect(messages(page)).toHaveText([/Is the garden open\?/, /Until nine\./]);
    }
  });
}

test("someone with and someone without JavaScript talk to each other", async ({ visitor }) => {
  const [ines, robin] = [await visitor(), await visitor({ javaScriptEnabled: false })];
  await register(ines, "Ines");
  const him = await register(robin, "Robin");
  const room = await openDirect(ines, him);
  await say(ines, "Is the garden open?");
  await enter(robin, room);
  await expect(message(robin, "Is the garden open?")).toBeVisible();
  await say(robin, "Until nine.\nBring tea.");
  await expect(message(ines, "Until nine.")).toBeVisible();
  await expect(messages(ines)).toHaveCount(2);
});

test("without JavaScript what is unread is marked as read by a button", async ({ visitor }) => {
  const [ines, robin] = [await visitor(), await visitor({ javaScriptEnabled: false })];
  const her = await register(ines, "Ines");
  const him = await register(robin, "Robin");
  const room = await openDirect(ines, him);
  await say(ines, "One.");
  await say(ines, "Two.");
  await enter(robin, room);
  await expect(robin).toHaveTitle(`(2) ${her.name} · Natter`);
  await robin.getByRole("button", { name: "Mark as read" }).click();
  await expect(robin).toHaveTitle(`${her.name} · Natter`);
  await expect(robin.getByRole("button", { name: "Mark as read" })).toHaveCount(0);
});

test("a contact without a room stands beside the rooms, and one click makes it", async ({ visitor }) => {
  const page = await visitor();
  await register(page, "Ines");
  const him = somebody("Robin");
  await enroll(await visitor(), him);
  await page.goto(`/people?q=${him.username}`);
  await page.getByRole("button", { name: `Add ${him.name} to contacts` }).click();
  await expect(page.getByRole("button", { name: `Remove ${him.name} from contacts` })).toBeVisible();
  await enter(page, "/rooms");
  await page.getByRole("button", { name: `Message ${him.name}` }).click();
  await isInRoom(page, him.name);
});

test("a search takes spaces and signs as they are", async ({ visitor }) => {
  const page = await visitor();
  await register(page, "Ines");
  const odd = { ...somebody("Percy"), name: "Percy 100%41 +1 & sons" };
  await enroll(await visitor(), odd);
  for (const words of ["Percy 100", "100%41", "+1", "& sons"]) {
    await page.goto("/people");
    await page.getByRole("searchbox", { name: "Find people" }).fill(words);
    await page.getByRole("button", { name: "Search" }).click();
    await expect(page.getByRole("searchbox", { name: "Find people" })).toHaveValue(words);
    await expect(page.getByText(odd.name)).toBeVisible();
  }
});
