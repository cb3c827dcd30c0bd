// One listener: begins, keeps the sound alive through breaks, rewinds, and tells what state it is in.
// Knows no page: events are "state" (off, wait, on, away, offer), "mode" and "clock".

import { choices } from "./kept.js";
import { hasMediaSource, open, Refused, resolve, rewound } from "./sources.js";

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const STALLED_MS = 12_000;
const GIVE_UP_AFTER = 3; // tries without a sound, then another way

export class Listen extends EventTarget {
  constructor(station, places) {
    super();
    Object.assign(this, { station, places, wanted: false, state: "off", way: "", chosen: choices.mode, behind: null, since: 0 });
    this.audio = null; // made at the first press: nothing is fetched before
    this.source = null;
    this.pause = FIRST_PAUSE_MS;
    this.failures = 0;
    this.attempt = 0;
  }

  /** When the sound that is heard now left the mixer; null while nothing is heard or that is unknown. */
  clock() {
    return this.wanted && this.source ? this.source.clock() : null;
  }

  get isRewound() { return this.behind !== null; }

  /** The usual way plays, because the chosen one can't be had. */
  get isFallen() { return this.wanted && this.way === "mp3" && !["auto", "mp3"].includes(this.chosen); }

  play() {
    this.wanted = true;
    this.since = Date.now();
    this.failures = 0;
    this.pause = FIRST_PAUSE_MS;
    this.#make();
    this.audio.load(); // in the hand of the press: some phones allow sound only so
    this.#begin();
  }

  stop() {
    this.wanted = false;
    this.behind = null;
    this.#let_go();
    this.#tell("off");
  }

  /** Go on from the moment `at` (milliseconds of Unix time), or with `null` from the present. */
  rewind(at) {
    this.behind = at;
    if (this.wanted) this.#begin();
    else this.play();
  }

  choose(mode) {
    this.chosen = mode;
    choices.mode = mode;
    this.behind = null;
    this.failures = 0;
    if (this.wanted) this.#begin();
    this.dispatchEvent(new Event("mode"));
  }

  set volume(percent) {
    choices.volume = percent;
    if (this.audio) this.audio.volume = percent / 100;
  }

  /** The engine began anew: what we hear belongs to a run that is over. */
  rejoin() {
    if (this.wanted && !this.isRewound && this.way !== "hls") this.#begin();
  }

  again() {
    if (!this.wanted) return;
    if (this.isRewound) this.behind = this.clock() ?? this.behind;
    clearTimeout(this.stalled);
    clearTimeout(this.retry);
    this.failures += 1;
    this.#tell("away");
    this.retry = setTimeout(() => this.#begin(), this.pause * (0.5 + Math.random())); // not everyone in the same moment
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }

  // ------------------------------------------------------------------------------------------------ inside

  #make() {
    if (this.audio) return;
    this.audio = new Audio();
    this.audio.preload = "none";
    this.audio.volume = choices.volume / 100;
    const on = (name, act) => this.audio.addEventListener(name, act);
    on("playing", () => { this.pause = FIRST_PAUSE_MS; this.failures = 0; clearTimeout(this.stalled); this.#tell("on"); });
    on("waiting", () => { if (this.wanted) { this.#tell("wait"); this.#watch(); } });
    on("ended", () => this.again());
    on("error", () => this.wanted && this.source && this.again());
    on("pause", () => { if (this.wanted && this.state === "on" && !this.audio.ended) this.stop(); }); // headphones pulled, a call
  }

  #let_go() {
    this.attempt += 1;
    clearTimeout(this.retry);
    clearTimeout(this.stalled);
    this.source?.close();
    this.source = null;
    if (!this.audio) return;
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load(); // lets go of the connection
  }

  async #begin() {
    this.state = "wait"; // before the old sound ends: its pause is ours
    this.#let_go();
    const mine = this.attempt;
    this.#tell("wait");
    this.#watch();
    try {
      const source = await this.#open();
      if (mine !== this.attempt) return source.close();
      this.source = source;
      await this.audio.play();
    } catch (error) {
      if (mine !== this.attempt || error.name === "AbortError") return;
      if (error.name === "NotAllowedError") this.#offer();
      else if (error instanceof Refused) this.#fall();
      else this.again();
    }
  }

  /** No use in asking again: the usual way, at once. */
  #fall() {
    this.failures = GIVE_UP_AFTER;
    this.#begin();
  }

  async #open() {
    const onError = (error) => (error instanceof Refused ? this.#fall() : this.again());
    if (this.isRewound) {
      this.way = "ulang";
      const found = await this.station.ask(`?sejak=${(this.behind / 1000).toFixed(3)}`);
      return rewound(this.audio, { address: this.places.replay, at: this.behind, first: this.#recorded(found) });
    }
    const now = await this.station.ask();
    this.way = this.#wayNow();
    return open(this.way, this.audio, this.places, now, { liveClock: this.station.clock, onError });
  }

  /** Where the recording really begins at the moment that was asked for, on the clock of the sound. */
  #recorded({ heard, began, run }) {
    if (!heard) return null;
    return heard.run === run && began ? Date.parse(began) + heard.position_ms : Date.parse(heard.since);
  }

  /** What does not work here after some tries gives place to what may. */
  #wayNow() {
    const way = resolve(this.chosen, this.audio);
    if (this.failures < GIVE_UP_AFTER) return way;
    if (way === "mp3" && hasMediaSource()) return Math.floor(this.failures / GIVE_UP_AFTER) % 2 ? "hls" : "mp3";
    return "mp3";
  }

  #offer() {
    this.wanted = false;
    this.#let_go();
    this.#tell("offer");
  }

  #watch() {
    clearTimeout(this.stalled);
    this.stalled = setTimeout(() => this.again(), STALLED_MS);
  }

  #tell(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
