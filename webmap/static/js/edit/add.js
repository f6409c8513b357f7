// A new station: a click puts it down, the card asks for the rest and tells whom it would bring.
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { city } from "../island.js";
import { freeId } from "../scenario/changes.js";
import { edit } from "../scenario/session.js";
import { faultWords } from "../scenario/words.js";
import { TIERS, tier } from "../words.js";
import * as card from "./card.js";
import { balance, position } from "./drag.js";
import { hoursField, servicesField } from "./fields.js";
import { mark } from "./marks.js";
import { commit, over, preview } from "./preview.js";
import { rest, say } from "./toolbar.js";

const SIGN = { centre: "square", station: "square", point: "round" };

/** Return the tool; `known()` gives the stations, `made(id)` hears of the new one. */
export function adding({ map }, known, { leaveCard, made }) {
  let sign = null;
  let form = null;

  function clear() {
    sign?.remove();
    if (form) card.hide();
    sign = form = null;
  }

  function put(latlng) {
    if (form) {
      sign.setLatLng(latlng);
      form.ask();
      return;
    }
    sign = mark(latlng, h("span.edit-new", {}, h("span.edit-badge.open", {}, t("新")))).addTo(map);
    leaveCard();
    say(null);
    ask();
  }

  function ask() {
    const { before, after } = known();
    const ids = [...before.keys(), ...after.keys()];
    const id = freeId("n", ids);
    const result = h("p.balance", { "aria-live": "polite" }, balance(null));
    const name = h("input", {
      type: "text", "data-key": "name", required: true, maxlength: "80", "aria-label": t("名称"),
      value: t("新驿站 {n}", { n: id.slice(1) }),
    });
    const tiers = h("select", { "data-key": "tier", "aria-label": t("级别"), onchange: () => show() },
      Object.keys(TIERS).reverse().map((key) => h("option", { value: key }, tier(key))));
    const services = servicesField(usual(), { onDone: () => form.ask() });
    const hours = hoursField("24/7", { onTry: () => form.ask(), onDone: () => form.ask() });
    const show = () => { sign.getElement().firstChild.classList.toggle("square", SIGN[tiers.value] === "square"); };
    const change = () => ({
      kind: "open", station: id, position: position(sign.getLatLng()),
      name: name.value.trim() || t("新驿站"), tier: tiers.value,
      services: services.value(), opening_hours: hours.value(),
    });
    const told = (answer, problem) => {
      fill(result, problem ? h("span.loss", {}, faultWords(problem)) : balance(answer));
      save.disabled = Boolean(problem);
    };
    const save = h("button.button.main", { type: "submit", "data-key": "save" }, t("添加驿站"));
    form = h("form.station-form", {
      onsubmit: async (event) => {
        event.preventDefault();
        const wanted = change();
        const saved = commit(() => edit(wanted));
        rest();
        if (await saved) made(id);
      },
    },
    h("div.field.pair", {}, name, tiers), hours, services, result,
    h("div.actions", {}, save, h("button.button", { type: "button", "data-key": "cancel", onclick: rest }, t("取消"))));
    form.ask = () => preview([change()], told);
    card.show(t("新增驿站"), t("点地图可换位置"), rest, form);
    name.select();
    if (innerWidth >= 768) name.focus({ preventScroll: true });
    form.ask();
  }

  return {
    name: "add", key: "a", title: "新增驿站", icon: "add-station",
    words: "点一下地图，放下新驿站；回车放在中间",
    click: put,
    leave: () => {
      over();
      clear();
    },
  };
}

// What nearly every station offers.
const usual = () => ["rest", "water"].filter((key) => city.services.some((one) => one.key === key));
