// The map of differences: every cell by how much its covered share grew or shrank.
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

/** Paint the map of differences while something is compared. */
export function comparison({ atlas: { map, layers } }) {
  let turn = 0;
  const refresh = async () => {
    turn += 1;
    const mine = turn;
    const on = Boolean(desk.scenario && state.compare && layers.cells && state.level !== null);
    if (!on) {
      map.getContainer().classList.remove("comparing");
      layers.cells?.compare(null);
      return;
    }
    try {
      const { cells } = await difference(state.level);
      if (mine !== turn) return;
      map.getContainer().classList.add("comparing");
      layers.cells.compare(new Map(cells.code.map((code, i) => {
        const share = cells.share_difference[i];
        return [code, share === null ? null : differenceClass(share)];
      })));
    } catch (problem) {
      if (mine === turn) toast(problem.message, { bad: true });
    }
  };
  for (const name of ["compare", "question", "view", "scenario"]) desk.on(name, refresh);
}
