// Keep what was chosen when the language changes: it stands after # in the address.
import { lang } from "./i18n.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-language]");
  if (link) link.href = `?lang=${lang === "en" ? "zh" : "en"}${location.hash}`;
});
