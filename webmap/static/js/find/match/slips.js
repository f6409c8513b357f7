// Find names that a question meets but for one slip (geo/search/slips.py).

const LEAST_LETTERS = 4; // shorter questions are not taken to have a slip
const LEAST_CHARACTERS = 3;

/**
 * Return where `asked` begins at `start` of `text` with at most one slip, as [end, slips], or null.
 * Of several slips the first of swapped, wrong, too many, missing counts; the first letter is right.
 */
function met(text, start, asked) {
  const size = asked.length;
  const at = (place) => (place < text.length ? text[place] : 0);
  if (at(start) !== asked[0]) return null;
  let done = 1;
  while (done < size && at(start + done) === asked[done]) done += 1;
  if (done === size) return [start + size, 0];
  const follows = (shift, rest) => {
    for (let place = rest; place < size; place += 1) if (at(start + shift + place) !== asked[place]) return false;
    return true;
  };
  const isLetter = at(start + done) !== 0;
  const isSwapped = done + 1 < size && at(start + done) === asked[done + 1] && at(start + done + 1) === asked[done];
  if (isSwapped && follows(0, done + 2)) return [start + size, 1];
  if (isLetter && follows(0, done + 1)) return [start + size, 1];
  if (follows(-1, done + 1)) return [start + size - 1, 1];
  if (isLetter && follows(1, done)) return [start + size + 1, 1];
  return null;
}

/** Tell `hear(start, end, slips)` where a question stands in the texts with at most one slip. */
export function nearMisses(texts, letters, question, hear) {
  const spelled = Array.from(letters.spelled(question));
  const places = texts.characters.length;
  if (spelled.length >= LEAST_LETTERS) {
    const codes = spelled.map((letter) => letter.codePointAt(0));
    for (let start = 0; start < places; start += 1) {
      const found = met(letters.codes, letters.first[start], codes);
      if (!found) continue;
      let end = start + 1;
      while (letters.first[end] < found[0]) end += 1;
      hear(start, end, found[1]);
    }
  }
  if (spelled.join("") !== question.join("") && question.length >= LEAST_CHARACTERS) {
    const numbers = question.map((character) => texts.alphabet.get(character) ?? -1);
    for (let start = 0; start < places; start += 1) {
      const found = met(texts.characters, start, numbers);
      if (found) hear(start, ...found);
    }
  }
}
