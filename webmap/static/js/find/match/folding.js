// Fold texts as geo/search/folding.py does, so that questions and names can be compared.

const isKept = (character) => /[\p{L}\p{N}]/u.test(character);
const isLatin = (character) => character >= "a" && character <= "z";
const isPlain = (character) => isLatin(character) || (character >= "0" && character <= "9");

/**
 * Return a function that folds a text: its letters, where each stood, where words begin. `pairs` are
 * a traditional and a simplified character each.
 */
export function folder(pairs) {
  const all = Array.from(pairs);
  const simplified = new Map();
  for (let i = 0; i < all.length; i += 2) simplified.set(all[i], all[i + 1]);
  const kept = new Map();
  const one = (character) => {
    let folded = kept.get(character);
    if (folded === undefined) {
      const apart = character.normalize("NFKC").toLowerCase().normalize("NFD");
      folded = Array.from(apart).filter(isKept).map((c) => simplified.get(c) ?? c);
      kept.set(character, folded);
    }
    return folded;
  };
  return (text) => {
    const out = { text: [], origin: [], begins: [] };
    let isGap = true;
    let last = "";
    Array.from(text).forEach((character, place) => {
      const folded = one(character);
      for (const letter of folded) {
        out.begins.push(isGap || isLatin(letter) !== isLatin(last) || (isPlain(letter) && !isPlain(last)));
        out.text.push(letter);
        out.origin.push(place);
        isGap = false;
        last = letter;
      }
      isGap ||= !folded.length;
    });
    return out;
  };
}
