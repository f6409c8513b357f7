// What an edit would do while it is still being made: the newest wish is asked, the others are left
// out; the cells that change take their new colours at once. While the server is away the wish is
// asked again by itself, ever more seldom.
import { desk } from "../desk.js";
import { whatIf } from "../scenario/figures.js";
import { state } from "../state.js";
import * as study from "../study.js";

const PATIENCE_MS = [1000, 2000, 4000, 8000]; // until a wish is asked again, the last one for ever

let atlas = null;
let waiting = null; // the newest wish that is not asked yet
let running = false;
let live = false; // something is being tried
let lost = null; // the wish that the server did not hear: {changes, told, tries, timer}
let turn = 0; // counts up when a preview ends: what was asked before comes too late

const panes = (on) => {
  for (const name of study.DRAWN) atlas.map.getPane(name)?.classList.toggle("guessed", on);
};

async function paint(cells) {
  const mine = turn;
  if (!atlas.layers.cells || state.level === null) return;
  const figures = new Map(study.cellFigures(await study.cells()));
  if (mine !== turn) return;
  cells?.code.forEach((code, i) => {
    if (!figures.has(code)) return;
    const share = cells.share[i];
    figures.set(code, { share, gap: share !== null && cells.class[i] === "none" });
  });
  await atlas.layers.cells.show(state.level, figures);
}

function forget() {
  clearTimeout(lost?.timer);
  lost = null;
}

/** Ask again what the server did not hear. */
function again() {
  if (!lost) return;
  const wish = lost;
  forget();
  waiting ??= wish;
  if (!running) run();
}

function lose(wish) {
  const tries = wish.tries ?? 0;
  const pause = PATIENCE_MS[Math.min(tries, PATIENCE_MS.length - 1)];
  lost = { ...wish, tries: tries + 1, timer: setTimeout(again, pause) };
}

async function run() {
  running = true;
  while (waiting) {
    const wish = waiting;
    const { changes, told } = wish;
    const mine = turn;
    waiting = null;
    try {
      const answer = await whatIf(changes);
      if (mine !== turn) continue;
      panes(true);
      desk.emit("preview", answer);
      told?.(answer, null);
      paint(answer.cells);
    } catch (problem) {
      if (mine !== turn || waiting) continue; // something newer is wanted, or nothing any more
      if (!wish.tries) told?.(null, problem);
      if (problem.mayPass) lose(wish);
    }
  }
  running = false;
}

export function use(drawn) {
  atlas = drawn;
  desk.on("recovered", again);
  addEventListener("online", again);
}

/** Ask what changes would do; `told(answer, problem)` hears it unless something newer is asked. */
export function preview(changes, told = null) {
  live = true;
  forget();
  waiting = { changes, told };
  if (!running) run();
}

/**
 * Nothing is tried any more: the map is as it was. `kept`: the edit is being saved, its colours stay
 * until the study's own come; `failed`: they will not come.
 */
export function over({ kept = false, failed = false } = {}) {
  if (!live && !failed) return;
  live = false;
  turn += 1;
  waiting = null;
  forget();
  if (kept) return;
  panes(false);
  desk.emit("preview", null);
  paint(null).catch(() => {}); // whoever asks for the figures tells that they do not come
}

/** Save an edit that was tried: `save()` resolves to whether it was kept. */
export async function commit(save) {
  over({ kept: true });
  const isSaved = await save();
  if (isSaved) panes(false);
  else over({ failed: true });
  return isSaved;
}
