// Find what a person types among the names of a pack: the same answers in the same order as the
// server gives (geo/search), by characters, pinyin, initials or a mixture, with one slip at last.
import { folder } from "./match/folding.js";
import { INITIALS, LITERAL, Meanings, MIXED, matches } from "./match/meanings.js";
import { nearMisses } from "./match/slips.js";
import { HOST, Letters, Texts } from "./match/texts.js";

const LONGEST = 80; // so many characters of a question are read
const MOST = 20;
const FEW = 3; // slips are looked for where there are fewer better answers
const MICRO = 1_000_000;
const STEP_M = 100;
const STEPS = 2 ** 14;
const ROWS = 2 ** 20;

// Classes of matches, the best first (geo/search/ranking.py says what else counts).
const [EXACT, PREFIX, WORD, INSIDE, BY_INITIALS, BY_SOUND, SOUND_INSIDE, SLIP] = [0, 1, 2, 3, 4, 5, 6, 7];

const sums = (differences) => {
  let sum = 0;
  return Float64Array.from(differences, (difference) => (sum += difference));
};

/** Whether a cell says no more than its compound, which was found before. */
function isSaid({ kind, name, mark }, found) {
  const end = mark[0] + mark[1];
  return kind === "cell" && found.some((one) => one.kind === "compound" && one.name !== name
    && name.startsWith(one.name) && end <= Array.from(one.name).length);
}

class Finder {
  constructor(pack) {
    this.pack = pack;
    this.fold = folder(pack.simplified);
    this.texts = new Texts(pack, this.fold);
    this.readings = new Map(Object.entries(pack.readings).map(([c, ways]) => [c, ways.split(" ")]));
    this.meanings = new Meanings(this.texts.alphabet, this.readings);
    this.hosts = new Map(pack.hosts);
    this.lon = sums(pack.lon);
    this.lat = sums(pack.lat);
    this.textOf = new Int32Array(this.texts.characters.length);
    for (let text = 0; text < this.texts.entry.length; text += 1) {
      this.textOf.fill(text, this.texts.first[text], this.texts.first[text + 1]);
    }
  }

  /** Return what a text may mean, best first: rows as the server's `search` gives them. */
  find({ text, k = 10, lon = null, lat = null }) {
    const question = this.fold(Array.from(text).slice(0, LONGEST).join("")).text;
    const count = Math.min(k, MOST);
    if (!question.length || !this.lon.length || count < 1) return { found: [] };
    const metres = lon === null || lat === null ? null : this.metres(lon, lat);
    const best = new Map(); // row → {key, text, start, end}, the smallest
    const offer = (kind, isLoose, isPart, number, start, end) => {
      const row = this.texts.entry[number];
      let key = ((kind * 2 + isLoose) * 2 + isPart) * 2 + this.texts.field[number];
      const step = metres ? Math.min(Math.floor(metres[row] / STEP_M), STEPS - 1) : 0;
      key = ((key * 8 + this.pack.kind[row]) * STEPS + step) * ROWS + row;
      const known = best.get(row);
      const better = known && (known.key - key || known.text - number || known.start - start || known.end - end);
      if (!known || better > 0) best.set(row, { key, text: number, start, end });
    };
    matches(this.texts, this.meanings, question, (start, end, manner) =>
      this.rank(question.length, start, end, manner, offer));
    const few = Math.min(count, FEW);
    if (this.listed(best, few, metres).length < few) {
      this.letters ??= new Letters(this.texts, this.readings);
      nearMisses(this.texts, this.letters, question, (start, end, slips) => {
        const number = this.textOf[start];
        offer(SLIP, slips, Number(start !== this.texts.first[number]), number, start, end);
      });
    }
    return { found: this.listed(best, count, metres) };
  }

  /** Return the best matches as they are told. */
  listed(best, count, metres) {
    const found = [];
    for (const match of [...best.values()].sort((one, other) => one.key - other.key)) {
      const row = this.told(match, metres);
      if (!isSaid(row, found)) found.push(row);
      if (found.length === count) break;
    }
    return found;
  }

  rank(size, start, end, manner, offer) {
    const number = this.textOf[start];
    const isStart = start === this.texts.first[number];
    const isWhole = isStart && end === this.texts.first[number + 1] - 1;
    let kind = isStart ? BY_SOUND : SOUND_INSIDE;
    if (manner === LITERAL) {
      kind = isStart ? PREFIX : INSIDE;
      if (isWhole) kind = EXACT;
      else if (!isStart && this.texts.begins[start]) kind = WORD;
    } else if (isStart && manner === INITIALS) kind = BY_INITIALS;
    // One letter alone, as an initial somewhere inside, would be found everywhere.
    if (kind === SOUND_INSIDE && size < 2) return;
    const isLoose = manner === INITIALS || manner === MIXED;
    offer(kind, Number(isLoose), Number(!isWhole), number, start, end);
  }

  metres(lon, lat) {
    const [east, north] = this.pack.scale;
    const x = Math.floor(lon * MICRO + 0.5);
    const y = Math.floor(lat * MICRO + 0.5);
    return this.lon.map((value, row) => {
      const [dx, dy] = [(value - x) * east, (this.lat[row] - y) * north];
      return Math.sqrt(dx * dx + dy * dy);
    });
  }

  told({ text, start, end }, metres) {
    const { pack, texts } = this;
    const row = texts.entry[text];
    const isHost = texts.field[text] === HOST;
    const first = texts.origin[start];
    return {
      kind: pack.kinds[pack.kind[row]],
      id: pack.id[row] || null,
      name: pack.name[row],
      detail: isHost ? this.hosts.get(row) : pack.details[pack.detail[row]],
      field: isHost ? "detail" : "name",
      mark: [first, texts.origin[end - 1] + 1 - first],
      level: pack.level[row] || null,
      lon: this.lon[row] / MICRO,
      lat: this.lat[row] / MICRO,
      metres: metres && Math.floor(metres[row] + 0.5),
    };
  }
}

/** Return a finder over a pack of `geo.search.pack`. */
export const open = (pack) => new Finder(pack);
