// The card of a station: what it is in the scenario, and all that can be changed of it.
import { fill, h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { desk } from "../desk.js";
import { isStreet, reopened, restored, subject, withSeats, withServices } from "../scenario/changes.js";
import { edit, revise, session } from "../scenario/session.js";
import { described, faultWords } from "../scenario/words.js";
import { tier } from "../words.js";
import { balance, position } from "./drag.js";
import { hoursField, seatsField, servicesField } from "./fields.js";
import { commit, over, preview } from "./preview.js";
import { saidLine } from "./said.js";
import { rest, use } from "./toolbar.js";

export const panel = h("aside.edit-card.float", { id: "edit-card", hidden: true, "data-card": "station" });

/** Show a card of this owner; the others close. */
export function show(heading, under, close, ...content) {
  const focused = panel.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  fill(panel,
    h("header", {},
      h("div", {}, h("h2", { tabindex: "-1" }, heading), under && h("p.muted.small", {}, under)),
      h("button.close", { type: "button", "aria-label": t("关闭"), "data-key": "close", onclick: close }, icon("close"))),
    ...content);
  if (panel.hidden) {
    panel.hidden = false;
    panel.scrollTop = 0;
    desk.emit("card", "station");
  }
  if (focused) panel.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

export function hide() {
  panel.hidden = true;
  panel.replaceChildren();
}

/** Return what opens and closes the card of a station; `known()` gives {before, after} by id. */
export function stationCard({ layers }, known) {
  let opened = null;

  const close = () => {
    opened = null;
    hide();
    layers.stations.choose(null);
    if (desk.tool === "move") rest();
    desk.set({ station: null });
  };

  function moving(id) {
    return {
      name: "move",
      words: t("点一下新位置；回车取地图中间"),
      click: (latlng) => {
        const saved = commit(() => edit({ kind: "move", station: id, position: position(latlng) }));
        rest();
        return saved;
      },
      move: (latlng) => preview([{ kind: "move", station: id, position: position(latlng) }]),
      leave: () => over(),
    };
  }

  function actions(id, after, before) {
    const isOpen = after.properties.status === "open";
    const wasOpen = before?.properties.status === "open";
    return h("div.actions", {},
      h("button.button", { type: "button", "data-key": "move", onclick: () => use(moving(id)) }, icon("move"), t("移动")),
      isOpen
        ? h("button.button", { type: "button", "data-key": "shut", onclick: () => edit({ kind: "close", station: id }) },
          before ? t("关闭") : t("删去"))
        : h("button.button", { type: "button", "data-key": "shut",
          onclick: () => revise((list) => reopened(list, id, wasOpen)) }, t("重新开放")));
  }

  function changed(id, own, names) {
    if (!own.length) return null;
    return h("div.own-changes", {},
      h("ul", {}, own.map((change) => {
        const { what, more } = described(change, names);
        return h("li", {}, h("b", {}, what), more && h("span.muted", {}, more));
      })),
      h("button.link.small", { type: "button", "data-key": "restore",
        onclick: () => revise((list) => restored(list, id)) }, t("还原这一座")));
  }

  function render() {
    const { before, after } = known();
    const now = after.get(opened);
    if (!now) {
      close();
      return;
    }
    const id = opened;
    const { properties } = now;
    const today = before.get(id)?.properties;
    const own = session.changes.filter((change) => !isStreet(change) && subject(change) === id);
    const result = h("p.balance", { "aria-live": "polite" });
    const hoursOf = hoursField(properties.opening_hours, {
      onTry: (text) => preview([{ kind: "hours", station: id, opening_hours: text }], (answer, problem) => {
        fill(result, answer ? balance(answer) : null);
        if (problem) hoursOf.fault(faultWords(problem));
      }),
      onDone: (text) => commit(() => edit({ kind: "hours", station: id, opening_hours: text })),
    });
    const status = { closed: t("已关闭"), planned: t("规划中") }[properties.status];
    show(properties.name, [tier(properties.tier), today ? status : t("新增"), properties.host].filter(Boolean).join(" · "), close,
      today && saidLine(id),
      changed(id, own, new Map([...after, ...before])),
      actions(id, now, before.get(id)),
      hoursOf,
      servicesField(properties.services, {
        onDone: (keys) => revise((list) => withServices(list, id, keys, today?.services ?? [])),
      }),
      seatsField(properties.capacity, {
        onDone: (seats) => revise((list) => withSeats(list, id, seats, today?.capacity ?? null)),
      }),
      result);
  }

  desk.on("card", (owner) => {
    if (opened && owner !== "station") close();
  });
  return {
    open(id) {
      opened = id;
      layers.stations.choose(id);
      desk.set({ station: id });
      render();
    },
    close: () => opened && close(),
    /** Forget the station without closing: something else stands in the card now. */
    leave() {
      opened = null;
      layers.stations.choose(null);
    },
    render: () => opened && render(),
    get opened() { return opened; },
  };
}
