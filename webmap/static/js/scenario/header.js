// The scenario in hand, in the head of the page: its name, whether it is saved, what it brings.
import { byId, fill, h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { desk } from "../desk.js";
import { figures } from "./figures.js";
import { retry, session } from "./session.js";
import { signed } from "./words.js";

const STATUS = { saving: "正在保存……", saved: "已保存", unsaved: "未保存" };

/** Fill the slot of the head; its button opens and closes the drawer. */
export function header(drawer) {
  const name = h("b", {});
  const people = h("span", {});
  const button = h("button.button.scenario-button", {
    type: "button", "aria-expanded": "false", "aria-controls": "drawer", onclick: drawer.toggle,
  }, icon("scenario"), name, people, icon("down"));
  const status = h("span.save-status.small", { "aria-live": "polite" });
  const again = h("button.link.small", { type: "button", onclick: retry }, t("重试"));
  fill(byId("scenarios"), button, status, again);

  let turn = 0;
  const tell = async () => {
    turn += 1;
    const mine = turn;
    const found = await Promise.all([figures(null), figures(desk.scenario)]).catch(() => null); // the page says why
    if (mine !== turn) return;
    const more = desk.scenario && found ? found[1].people.covered - found[0].people.covered : NaN;
    people.className = Math.round(more) < 0 ? "loss" : "gain";
    people.textContent = found?.[1].people.share === null || Number.isNaN(more) ? "" : t("{n} 人", { n: signed(more) });
  };
  const show = () => {
    const { scenario } = desk;
    const isNew = !scenario && session.changes.length > 0;
    name.textContent = scenario?.name ?? (isNew ? t("新方案") : t("今天的城市"));
    button.title = name.textContent;
    button.classList.toggle("on", Boolean(scenario) || isNew);
    status.hidden = !scenario && !isNew;
    status.textContent = t(STATUS[session.status]);
    status.className = `save-status small ${session.status}`;
    status.title = session.fault ?? "";
    again.hidden = session.status !== "unsaved";
  };
  desk.on("scenario", show);
  for (const word of ["scenario", "question"]) desk.on(word, tell);
  desk.on("edits", show);
  desk.on("drawer", (open) => button.setAttribute("aria-expanded", String(open)));
  show();
}
