// The keys of the page beside those of the editing tools.
const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog[open]");

/** `on` has focusFilter, tab(n), step(by), help, escape. */
export function keys(on) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape") {
      if (isTyping(event.target)) event.target.blur();
      else on.escape();
      return;
    }
    if (isTyping(event.target)) return;
    const act = {
      "/": on.focusFilter, "?": on.help, j: () => on.step(1), k: () => on.step(-1),
      1: () => on.tab(1), 2: () => on.tab(2), 3: () => on.tab(3), 4: () => on.tab(4),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
