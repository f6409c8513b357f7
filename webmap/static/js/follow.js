// Follow what the person chooses: colour the cells at once, with the figures that need no drawing;
// tell the rest and draw circles and gaps when it is quiet. A new question waits a moment for the
// running one, and only the newest of those that wait is asked.
import { isCalledOff } from "./api.js";
import { state } from "./state.js";
import * as study from "./study.js";

const PATIENCE_MS = 250; // a running answer is waited for so long before the next question
const QUIET_MS = 160; // so long nothing is chosen before circles and gaps are drawn

const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
const idle = () => new Promise((done) => {
  if (globalThis.requestIdleCallback) requestIdleCallback(() => done(), { timeout: 1000 });
  else setTimeout(done, 50);
});

/** Resolves when what was painted is on the screen. */
const onScreen = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });

/**
 * Return `follow()`, to be called whenever the question changes. `tell` hears `busy(boolean)`,
 * `headline(figures, asked)` with the cells, then `painted()`, `figures(study)`, `gaps(geojson)`
 * and `quiet()`, or `fault(error)`. While `isCalm()` says no only the cells are followed; `next()`
 * returns the questions that are likely to come.
 */
export function follower({ map, layers }, tell, { isCalm = () => true, next = () => [] } = {}) {
  let newest = 0; // number of the newest question
  let painted = 0; // number of the question whose cells are on the map
  let running = null; // its cells are on their way
  let drawing = null; // calls off what is drawn of an older question
  const drawn = study.DRAWN.filter((name) => layers[name]);

  const stale = (name, on) => map.getPane(name)?.classList.toggle("stale", on);

  async function colour(mine, asked, level) {
    const columns = await study.cells(asked, level);
    if (mine < painted) return;
    painted = mine;
    tell.headline?.(columns.city, asked);
    // Old gaps would hide what the cells now say.
    for (const name of drawn) if (!study.isDrawnHere(name, asked)) stale(name, true);
    await layers.cells.show(columns.level, study.cellFigures(columns));
    await onScreen();
    performance.measure("recolour", { start: `asked-${mine}` });
    tell.painted?.();
  }

  async function offer(asked, { signal }) {
    const serving = await study.serving(asked, signal);
    if (!signal.aborted) layers.stations.offer(serving);
  }

  async function draw(asked, { signal }) {
    const here = drawn.every((name) => study.isDrawnHere(name, asked)) && study.isToldHere(asked);
    if (!here) await pause(QUIET_MS);
    if (signal.aborted) return;
    const figures = study.figures(asked, signal).then((found) => signal.aborted || tell.figures(found));
    await Promise.all([figures, ...drawn.map(async (name) => {
      const geojson = await study.layer(name, asked, signal);
      if (signal.aborted) return;
      layers[name].show(geojson);
      stale(name, false);
      if (name === "gaps") tell.gaps?.(geojson);
    })]);
  }

  // What is likely to be asked next is fetched ahead; should it fail, it will be asked again.
  async function foresee({ signal }) {
    for (const asked of next()) {
      await idle();
      if (signal.aborted) return;
      if (hasCells(state.level)) await study.cells(asked).catch(() => {});
    }
  }

  const hasCells = (level) => Boolean(layers.cells) && level !== null;

  async function answer(mine, asked, level, own) {
    if (hasCells(level)) {
      // A slider asks faster than anybody answers.
      if (running && !study.isHere(asked, level)) {
        await Promise.race([running.catch(() => {}), pause(PATIENCE_MS)]);
      }
      if (mine !== newest) return;
      running = colour(mine, asked, level);
      await running;
    } else tell.painted?.();
    if (mine === newest) await Promise.all([offer(asked, own), isCalm() && draw(asked, own)]);
  }

  return async function follow() {
    newest += 1;
    const mine = newest;
    drawing?.abort();
    const own = new AbortController();
    drawing = own;
    const asked = study.question();
    performance.mark(`asked-${mine}`);
    tell.busy(true);
    try {
      await answer(mine, asked, state.level, own);
    } catch (fault) {
      if (mine === newest && !isCalledOff(fault)) tell.fault(fault);
    } finally {
      performance.clearMarks(`asked-${mine}`);
    }
    if (mine !== newest) return;
    tell.busy(false);
    if (isCalm()) tell.quiet?.();
    foresee(own);
  };
}
