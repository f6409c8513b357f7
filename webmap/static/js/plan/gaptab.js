// The second tab: gaps, the worst first; each says why, what would mend it, and leads to proposals.
import { get } from "../api.js";
import { byId, fill, h } from "../dom.js";
import { desk } from "../desk.js";
import { count, distance, minutes, surface, t } from "../i18n.js";
import { city } from "../island.js";
import { gapName } from "../panel.js";
import { state } from "../state.js";
import * as study from "../study.js";
import { causeTag } from "./celltab.js";
import { inWords } from "./fault.js";

const byPeople = city.people_total !== null;
const STEP = 60; // so many are listed at once
const PATIENCE_MS = 400; // after so long it is said what is being computed
const MENDED = new Set(["severed", "detour", "unreachable"]); // a new link may mend these

const amount = (gap) => (byPeople && gap.people !== null ? t("{n} 人", { n: count(gap.people) }) : surface(gap.area_m2));

const identity = ({ properties: gap }) => `${gap.class} ${gap.code}`;

/** Wire the tab; `told` hears {count}, `space()` is the map's free part, `cure()` asks for sites. Returns `{show, pending}`. */
export function gapTab({ atlas, told, space, cure }) {
  const list = h("ol.gap-list", { id: "gap-list" });
  const more = h("p.more");
  const head = h("p.hits", { role: "status" });
  fill(byId("tab-gaps"), head, h("div.scroll", {}, list, more));
  let features = [];
  let chosen = null; // what the chosen gap is; ranks go to other gaps when the city changes
  let shown = STEP;

  function show(geojson) {
    features = [...geojson.features].sort((a, b) => a.properties.rank - b.properties.rank);
    told({ count: features.length });
    byId("tab-gaps").classList.remove("pending");
    const same = features.find((one) => (chosen ? identity(one) === chosen : String(one.properties.rank) === state.gap));
    if (state.gap) {
      last = same ? String(same.properties.rank) : null; // the map stays where it is
      desk.set({ gap: last });
    }
    draw();
    mark(state.gap, false);
  }

  function draw() {
    const sum = features.reduce((all, { properties: gap }) => all + ((byPeople ? gap.people : gap.area_m2) ?? 0), 0);
    head.textContent = features.length
      ? [t("{n} 处空白区，按影响从大到小", { n: count(features.length) }), byPeople ? t("{n} 人", { n: count(sum) }) : surface(sum)].join(" · ")
      : "";
    fill(list, features.length ? features.slice(0, shown).map(row)
      : h("li.none.muted", {}, t("没有空白区：街道数据范围内都能按时到驿站。")));
    const left = features.length - shown;
    fill(more, left > 0 && h("button.button", {
      type: "button",
      onclick: () => {
        shown += STEP;
        draw();
        mark(state.gap, false);
      },
    }, t("再显示 {n} 处（还有 {left} 处）", { n: count(Math.min(STEP, left)), left: count(left) })));
  }

  function row(feature) {
    const gap = feature.properties;
    const key = String(gap.rank);
    return h("li", { "data-gap": key },
      h("button.gap-line", { type: "button", "aria-expanded": "false", onclick: () => desk.set({ gap: state.gap === key ? null : key, cell: null }) },
        h("b.rank", {}, gap.rank),
        h("span.name", {}, gapName(gap)),
        causeTag(gap.class, gap.barrier),
        h("span.number", {}, amount(gap))),
      h("div.gap-more", { hidden: true }));
  }

  async function describe(feature, holder) {
    const gap = feature.properties;
    const line = h("p.small", { role: "status" }, h("span.skeleton", {}, "…………………………"));
    const adopt = h("button.button", { type: "button", hidden: true }, t("把通道加进方案"));
    fill(holder, line, h("div.actions", {},
      h("button.button", { type: "button", "data-act": "see", onclick: () => see(feature) }, t("去看看")),
      h("button.button", { type: "button", "data-act": "cure", onclick: () => {
        desk.set({ tab: "plan", gap: String(gap.rank) });
        cure();
      } }, t("怎么办")),
      adopt));
    const facts = byPeople ? t("面积 {n}", { n: surface(gap.area_m2) }) : "";
    if (!MENDED.has(gap.class)) {
      line.textContent = facts;
      line.hidden = !facts;
      return;
    }
    const patience = setTimeout(() => fill(line, h("span.muted", {}, t("正在找缺的那条路……"))), PATIENCE_MS);
    try {
      const { services, at, profile, budget, scenario } = study.question();
      const { missing_link: link, people_in_gap: gained, reason } = await get(`gaps/${gap.rank}/link`, { profile, budget, services, at, scenario });
      if (state.gap !== String(gap.rank)) return;
      line.textContent = [facts, link ? linkWords(link, gained) : reason ? t(document.documentElement.lang.startsWith("en") ? reason.en : reason.zh) : ""]
        .filter(Boolean).join(" · ");
      if (!link) return;
      atlas.layers.route?.mend(link.line, distance(link.metres));
      adopt.hidden = link.fault;
      adopt.addEventListener("click", () => {
        const name = link.streets.filter(Boolean).join("–");
        desk.emit("edit", [{ kind: "link", link: `link-${Date.now().toString(36)}`, line: link.line.coordinates, name, profiles: [] }]);
      });
    } catch (fault) {
      fill(line, inWords(fault));
    } finally {
      clearTimeout(patience);
    }
  }

  function linkWords(link, gained) {
    const n = distance(link.metres);
    const over = link.barrier ? t("跨{name}补一条 {n}的通道（虚线）", { name: link.barrier, n }) : t("补一条 {n}的通道（虚线）", { n });
    const words = link.fault ? t("数据里可能少了一处路口（相距不到 1 米）") : over;
    const time = t("{n} 分钟可到", { n: minutes(link.seconds) });
    return [words, t("，"), time, gained ? t("，可让 {n} 人到得了", { n: count(gained) }) : ""].join("");
  }

  function see(feature) {
    atlas.map.fitBounds(globalThis.L.geoJSON(feature).getBounds(), { ...space(), maxZoom: 16 });
  }

  function mark(key, flies = true) {
    const feature = features.find((one) => String(one.properties.rank) === key);
    if (feature || !key) chosen = feature ? identity(feature) : null;
    atlas.layers.route?.mend(null);
    atlas.layers.bands.show(feature ?? null, () => ({ color: atlas.layers.gaps.palette.color, weight: 3, fill: false }));
    for (const item of list.querySelectorAll("li[data-gap]")) {
      const on = item.dataset.gap === key;
      item.classList.toggle("chosen", on);
      item.querySelector(".gap-line").setAttribute("aria-expanded", String(on));
      item.querySelector(".gap-more").hidden = !on;
      if (on && feature) describe(feature, item.querySelector(".gap-more"));
    }
    if (!feature || !flies) return;
    see(feature);
    list.querySelector("li.chosen")?.scrollIntoView({ block: "nearest" });
  }

  let last = state.gap;
  desk.on("selection", ({ gap }) => {
    if (gap === last) return;
    last = gap;
    mark(gap);
  });

  return {
    show,
    pending: () => byId("tab-gaps").classList.add("pending"),
    /** Move to the next gap, or the one before. */
    step(by) {
      const place = features.findIndex((one) => String(one.properties.rank) === state.gap);
      const next = features[Math.min(features.length - 1, Math.max(0, place + by))];
      if (next) desk.set({ gap: String(next.properties.rank), cell: null });
    },
  };
}
