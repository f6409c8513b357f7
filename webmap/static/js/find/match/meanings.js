// Find where a question stands in the texts: each character as itself, as its syllable or its initial.

const LONGEST_SYLLABLE = 6;
const CLUSTERS = new Set(["zh", "ch", "sh"]); // typed as initials as well as their first letter

// Manners of a match, and what each becomes when a character is met by its initial, its whole
// syllable or the beginning of its syllable. Sets of manners are bits: 1 << manner.
export const [LITERAL, INITIALS, SYLLABLES, MIXED] = [0, 1, 2, 3];
const ITSELF = [LITERAL, INITIALS, SYLLABLES, MIXED];
const BY_INITIAL = [INITIALS, INITIALS, MIXED, MIXED];
const BY_SYLLABLE = [SYLLABLES, MIXED, SYLLABLES, MIXED];
const BY_BEGINNING = [MIXED, MIXED, MIXED, MIXED];

/** Which characters each syllable, initial and beginning of a syllable can mean. */
export class Meanings {
  constructor(alphabet, readings) {
    this.alphabet = alphabet;
    this.masks = new Map([[BY_INITIAL, new Map()], [BY_SYLLABLE, new Map()], [BY_BEGINNING, new Map()]]);
    for (const [character, ways] of readings) {
      const number = alphabet.get(character);
      for (const way of ways) {
        this.mask(BY_SYLLABLE, way)[number] = 1;
        this.mask(BY_INITIAL, way[0])[number] = 1;
        for (let size = 2; size < way.length; size += 1) {
          const piece = way.slice(0, size);
          this.mask(CLUSTERS.has(piece) ? BY_INITIAL : BY_BEGINNING, piece)[number] = 1;
        }
      }
    }
  }

  mask(becomes, piece) {
    const masks = this.masks.get(becomes);
    if (!masks.has(piece)) masks.set(piece, new Uint8Array(this.alphabet.size + 1));
    return masks.get(piece);
  }

  /** What a question can mean from a place on: where the piece ends, whom it fits, what becomes. */
  at(question, place) {
    const pieces = [];
    const number = this.alphabet.get(question[place]);
    if (number !== undefined) {
      const mask = new Uint8Array(this.alphabet.size + 1);
      mask[number] = 1;
      pieces.push({ end: place + 1, mask, becomes: ITSELF });
    }
    const last = Math.min(place + LONGEST_SYLLABLE, question.length);
    for (let end = place + 1; end <= last; end += 1) {
      const piece = question.slice(place, end).join("");
      for (const [becomes, masks] of this.masks) {
        const mask = masks.get(piece);
        if (mask && (becomes !== BY_BEGINNING || end === question.length)) pieces.push({ end, mask, becomes });
      }
    }
    return pieces;
  }
}

/** Return the set of manners that a set becomes. */
function after(manners, becomes) {
  let out = 0;
  for (let manner = 0; manner < 4; manner += 1) if (manners & (1 << manner)) out |= 1 << becomes[manner];
  return out;
}

/** Tell `hear(start, end, manner)` every way in which a question stands in the texts without a gap. */
export function matches(texts, meanings, question, hear) {
  const size = question.length;
  const pieces = question.map((_, place) => meanings.at(question, place));
  const opening = new Uint8Array(texts.alphabet.size + 1);
  for (const { mask } of pieces[0]) mask.forEach((fits, number) => (opening[number] |= fits));
  let here = new Uint8Array(size + 1); // manners by how much of the question is used
  let there = new Uint8Array(size + 1);
  for (let start = 0; start < texts.characters.length; start += 1) {
    if (!opening[texts.characters[start]]) continue;
    here.fill(0);
    here[0] = 1 << LITERAL;
    let isGoing = true;
    for (let place = start; isGoing; place += 1) {
      const number = texts.characters[place]; // the 0 after a text fits nothing
      there.fill(0);
      isGoing = false;
      for (let used = 0; used < size; used += 1) {
        if (!here[used]) continue;
        for (const { end, mask, becomes } of pieces[used]) {
          if (!mask[number]) continue;
          there[end] |= after(here[used], becomes);
          isGoing ||= end < size;
        }
      }
      for (let manner = 0; there[size] && manner < 4; manner += 1) {
        if (there[size] & (1 << manner)) hear(start, place + 1, manner);
      }
      [here, there] = [there, here];
    }
  }
}
