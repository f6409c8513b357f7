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

/**
 * Return what was done to a list of views, as [kind, view, names of what changed in it]: "added",
 * "removed", "changed" or "moved". Views are known again by what they hold, else by their place.
 */
export function differences(before, after) {
  const found = [];
  const left = before.map((view, i) => [i, view]);
  const take = (fits) => {
    const at = left.findIndex(fits);
    return at < 0 ? null : left.splice(at, 1)[0];
  };
  const twins = after.map((view) => take(([, old]) => same(old, view)));
  const pairs = after.map((view, i) => twins[i] ?? take(([, old]) => view.title && old.title === view.title)
    ?? take(([place]) => place === i));
  after.forEach((view, i) => {
    if (!pairs[i]) found.push(["added", view, []]);
    else if (!twins[i]) found.push(["changed", view, Object.keys(VIEW).filter((name) => !same(view[name], pairs[i][1][name]))]);
  });
  found.push(...left.map(([, view]) => ["removed", view, []]));
  const order = pairs.filter(Boolean).map(([place]) => place);
  order.forEach((place, k) => {
    // Only whoever overtook somebody has been moved, not all those whom others passed.
    if (order.slice(k + 1).filter((later) => later < place).length > order.slice(0, k).filter((earlier) => earlier > place).length) {
      found.push(["moved", before[place], []]);
    }
  });
  return found;
}
