// Says what a log-out discards before it is done, and removes what this browser keeps for the person once it is.
const LEAVING = "natter-leaving";

const keysOf = (prefix) => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
};

const userOf = (form) => form.elements.namedItem("user")?.value;

document.addEventListener(
  "beforetoggle",
  (event) => {
    const form = event.target.querySelector("form[action='/form/logout']");
    const loss = event.target.querySelector(".ask__loss");
    if (!form || !loss) return;
    const user = userOf(form);
    const count = user ? keysOf(`natter-outbox-${user}-`).length + keysOf(`natter-lost-${user}`).length : 0;
    loss.hidden = count === 0;
    loss.textContent =
      count === 1
        ? "1 message has not been sent. Logging out discards it."
        : `${count} messages have not been sent. Logging out discards them.`;
  },
  true,
);

document.addEventListener("submit", (event) => {
  const form = event.target;
  const user = userOf(form);
  if (new URL(form.action).pathname !== "/form/logout" || !user) return;
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
