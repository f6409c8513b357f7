// Gates and closed ways that refuse the chosen way of travelling: a click opens one, in thought.
import { get } from "../api.js";
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { desk } from "../desk.js";
import { freeId } from "../scenario/changes.js";
import { edit, session } from "../scenario/session.js";
import { faultWords } from "../scenario/words.js";
import { state } from "../state.js";
import * as card from "./card.js";
import { balance } from "./drag.js";
import { mark } from "./marks.js";
import { commit, over, preview } from "./preview.js";
import { rest, say } from "./toolbar.js";

const MOST = 400; // more marks than this say nothing: zoom in first

/** Return the tool; `leaveCard()` lets the card of a station go. */
export function gates({ map }, { leaveCard }) {
  const layer = globalThis.L.layerGroup();
  let features = [];
  let isOn = false;

  const nameOf = ({ kind, street, name }) => [
    name || t(kind === "gate" ? "门禁" : "封闭道路"), street,
  ].filter(Boolean).join(" · ");

  function ask(feature) {
    const [lon, lat] = feature.geometry.coordinates;
    const wanted = {
      kind: "gate", gate: freeId("g", session.changes.map((one) => one.gate ?? "")), position: [lon, lat],
    };
    const result = h("p.balance", { "aria-live": "polite" }, balance(null));
    const open = async () => {
      const saved = commit(() => edit(wanted));
      rest();
      await saved;
    };
    leaveCard();
    card.show(t("打开门禁"), nameOf(feature.properties), () => {
      over();
      card.hide();
    },
    h("p.small.muted", {}, t("打开以后，所有出行方式都能通过。")), result,
    h("div.actions", {}, h("button.button.main", { type: "button", "data-key": "open", onclick: open }, t("打开"))));
    card.panel.querySelector("[data-key=open]").focus({ preventScroll: true });
    preview([wanted], (answer, problem) =>
      fill(result, problem ? h("span.loss", {}, faultWords(problem)) : balance(answer)));
  }

  function draw() {
    layer.clearLayers();
    const seen = features.filter(({ geometry: { coordinates: [lon, lat] } }) =>
      map.getBounds().pad(0.1).contains([lat, lon]));
    const words = features.length
      ? seen.length > MOST ? t("门禁太多，请放大地图") : t("点一个标记打开它；图上 {n} 处", { n: seen.length })
      : t("没有拦住这种出行方式的门禁");
    say(words, [[t("完成"), rest]]);
    if (seen.length > MOST) return;
    for (const feature of seen) {
      const [lon, lat] = feature.geometry.coordinates;
      const button = h("button.edit-gate", {
        type: "button", title: nameOf(feature.properties), "aria-label": nameOf(feature.properties),
        onclick: () => ask(feature),
      });
      layer.addLayer(mark([lat, lon], button));
    }
  }

  async function load() {
    const { profile, scenario } = state;
    try {
      const found = await get("gates", { profile, scenario });
      if (!isOn) return;
      features = found.features;
      draw();
    } catch (problem) {
      if (isOn) say(problem.message, [[t("重试"), load], [t("取消"), rest]]);
    }
  }

  desk.on("question", () => isOn && load());
  return {
    name: "gate", key: "g", title: "开门禁", icon: "gate", words: "正在找拦人的门禁……",
    enter: () => {
      isOn = true;
      layer.addTo(map);
      map.on("moveend", draw);
      load();
    },
    leave: () => {
      isOn = false;
      map.off("moveend", draw);
      layer.remove();
      over();
      if (card.panel.querySelector("[data-key=open]")) card.hide();
    },
  };
}
