// Follow what the person chooses: colour the cells at once, with the figures that need no drawing;
// tell the rest and draw circles and gaps when it is quiet. A new question waits a moment for the
// running one, and only the newest of those that wait is asked.
import { state } from "./state.js";
import * as study from "./study.js";

const PATIENCE_MS = 250; // a running answer is waited for so long before the next question
const CALM_MS = 80; // so long nothing is chosen before the stations show whether they serve
const QUIET_MS = 150; // and so much longer before circles and gaps are drawn

const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
const idle = () => new Promise((done) => {
  if (globalThis.requestIdleCallback) requestIdleCallback(() => done(), { timeout: 1000 });
  else setTimeout(done, 50);
});

/** Resolves when what was painted is on the screen. */
const onScreen = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });

/**
 * Return `follow()`, to be called whenever the question changes. `tell` hears `busy(boolean)`,
 * `headline(figures, asked)` with the cells, then `painted()`, `calm()`, `figures(study)`,
 * `gaps(geojson)` and `quiet()`, or `fault(error)`. While `isCalm()` says no, only cells and stations
 * are followed; `next()` returns the questions that are likely to come.
 */
export function follower({ map, layers }, tell, { isCalm = () => true, next = () => [] } = {}) {
  let newest = 0; // number of the newest question
  let painted = 0; // number of the question whose cells are on the map
  let running = null; // its cells are on their way
  let drawing = null; // what is drawn of a question is on its way
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
    performance.clearMeasures("recolour"); // whoever watches has heard of them
    performance.measure("recolour", { start: `asked-${mine}` });
    tell.painted?.();
  }

  // The server computes to the end what it has begun, so one thing is asked at a time, and nothing
  // more once the question has changed.
  async function draw(mine, asked) {
    await drawing?.catch(() => {}); // its fault was told to whoever asked
    const steps = [
      [() => (study.isOfferHere(asked) ? null : pause(CALM_MS)), () => isCalm() && tell.calm?.()],
      [() => study.serving(asked), layers.stations.offer],
    ];
    if (isCalm()) steps.push(...rest(asked));
    drawing = inTurn(steps, () => mine !== newest);
    await drawing;
  }

  async function inTurn(steps, isOld) {
    for (const [fetched, show] of steps) {
      if (isOld()) return;
      const found = await fetched();
      if (!isOld()) show?.(found);
    }
  }

  function rest(asked) {
    const here = drawn.every((name) => study.isDrawnHere(name, asked)) && study.isToldHere(asked);
    return [
      [() => (here ? null : pause(QUIET_MS))],
      [() => study.figures(asked), tell.figures],
      ...drawn.map((name) => [() => study.layer(name, asked), (geojson) => {
        layers[name].show(geojson);
        stale(name, false);
        if (name === "gaps") tell.gaps?.(geojson);
      }]),
    ];
  }

  // What is likely to be asked next is fetched ahead; should it fail, it will be asked again.
  async function foresee(mine) {
    for (const asked of next()) {
      await idle();
      if (mine !== newest) return;
      if (hasCells(state.level)) await study.cells(asked).catch(() => {});
    }
  }

  const hasCells = (level) => Boolean(layers.cells) && level !== null;

  async function answer(mine, asked, level) {
    if (hasCells(level)) {
      // A slider asks faster than anybody answers.
      if (running && !study.isHere(asked, level)) {
        await Promise.race([running.catch(() => {}), pause(PATIENCE_MS)]);
      }
      if (mine !== newest) return;
      running = colour(mine, asked, level);
      await running;
    } else tell.painted?.();
    if (mine === newest) await draw(mine, asked);
  }

  return async function follow() {
    newest += 1;
    const mine = newest;
    const asked = study.question();
    performance.mark(`asked-${mine}`);
    tell.busy(true);
    try {
      await answer(mine, asked, state.level);
    } catch (fault) {
      if (mine === newest) tell.fault(fault);
    } finally {
      performance.clearMarks(`asked-${mine}`);
    }
    if (mine !== newest) return;
    tell.busy(false);
    if (isCalm()) tell.quiet?.();
    foresee(mine);
  };
}
