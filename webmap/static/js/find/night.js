// Day or night, before anything is painted: as the phone has it, or as its owner chose. The choice
// stays on the phone. Not a module, because modules wait until the page is read.
(() => {
  const KEPT = "yizhan-look";
  const LOOKS = ["auto", "day", "night"];
  const sheet = document.getElementById("night");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let look = kept();

  function kept() {
    try {
      const found = localStorage.getItem(KEPT);
      return LOOKS.includes(found) ? found : "auto";
    } catch {
      return "auto"; // storage can be forbidden
    }
  }

  function keep() {
    try {
      if (look === "auto") localStorage.removeItem(KEPT);
      else localStorage.setItem(KEPT, look);
    } catch {
      // It then holds for this visit.
    }
  }

  function show() {
    const isNight = look === "auto" ? dark.matches : look === "night";
    sheet.media = isNight ? "all" : "not all";
    document.documentElement.toggleAttribute("data-night", isNight);
    const bar = document.querySelector("meta[name=theme-color]");
    bar.content = isNight ? "#10171b" : "#26327f";
    for (const button of document.querySelectorAll("[data-look]")) {
      button.setAttribute("aria-pressed", String(button.dataset.look === look));
    }
    document.dispatchEvent(new Event("look"));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-look]");
    if (!button) return;
    look = button.dataset.look;
    keep();
    show();
  });
  document.addEventListener("DOMContentLoaded", show);
  dark.addEventListener?.("change", show);
  show();
})();
