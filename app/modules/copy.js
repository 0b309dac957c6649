// Copies the field that a button names, and says so on the button.
const copy = async (field) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(field.value);
  // Without https browsers offer the older way only.
  field.select();
  if (!document.execCommand("copy")) throw new Error("refused");
};

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  const field = button && document.getElementById(button.dataset.copy);
  if (!field) return;
  try {
    await copy(field);
    button.textContent = "Copied";
  } catch {
    field.select();
    button.textContent = "Press Ctrl+C";
  }
});
