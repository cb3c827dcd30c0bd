// The sleep timer: the sound fades away in its last seconds, then the radio stops.

import { choices } from "./kept.js";

const FADE_MS = 12_000;

export class Sleep {
  constructor(listen, onChange) {
    Object.assign(this, { listen, onChange, until: null });
    setInterval(() => this.#tick(), 1_000);
  }

  /** Stop at `until` (milliseconds of Unix time, by this device); null never. */
  set(until) {
    this.until = until;
    if (this.listen.audio) this.listen.audio.volume = choices.volume / 100;
    this.onChange();
  }

  #tick() {
    if (this.until === null) return;
    const left = this.until - Date.now();
    if (!this.listen.wanted) return this.set(null);
    if (left <= 0) {
      this.listen.stop();
      return this.set(null);
    }
    if (left < FADE_MS) this.listen.audio.volume = (choices.volume / 100) * (left / FADE_MS);
    this.onChange();
  }
}
