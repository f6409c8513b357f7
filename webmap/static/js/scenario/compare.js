// The map of differences: every cell by how much its covered share grew or shrank.
import { byId, h } from "../dom.js";
import { t } from "../i18n.js";
import { desk } from "../desk.js";
import { state } from "../state.js";
import { difference } from "./chooser.js";
import { toast } from "./toast.js";

/** Return the class of a difference of shares: −2 … 2; what is less than a point is none. */
export function differenceClass(share) {
  const size = Math.abs(share);
  if (size < 0.005) return 0;
  return Math.sign(share) * (size < 0.2 ? 1 : 2);
}

const signs = () => h("section.diff-legend.float", { "aria-label": t("差异图图例") },
  h("h2", {}, t("覆盖比例的变化")),
  h("i.diff-3.minus"), h("i.diff-2.minus"), h("i.diff-1"), h("i.diff-2.plus"), h("i.diff-3.plus"),
  h("span", {}, t("− 少 20 点以上")), h("span", {}, t("不变")), h("span", {}, t("多 20 点以上 +")));

/** Paint the map of differences while something is compared; the legend says so. */
export function comparison({ atlas: { map, layers } }) {
  let turn = 0;
  const legend = signs();
  const tell = (on) => {
    map.getContainer().classList.toggle("comparing", on);
    if (on) byId("legend").before(legend);
    else legend.remove();
  };
  const refresh = async () => {
    turn += 1;
    const mine = turn;
    const on = Boolean(desk.scenario && state.compare && layers.cells && state.level !== null);
    if (!on) {
      tell(false);
      layers.cells?.compare(null);
      return;
    }
    try {
      const { cells } = await difference(state.level);
      if (mine !== turn) return;
      tell(true);
      layers.cells.compare(new Map(cells.code.map((code, i) => {
        const share = cells.share_difference[i];
        return [code, share === null ? null : differenceClass(share)];
      })));
    } catch (problem) {
      if (mine !== turn) return;
      toast(problem.message, { bad: true });
      if (problem.status === 404) desk.set({ compare: null }); // an old address: it is gone
    }
  };
  for (const name of ["compare", "question", "view", "scenario"]) desk.on(name, refresh);
}
