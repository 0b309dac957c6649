// Keeps the composer above an on-screen keyboard that covers the page instead of shrinking it, as on iOS.
const viewport = window.visualViewport;
const root = document.documentElement;

/** Least height of a keyboard, in CSS pixels; a toolbar that comes and goes is lower. */
const KEYBOARD = 120;

const fit = () => {
  if (!viewport) return;
  // Zooming in shrinks the visual viewport as well; the page keeps its height then.
  const height = Math.round(viewport.height * viewport.scale);
  if (root.clientHeight - height < KEYBOARD) {
    root.style.removeProperty("--viewport-height");
    return;
  }
  root.style.setProperty("--viewport-height", `${height}px`);
  window.scrollTo(0, 0);
};

viewport?.addEventListener("resize", fit);
