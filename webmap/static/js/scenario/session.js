// The scenario in hand. Every edit is one PUT of its list of changes with the revision that was seen
// last; undo and redo are older lists. What cannot be saved is kept on this machine.
import { post, send } from "../api.js";
import { desk } from "../desk.js";
import { t } from "../i18n.js";
import { joined } from "./changes.js";
import * as drafts from "./drafts.js";

const EMPTY = { past: [], changes: [], future: [] };
const histories = new Map(); // id of a scenario → {past, future}; undo ends when the page is left
const CONFLICTS = ["scenario-conflict", "scenario-outdated", "scenario-not-found"];

let held = EMPTY; // what is shown: the changes, those before and those taken back
let status = "saved"; // saved, saving, unsaved
let fault = null; // why it is not saved
let queue = Promise.resolve();

const tell = () => desk.emit("edits", session);
const kindOf = (problem) => problem.body?.type?.split(":").at(-1);

export const session = {
  get changes() { return held.changes; },
  get status() { return status; },
  get fault() { return fault; },
  get mayUndo() { return held.past.length > 0; },
  get mayRedo() { return held.future.length > 0; },
};

/** Take up a scenario, or null: the city as it is today. */
export function take(scenario) {
  if (held !== EMPTY && desk.scenario) histories.set(desk.scenario.id, held);
  const known = scenario && histories.get(scenario.id);
  const changes = scenario?.changes ?? [];
  const isSame = known && JSON.stringify(known.changes) === JSON.stringify(changes);
  held = isSame ? known : { past: [], changes, future: [] };
  [status, fault] = ["saved", null];
  const draft = drafts.read(scenario?.id);
  if (draft) {
    held = { past: [changes], changes: draft.changes, future: [] };
    [status, fault] = ["unsaved", t("上次的修改还没有保存。")];
  }
  desk.set({ scenario });
  tell();
  if (draft && draft.revision !== (scenario?.revision ?? null)) {
    desk.emit("conflict", { problem: { body: { current: scenario } }, kind: "scenario-conflict" });
  }
}

async function freeName() {
  const { scenarios } = await send("GET", "scenarios");
  const taken = new Set(scenarios.map((one) => one.name));
  let number = 1;
  while (taken.has(t("方案 {n}", { n: number }))) number += 1;
  return t("方案 {n}", { n: number });
}

/** Make a scenario; a name that somebody took in the meantime gets a number. */
export async function create({ name = null, note = "", changes = [] } = {}) {
  const wanted = name ?? await freeName();
  try {
    return await post("scenarios", { name: wanted, note, changes });
  } catch (problem) {
    if (!problem.body?.proposal) throw problem;
    return post("scenarios", { name: problem.body.proposal, note, changes });
  }
}

const write = (patch) => send("PUT", `scenarios/${desk.scenario.id}`,
  { revision: desk.scenario.revision, ...patch });

/** Save what is shown; `before` is what is shown again if the server refuses it. */
async function save(before) {
  [status, fault] = ["saving", null];
  tell();
  const { scenario } = desk;
  try {
    const made = await (scenario ? write({ changes: held.changes }) : create({ changes: held.changes }));
    drafts.drop(scenario?.id);
    held = { ...held, changes: made.changes };
    status = "saved";
    desk.set({ scenario: made });
    return true;
  } catch (problem) {
    refuse(problem, before);
    return false;
  } finally {
    tell();
  }
}

function refuse(problem, before) {
  fault = problem.message;
  if (problem.mayPass || CONFLICTS.includes(kindOf(problem))) {
    status = "unsaved";
    drafts.keep(desk.scenario?.id, held.changes, desk.scenario?.revision);
    if (!problem.mayPass) desk.emit("conflict", { problem, kind: kindOf(problem) });
  } else {
    held = before; // it cannot be done: everything is as it was
    status = "saved";
    desk.emit("refused", problem);
  }
}

/** Do one thing after the other: each builds on the revision of the one before. */
function turn(step) {
  queue = queue.then(step, step);
  return queue;
}

/** Change the list: `next(changes)` returns the new one. Resolves to whether it was saved. */
export const revise = (next) => turn(() => {
  const before = held;
  const changes = next(held.changes);
  if (JSON.stringify(changes) === JSON.stringify(held.changes)) return true;
  held = { past: [...held.past, held.changes], changes, future: [] };
  return save(before);
});

/** Make changes after those that are there. */
export const edit = (...changes) => revise((list) => changes.reduce(joined, list));

export const undo = () => turn(() => {
  if (!held.past.length) return true;
  const before = held;
  held = {
    past: held.past.slice(0, -1), changes: held.past.at(-1), future: [held.changes, ...held.future],
  };
  return save(before);
});

export const redo = () => turn(() => {
  if (!held.future.length) return true;
  const before = held;
  const [changes, ...future] = held.future;
  held = { past: [...held.past, held.changes], changes, future };
  return save(before);
});

export const retry = () => turn(() => save({ ...held, changes: desk.scenario?.changes ?? [] }));

/** Forget what is not saved and show what is. */
export function discard() {
  drafts.drop(desk.scenario?.id);
  take(desk.scenario);
}

/** Take up the scenario as another planner left it. */
export async function reload() {
  const { id } = desk.scenario;
  const found = await send("GET", `scenarios/${id}`).catch((problem) => {
    if (problem.status === 404) return null;
    throw problem;
  });
  drafts.drop(id);
  histories.delete(id);
  held = EMPTY;
  take(found);
}

/** Keep what is shown as a scenario of its own, and leave the other one as it is. */
export async function saveAs(name) {
  const made = await create({ name, note: desk.scenario?.note ?? "", changes: held.changes });
  drafts.drop(desk.scenario?.id);
  take(made);
}

/** Write the name or the note of the scenario in hand. */
export const describe = (patch) => turn(async () => {
  const made = await write(patch);
  desk.set({ scenario: made });
  tell();
  return made;
});

export const open = async (id) => take(id ? await send("GET", `scenarios/${id}`) : null);

desk.on("edit", (changes) => edit(...changes));
