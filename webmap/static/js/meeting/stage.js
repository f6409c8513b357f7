// The stage shows one view of a story at a time: words at once, then camera, layers and marks.
import { byId, fill } from "../dom.js";
import { t } from "../i18n.js";
import { state } from "../state.js";
import { isRedrawn, isStill, see, seen } from "./camera.js";
import { picture } from "./picture.js";
import { side, twins } from "./side.js";
import { tell } from "./telling.js";

const EVENTS = ["view", "story", "painted", "fault"];
const PATIENCE_MS = 50; // so long the last view stays while the next one is fetched

const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

/**
 * Make the stage. It holds `story` and `index`; `on(event, hear)` hears "view" ({view, index}),
 * "story" (a new list of views), "painted" (a view stands) and "fault".
 */
export function stage(atlas, source) {
  const { map, layers } = atlas;
  const hears = Object.fromEntries(EVENTS.map((name) => [name, []]));
  const tellAll = (name, what) => hears[name].forEach((hear) => hear(what));
  const after = side(map, layers, (name) => name);
  let before = null; // the left side of the divider, made when it is first wanted
  let turn = 0;
  let isMoved = () => false; // whether somebody moved the map since the view was shown

  const own = {
    story: null,
    index: -1,
    after,
    on: (name, hear) => hears[name].push(hear),
    view: () => own.story?.views[own.index] ?? null,
    level: () => (layers.cells ? state.level : null),
    fetched: (view, which) => picture(source, view, which, own.level()),
  };

  function look(view, animate) {
    isMoved = see(map, view.camera, { animate });
  }

  /** Draw a view; `go()` moves the camera. What is here already changes at once. */
  async function draw(view, mine, go) {
    const fetching = own.fetched(view, "after");
    const soon = await Promise.race([fetching, pause(PATIENCE_MS)]).catch(() => null);
    if (mine !== turn) return;
    const redrawn = isRedrawn(map, view.camera);
    map.getContainer().classList.toggle("redrawn", redrawn);
    if (soon && redrawn) after.expect(soon);
    if (!soon) {
      after.clear(); // nothing of the last view stays and lies
      byId("busy").classList.add("on");
    }
    go();
    try {
      const shown = await fetching;
      if (mine !== turn) return;
      own.shown = shown;
      await after.show(shown, view.layers);
      if (mine !== turn) return;
      byId("fault").hidden = true;
      performance.clearMeasures("view");
      performance.measure("view", { start: `view-${mine}` });
      document.documentElement.dataset.view = String(own.index + 1);
      tellAll("painted", { view, index: own.index, picture: shown });
    } catch (problem) {
      if (mine === turn) tellAll("fault", problem);
    } finally {
      performance.clearMarks(`view-${mine}`);
      if (mine === turn) byId("busy").classList.remove("on");
    }
  }

  /** Show a view by its place; out of range the nearest one. Resolves when it is painted. */
  own.show = async (wanted, { still = false } = {}) => {
    const { views } = own.story;
    const index = Math.min(views.length - 1, Math.max(0, wanted));
    const isSame = index === own.index;
    own.index = index;
    turn += 1;
    const mine = turn;
    performance.mark(`view-${mine}`);
    const view = views[index];
    tell(view, index);
    tellAll("view", { view, index, isSame });
    const go = () => {
      if (!isSame || still) look(view, !still && !isStill());
    };
    if (typeof view.data?.after === "string") {
      await draw(view, mine, go);
      return;
    }
    go();
    after.clear();
  };

  /** Show the present view again: something it needs may be here now. */
  own.again = () => own.show(own.index, { still: true });

  /** Take a changed list of views; what is here stays. */
  own.replace = async (story, index = own.index) => {
    const old = own.view();
    own.story = story;
    tellAll("story", story);
    const view = story.views[Math.min(Math.max(0, index), story.views.length - 1)];
    // Whoever moved the map while editing shall not lose the place.
    const isThere = Boolean(old && view) && JSON.stringify(old.camera) === JSON.stringify(view.camera);
    if (!isThere || own.index !== index) own.index = -1;
    await own.show(index);
  };

  /** Look where the present view looks. */
  own.look = (animate = false) => own.view() && look(own.view(), animate);

  /** Return what is seen now as the parts of a view; a map that nobody moved keeps the view's own place. */
  own.capture = () => {
    const { camera, layers: shown, asked, against = null } = own.view();
    return { camera: isMoved() ? seen(map) : camera ?? null, layers: [...shown], asked: { ...asked }, against };
  };

  /** Return the left side of the divider. */
  own.before = () => {
    before ??= side(map, twins(atlas), (name) => `before-${name}`);
    return before;
  };

  own.fail = (problem) => tellAll("fault", problem);

  own.redraw = () => {
    map.invalidateSize({ animate: false });
    after.redraw();
    before?.redraw();
  };
  after.mount();
  return own;
}

/** Say in words that something did not come, and offer to try again. */
export function faults(own, again) {
  own.on("fault", (problem) => {
    byId("fault-text").textContent = problem.message;
    byId("fault").hidden = false;
    byId("usual-story").hidden = own.story !== null || !/:story-not-found$/.test(problem.body?.type);
    for (const waiting of byId("story").querySelectorAll(".skeleton")) waiting.remove();
    if (!own.story) fill(byId("headline"), t("故事没有取到"));
  });
  byId("retry").addEventListener("click", again);
  byId("usual-story").addEventListener("click", () => {
    const words = new URLSearchParams(location.hash.slice(1));
    words.delete("story");
    words.delete("view");
    history.replaceState(null, "", `#${words}`);
    again();
  });
}
