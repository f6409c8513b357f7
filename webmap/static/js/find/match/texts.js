// Keep the texts of a pack as arrays of characters, and as the letters that spell them.

export const [NAME, HOST] = [0, 1]; // which text of an entry is meant

/** All texts in one array, a 0 after each. */
export class Texts {
  constructor(pack, fold) {
    const texts = pack.name.map((name, row) => [row, NAME, name])
      .concat(pack.hosts.map(([row, host]) => [row, HOST, host]));
    const folded = texts.map(([, , text]) => fold(text));
    const places = folded.reduce((sum, { text }) => sum + text.length + 1, 0);
    this.alphabet = new Map();
    this.entry = Int32Array.from(texts, ([row]) => row);
    this.field = Uint8Array.from(texts, ([, field]) => field);
    this.first = new Int32Array(texts.length + 1);
    this.characters = new Int32Array(places);
    this.origin = new Int32Array(places);
    this.begins = new Uint8Array(places);
    let place = 0;
    folded.forEach(({ text, origin, begins }, number) => {
      text.forEach((character, i) => {
        if (!this.alphabet.has(character)) this.alphabet.set(character, this.alphabet.size + 1);
        this.characters[place] = this.alphabet.get(character);
        this.origin[place] = origin[i];
        this.begins[place] = begins[i];
        place += 1;
      });
      place += 1;
      this.first[number + 1] = place;
    });
  }
}

/** All texts spelled by the first reading of each character, a 0 after each text. */
export class Letters {
  constructor(texts, readings) {
    this.readings = readings;
    const characters = ["\0", ...texts.alphabet.keys()];
    const spellings = characters.map((c) => Array.from(this.spelled([c]), (letter) => letter.codePointAt(0)));
    this.first = new Int32Array(texts.characters.length + 1);
    texts.characters.forEach((number, place) => {
      this.first[place + 1] = this.first[place] + spellings[number].length;
    });
    this.codes = new Int32Array(this.first.at(-1));
    texts.characters.forEach((number, place) => this.codes.set(spellings[number], this.first[place]));
  }

  spelled = (characters) => characters.map((c) => this.readings.get(c)?.[0] ?? c).join("");
}
