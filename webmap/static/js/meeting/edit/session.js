// The story in hand. It is saved when the person says so; until then it waits on this machine, one
// draft for each story, and undoing takes an older list of views.
import { send } from "../../api.js";
import { lang, t } from "../../i18n.js";
import { city } from "../../island.js";
import * as shelf from "../../shelf.js";
import { redone, started, stepped, undone } from "./history.js";
import { learn, rowOf } from "./rows.js";
import { plain } from "./views.js";

export const DEFAULT = "default";
const TYPING_MS = 250; // so long a pause before the server is asked what a text becomes

const hearers = new Set();
let stage = null;
let story = null; // as the server knows it: {id, name, revision, is_default, views}
let held = started({ name: "", views: [] });
let index = 0;
let rows = []; // what is told of the views, those of a moment ago where the new ones are on their way
let status = "saved"; // saved, saving, unsaved
let fault = null; // why it is not saved
let isReadOnly = false;
let base = null; // {revision, name, views}: what the edits began with
let isKept = true; // whether this machine keeps what is not saved
let later = null;
let turn = 0;

const draftOf = (id) => `yizhan:story:${city.slug}:${id}`;
const ofServer = () => ({ revision: story.revision, name: story.name, views: story.views.map(plain) });
const content = ({ name, views }) => ({ name, views });
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const tell = (what) => hearers.forEach((hear) => hear(what));
export const kindOf = (problem) => problem.body?.type?.split(":").at(-1);

export const session = {
  get story() { return story; },
  get name() { return held.now.name; },
  get views() { return held.now.views; },
  get rows() { return rows; },
  get index() { return index; },
  get view() { return held.now.views[index]; },
  get status() { return status; },
  get fault() { return fault; },
  get isDefault() { return story?.id === DEFAULT; },
  get isReadOnly() { return isReadOnly; },
  get isDirty() { return Boolean(story) && !same(held.now, content(base)); },
  get isKept() { return isKept; },
  get base() { return base; },
  get mayUndo() { return held.past.length > 0; },
  get mayRedo() { return held.future.length > 0; },
};

/** Whether what was written in a view cannot be understood; what it is stands beside the fields. */
export const hasFaults = (row) => Boolean(row?.problem?.body.faults) && !row.isWaiting;

/** Hear "story", "views", "rows", "index" or "status"; returns the function that stops hearing. */
export function hear(hearer) {
  hearers.add(hearer);
  return () => hearers.delete(hearer);
}

/** Whether a story has edits on this machine that are not saved. */
export const hasDraft = (id) => shelf.read(draftOf(id)) !== null;

function keep() {
  if (!session.isDirty) {
    shelf.drop(draftOf(story.id));
    status = status === "saving" ? status : "saved";
    return;
  }
  isKept = shelf.keep(draftOf(story.id), { ...held.now, base });
  if (status !== "saving") status = "unsaved";
}

/** Ask what the views say now, and let the stage show them. */
export async function refresh() {
  turn += 1;
  const mine = turn;
  const told = await Promise.all(session.views.map(rowOf));
  if (mine !== turn) return;
  // While something is being mended, the stage shows what it showed before.
  rows = told.map((row, i) => (hasFaults(row) && rows[i]?.told
    ? { ...rows[i], ...session.views[i], fault: null, problem: row.problem, isWaiting: false } : row));
  tell("rows");
  await stage.replace({ ...story, name: session.name, views: rows }, index);
}

function moveTo(next, at = index, isTyped = false) {
  const before = held.now.views;
  held = next;
  fault = null;
  index = Math.max(0, Math.min(at, session.views.length - 1));
  // Until the new words are there, each view keeps those that it had.
  const old = new Map(before.map((view, i) => [view, rows[i]]));
  const isSamePlace = session.views.length === before.length;
  rows = session.views.map((view, i) => old.get(view) ?? { ...(isSamePlace && i === index ? rows[i] : {}), ...view, isWaiting: true });
  keep();
  tell("views");
  clearTimeout(later);
  later = setTimeout(refresh, isTyped ? TYPING_MS : 0);
}

/** Take up a story as GET story answered it; edits that wait on this machine come with it. */
export function take(found, at = 0) {
  story = found;
  learn(found.views);
  base = ofServer();
  held = started(content(base));
  [status, fault] = ["saved", null];
  index = Math.max(0, Math.min(at, found.views.length - 1));
  rows = found.views;
  const draft = shelf.read(draftOf(story.id));
  if (draft?.views?.length && draft.base) {
    base = draft.base;
    moveTo(stepped(held, { name: draft.name, views: draft.views.map(plain) }), index);
  }
  tell("story");
  if (base.revision !== story.revision) tell("conflict");
}

