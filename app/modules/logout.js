// Asks before a log-out discards messages that were not sent, and removes what this browser keeps for the person once it is done.
const LEAVING = "natter-leaving";

const keysOf = (prefix) => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
};

const ask = (form, count) => {
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  dialog.setAttribute("aria-label", "Log out");
  const words = document.createElement("p");
  words.textContent =
    count === 1
      ? "1 message has not been sent. Logging out discards it."
      : `${count} messages have not been sent. Logging out discards them.`;
  const button = (text, look, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = look;
    made.textContent = text;
    made.addEventListener("click", () => {
      dialog.close();
      act();
    });
    return made;
  };
  const leave = () => {
    form.dataset.confirmed = "";
    form.requestSubmit();
  };
  dialog.append(
    words,
    button("Stay logged in", "button", () => {}),
    button("Log out and discard", "button button--danger", leave),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  const user = form.elements.namedItem("user")?.value;
  if (new URL(form.action).pathname !== "/form/logout" || !user) return;
  const waiting = [...keysOf(`natter-outbox-${user}-`), ...keysOf(`natter-lost-${user}`)];
  if (waiting.length > 0 && form.dataset.confirmed === undefined) {
    event.preventDefault();
    ask(form, waiting.length);
    return;
  }
  try {
    sessionStorage.setItem(LEAVING, user);
  } catch {
    // Where nothing can be noted, nothing was kept either.
  }
});

// A log-out that is done leads here; any other page says that it has failed, and then everything stays.
try {
  const user = sessionStorage.getItem(LEAVING);
  sessionStorage.removeItem(LEAVING);
  if (user && location.pathname === "/login") {
    const kept = [`natter-outbox-${user}-`, `natter-draft-${user}-`, `natter-lost-${user}`].flatMap(keysOf);
    for (const key of kept) localStorage.removeItem(key);
  }
} catch {
  // Nothing can be kept in this browser.
}
