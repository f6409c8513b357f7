// The drawer of scenarios: what the one in hand brings, its changes, and all the others.
import { byId, fill, h, icon } from "../dom.js";
import { count, percent, t } from "../i18n.js";
import { desk } from "../desk.js";
import { chooser } from "./chooser.js";
import { figures } from "./figures.js";
import { list } from "./list.js";
import { describe, discard, retry, revise, session } from "./session.js";
import { toast } from "./toast.js";
import { described, signed } from "./words.js";

const ROOMY = 1600; // from this width on the drawer opens by itself: it leaves enough of the map
const place = (change, stations) => {
  if (change.line) return { type: "LineString", coordinates: change.line };
  const at = change.position ?? stations.get(change.station)?.geometry.coordinates;
  return at && { type: "Point", coordinates: at };
};

/** Today → the scenario, as shares and people; live while something is dragged. */
function balance() {
  const share = h("p.balance-share", {});
  const people = h("p.balance-people", { "aria-live": "polite" });
  const whom = h("p.small.muted", {});
  let turn = 0;
  const tell = (before, after) => {
    if (after.people.share === null) {
      fill(share, t("{n} 个驿站可用", { n: count(after.stations) }));
      fill(people, h("span.muted.small", {}, t("没有人口数据，变化见地图和比较")));
      whom.textContent = "";
      return;
    }
    const more = after.people.covered - before.people.covered;
    fill(share, h("span.muted", {}, `${percent(before.people.share)} %`), h("i", { "aria-hidden": "true" }, "→"),
      h("b", {}, `${percent(after.people.share)} %`));
    fill(people, h(Math.round(more) < 0 ? "b.loss" : Math.round(more) ? "b.gain" : "b", {}, t("{n} 人", { n: signed(more) })));
    whom.textContent = t("与今天相比，{n} 人到得了驿站", { n: count(after.people.covered) });
  };
  const refresh = async () => {
    turn += 1;
    const mine = turn;
    try {
      const [before, after] = await Promise.all([figures(null), figures(desk.scenario)]);
      if (mine === turn) tell(before, after);
    } catch {
      if (mine === turn) fill(people, "–"); // the page tells why no figures come
    }
  };
  desk.on("preview", async (answer) => {
    if (!answer) refresh();
    else {
      turn += 1;
      const mine = turn;
      const before = await figures(null);
      if (mine === turn) tell(before, answer);
    }
  });
  desk.on("question", refresh);
  desk.on("scenario", refresh);
  const holder = h("section.balance-box", { "aria-label": t("与今天相比") }, share, people, whom);
  fill(share, h("span.skeleton", {}, "00.0 % → 00.0 %"));
  fill(people, h("span.skeleton", {}, "+0,000"));
  return { holder, refresh };
}

function changes(stations) {
  const rows = h("ul.changes", {});
  const show = () => {
    fill(rows, session.changes.map((change, i) => {
      const { what, name, more } = described(change, stations());
      const where = place(change, stations());
      return h("li", {},
        h("button.change", { type: "button", disabled: !where, onclick: () => desk.emit("locate", where) },
          h("b", {}, what), h("span", {}, name), h("span.muted.small", {}, more)),
        h("button.close", { type: "button", "aria-label": t("撤掉「{what} {name}」", { what, name }),
          onclick: () => revise((all) => all.filter((_, j) => j !== i)) }, icon("close")));
    }));
  };
  return { rows, show };
}

function note() {
  const area = h("textarea", { rows: "2", maxlength: "2000", "aria-label": t("说明"), placeholder: t("说明：为什么这样改") });
  area.addEventListener("change", () => describe({ note: area.value }).catch((problem) => {
    toast(problem.message, { bad: true });
  }));
  return { area, show: () => { if (document.activeElement !== area) area.value = desk.scenario?.note ?? ""; } };
}

/** Fill the drawer; returns {toggle}. */
export function drawer() {
  const box = byId("drawer");
  let stations = new Map();
  const own = changes(() => stations);
  const words = note();
  const figure = balance();
  const all = list();
  const compare = chooser();
  const begin = h("p.empty", {}, t("拖动地图上的一座驿站，或按 A 新增一座：一个新方案就开始了，今天的城市不会改变。页头随时说明多了或少了多少人。"));
  const unsaved = h("div.fault", { role: "alert", hidden: true });
  const current = h("div.current", {}, figure.holder, unsaved, own.rows, words.area);

  const show = () => {
    const { scenario } = desk;
    const isWorking = Boolean(scenario) || session.changes.length > 0;
    current.hidden = !isWorking;
    begin.hidden = isWorking;
    words.area.hidden = !scenario;
    compare.holder.hidden = !scenario;
    unsaved.hidden = session.status !== "unsaved";
    fill(unsaved, h("span", {}, t("还没有保存：{why}", { why: session.fault ?? "" }), " ", t("修改留在这台电脑上。")),
      h("div.actions", {}, h("button.button", { type: "button", onclick: retry }, t("重试")),
        h("button.button", { type: "button", onclick: discard }, t("放弃修改"))));
    words.show();
    own.show();
  };
  fill(box,
    h("header", {}, h("h2", {}, t("方案")),
      h("button.close", { type: "button", "aria-label": t("收起"), onclick: () => open(false) }, icon("close"))),
    h("div.drawer-body", {}, begin, current, compare.holder, all.holder));

  function open(on) {
    box.hidden = !on;
    document.body.classList.toggle("has-drawer", on);
    desk.emit("drawer", on);
    if (!on) return;
    all.load();
    if (innerWidth < ROOMY) desk.emit("card", "drawer");
  }

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.target.matches("input, textarea")) return;
    event.stopPropagation();
    open(false);
    document.querySelector(".scenario-button").focus();
  });
  desk.on("card", (owner) => {
    if (owner !== "drawer" && innerWidth < ROOMY && !box.hidden) open(false); // the map needs the room
  });
  desk.on("edits", show);
  desk.on("scenario", (scenario) => {
    show();
    if (scenario && box.hidden && innerWidth >= ROOMY) open(true);
    else if (!box.hidden) all.load();
  });
  desk.on("stations", (known) => {
    stations = known;
    own.show();
  });
  desk.on("edits", figure.refresh);
  show();
  figure.refresh();
  if (desk.state.scenario && innerWidth >= ROOMY) open(true);
  return { toggle: () => open(box.hidden) };
}