/** Begin with what is on the stage. */
export function begin(on) {
  stage = on;
  on.on("view", ({ index: shown }) => {
    if (!story || shown === index) return;
    index = shown;
    tell("index");
  });
}

const remember = (id) => {
  const words = new URLSearchParams(location.hash.slice(1));
  if (id === DEFAULT) words.delete("story");
  else words.set("story", id);
  history.replaceState(null, "", `#${words}`);
};

/** Ask for a story and let the stage show it. */
export async function open(id, at = 0) {
  const found = await send("GET", `story?${new URLSearchParams({ story: id, lang })}`);
  remember(found.id);
  await stage.replace(found, Math.min(at, found.views.length - 1));
  take(found, at);
}

/** Show a view of the story in hand. */
export async function select(at) {
  if (at === index || !session.views[at]) return;
  index = at;
  tell("index");
  if (rows.length > at) await stage.show(at);
}

/** Change the list of views; `mark` names what is typed, so that one word is not ten steps. */
export function revise(next, { at = index, mark = null } = {}) {
  const views = next(session.views);
  if (same(views, session.views)) return;
  moveTo(stepped(held, { ...held.now, views }, mark), at, mark !== null);
}

/** Change the view that is shown. */
export const change = (patch, mark = null) => revise(
  (views) => views.map((view, i) => (i === index ? { ...view, ...patch } : view)),
  { mark: mark && `${index}.${mark}` },
);

export function rename(name) {
  if (name && name !== session.name) moveTo(stepped(held, { ...held.now, name }));
}

const near = (before, after) => {
  // Going back shows the view where something changed.
  const at = after.findIndex((view, i) => !same(view, before[i]));
  return at < 0 ? index : at;
};

export function undo() {
  const next = undone(held);
  if (next !== held) moveTo(next, near(held.now.views, next.now.views));
}

export function redo() {
  const next = redone(held);
  if (next !== held) moveTo(next, near(held.now.views, next.now.views));
}

/** Forget what is not saved; undoing brings it back. */
export function discard() {
  base = ofServer();
  moveTo(stepped(held, content(base)));
}

/** What the server keeps after a write; what was told of its views is known. */
function keptAs(made) {
  const before = story.id;
  story = { ...story, ...made, is_default: false, views: made.views };
  shelf.drop(draftOf(before));
  base = ofServer();
  held = { ...held, now: content(base), mark: null };
  status = "saved";
  if (before !== story.id) remember(story.id);
}

async function write(send_) {
  [status, fault] = ["saving", null];
  tell("status");
  try {
    keptAs(await send_());
    isReadOnly = false;
    return true;
  } catch (problem) {
    status = "unsaved";
    fault = problem.message;
    isReadOnly = kindOf(problem) === "store-read-only";
    throw problem;
  } finally {
    keep();
    tell("status");
  }
}

/** Save the story in hand; raises what the server refuses. */
export const save = () => write(() => send("PUT", `stories/${story.id}`, {
  revision: base.revision, ...held.now,
}));

/** Keep what is shown as a story of its own; a name that is taken gets a number. */
export async function saveAs(name) {
  const make = (called) => send("POST", "stories", { name: called, views: session.views });
  await write(async () => {
    try {
      return await make(name);
    } catch (problem) {
      if (!problem.body?.proposal) throw problem;
      return make(problem.body.proposal);
    }
  });
  tell("story");
}

/** Take up what another planner saved, and forget one's own. */
export async function reload() {
  shelf.drop(draftOf(story.id));
  await open(story.id, index);
}

/** Leave a story that is no longer there, and the edits to it. */
export async function forsake() {
  shelf.drop(draftOf(story.id));
  await open(DEFAULT);
}

export async function remove() {
  const { id, name, revision, views } = story;
  await send("DELETE", `stories/${id}?revision=${revision}`);
  shelf.drop(draftOf(id));
  await open(DEFAULT);
  return { name, views: views.map(plain) };
}

/** Make a story of given views and take it up. */
export async function create({ name, views }) {
  const made = await send("POST", "stories", { name, views }).catch((problem) => {
    if (!problem.body?.proposal) throw problem;
    return send("POST", "stories", { name: problem.body.proposal, views });
  });
  await open(made.id);
}

/** Return the story in hand as a text; raises what is wrong with it. */
export const text = async () => (await send("POST", "stories/text", held.now)).text;

/** Make a story of a text and take it up. */
export async function read(text_) {
  const made = await send("POST", "stories/import", { text: text_ });
  await open(made.id);
  return t("已读入「{name}」", { name: made.name });
}
