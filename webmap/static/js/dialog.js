// One window for what needs an answer before anything else goes on.
import { fill, h } from "./dom.js";
import { toast } from "./scenario/toast.js";

const box = h("dialog.dialog", { "aria-labelledby": "dialog-title" });

/** Ask something; `buttons` are [[words, action, main]]. */
export function ask(title, content, buttons) {
  if (!box.isConnected) document.body.append(box);
  fill(box, h("h2", { id: "dialog-title" }, title), content, h("div.actions", {}, buttons.map(
    ([words, action, main = false]) => h(main ? "button.button.main" : "button.button", {
      type: "button",
      onclick: async () => {
        box.close();
        try {
          await action?.();
        } catch (problem) {
          toast(problem.message, { bad: true });
        }
      },
    }, words))));
  if (!box.open) box.showModal();
}
