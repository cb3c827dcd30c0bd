// Words and titles, kept until the moment at which this listener hears them.

const MOST = 400;
const SHOWN_AT_LEAST_MS = 4_000;
const FORGOTTEN_MS = 3 * 3_600_000;

export class Cues {
  constructor() {
    this.list = [];
  }

  /** What the station told, or told about the past. */
  take(cue) {
    if (cue.kind === "cancelled") this.cancel(cue.id, cue.at);
    else this.add(cue);
  }

  /** A cue is `{kind: "title" | "speaking", at, ends, ...}`; `at` by the clock of the sound. The same one twice is one. */
  add(cue) {
    if (this.list.some((known) => known.kind === cue.kind && known.id === cue.id && known.title === cue.title && Math.abs(known.at - cue.at) < 2_000)) return;
    this.list.push(cue);
    this.list.sort((a, b) => a.at - b.at);
    if (this.list.length > MOST) this.list.shift();
  }

  /** What is heard at `clock`: the title that began last, and the words that are being spoken. */
  heard(clock) {
    const before = this.list.filter((cue) => cue.at <= clock);
    const title = before.findLast((cue) => cue.kind === "title") ?? null;
    const said = before.findLast((cue) => cue.kind === "speaking") ?? null;
    const ends = said && Math.max(said.ends ?? said.at + reading(said), said.at + SHOWN_AT_LEAST_MS);
    return { title, said: said && clock < ends ? said : null };
  }

  /** An announcement was broken off. */
  cancel(id, at) {
    for (const cue of this.list) if (cue.kind === "speaking" && cue.id === id && cue.at <= at) cue.ends = Math.min(cue.ends ?? at, at);
  }

  forget(clock) {
    this.list = this.list.filter((cue) => cue.at > clock - FORGOTTEN_MS);
  }
}

/** How long the words take to be said, when nobody told: 2.3 words a second. */
function reading(cue) {
  const words = Object.values(cue.text ?? {}).join(" ").split(/\s+/).length;
  return 3_000 + (words / 2.3) * 1000;
}

export const inLanguage = (text, language) => text?.[language] ?? text?.id ?? Object.values(text ?? {})[0] ?? "";
