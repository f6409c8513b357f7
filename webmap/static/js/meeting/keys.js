// The presenter's keys, and those that a clicker sends.

// A field, or something that moves by arrow keys itself.
const isOwn = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog[open], [role=separator]");
const NAMES = {
  ArrowRight: "next", ArrowDown: "next", PageDown: "next", " ": "next", Enter: "next",
  ArrowLeft: "back", ArrowUp: "back", PageUp: "back", Backspace: "back",
  Home: "first", End: "last", Escape: "escape",
  b: "black", B: "black", ".": "black",
  s: "divider", S: "divider", l: "light", L: "light", c: "clock", C: "clock",
  f: "full", F: "full", e: "edit", E: "edit", "?": "help", h: "help", H: "help",
};

/**
 * Wire the keys to `on` (next, back, first, last, page(n), black, divider, light, clock, full, edit,
 * help, escape). While `on.isBlack()` any of them only brings the view back. Returns `{hold(on)}`.
 */
export function keys(on) {
  let isHeld = false; // somebody edits: letters are letters

  function heard(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const name = NAMES[event.key] ?? (/^[1-9]$/.test(event.key) ? "page" : null);
    if (!name || document.querySelector("dialog[open]")) return;
    const isPress = event.key === " " || event.key === "Enter";
    if (isPress && event.target.closest?.("button, a, summary")) return;
    if (isOwn(event.target) && name !== "escape") return;
    if (isHeld && name !== "escape" && name !== "edit") return;
    if (isHeld && isOwn(event.target)) return;
    // The map would pan by arrows, and the browser go back.
    event.preventDefault();
    event.stopPropagation();
    if (on.isBlack()) {
      on.black();
      return;
    }
    if (event.repeat && !["next", "back"].includes(name)) return;
    if (name === "page") on.page(Number(event.key) - 1);
    else on[name]();
  }
  addEventListener("keydown", heard, { capture: true });
  return { hold: (wanted) => { isHeld = wanted; } };
}
