// Lists of views as plain values: every edit makes a new list, so undoing is to take the old one.

export const MOST_VIEWS = 40;
export const MOST_FIGURES = 3;
export const MOST_LETTERS = { name: 80, title: 120, sentence: 400 };
export const LAYERS = ["cells", "gaps", "circles", "ring", "stations"];
export const PROPOSAL = "proposal"; // as a scenario: what the tool itself proposes

const ASKED = { profile: "walk", budget: "15min", services: [], at: null, scenario: null };
const VIEW = {
  topic: "free", title: "", sentence: "", layers: [], asked: ASKED, against: null, camera: null, figures: [],
};

const whole = (standard, given) => Object.fromEntries(
  Object.entries(standard).map(([name, value]) => [name, given?.[name] ?? value]),
);

/** Return a view as it is kept: everything said, nothing of what the server tells of it. */
export function plain(row) {
  const view = whole(VIEW, row);
  return { ...view, asked: whole(ASKED, view.asked), against: view.against && whole(ASKED, view.against) };
}

export const inserted = (list, index, view) => [...list.slice(0, index), view, ...list.slice(index)];
export const without = (list, index) => list.filter((_, i) => i !== index);
export const replaced = (list, index, view) => list.map((one, i) => (i === index ? view : one));
export const moved = (list, from, to) => inserted(without(list, from), to, list[from]);

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

const shared = (a, b) => Object.keys(VIEW).filter((name) => same(a[name], b[name])).length;
const ALIKE = Object.keys(VIEW).length / 2; // so many fields make it the same view, changed

/** Return the longest run of numbers, not necessarily neighbours, that ascends. */
function ascending(numbers) {
  const runs = []; // the longest one that ends with each number
  for (const number of numbers) {
    const before = runs.filter((run) => run.at(-1) < number).reduce((a, b) => (b.length > a.length ? b : a), []);
    runs.push([...before, number]);
  }
  return runs.reduce((a, b) => (b.length > a.length ? b : a), []);
}

/**
 * Return what was done to a list of views, as [kind, view, names of what changed in it]: "added",
 * "removed", "changed" or "moved". Views are known again by what they hold.
 */
export function differences(before, after) {
  const left = before.map((view, place) => ({ view, place }));
  const take = (found) => (found ? left.splice(left.indexOf(found), 1)[0] : null);
  const twins = after.map((view) => take(left.find((old) => same(old.view, view))));
  const pairs = after.map((view, i) => {
    if (twins[i]) return twins[i];
    const score = (old) => shared(old.view, view) + (old.place === i ? 0.5 : 0);
    const best = left.reduce((a, b) => (a && score(a) >= score(b) ? a : b), null);
    return take(best && score(best) >= ALIKE ? best : null);
  });
  const found = after.flatMap((view, i) => {
    if (!pairs[i]) return [["added", view, []]];
    if (twins[i]) return [];
    return [["changed", view, Object.keys(VIEW).filter((name) => !same(view[name], pairs[i].view[name]))]];
  });
  const order = pairs.filter(Boolean);
  const stayed = new Set(ascending(order.map(({ place }) => place)));
  const moving = order.filter(({ place }) => !stayed.has(place));
  return [...found, ...moving.map(({ view }) => ["moved", view, []]), ...left.map(({ view }) => ["removed", view, []])];
}
