// What the station says of itself: now.json, and the one clock of all its listeners.

const LONGEST_WAIT_MS = 8_000;

export class Station {
  constructor(address) {
    this.address = address;
    this.now = {};
    this.offset = null; // studio's clock minus this page's
  }

  /** Ask anew. Throws when nobody answers. */
  async ask(query = "") {
    const answer = await fetch(this.address + query, { signal: AbortSignal.timeout(LONGEST_WAIT_MS), cache: "no-store" });
    const now = await answer.json();
    if (!query) this.now = now;
    if (now.began && now.position_ms != null) this.offset = Date.parse(now.began) + now.position_ms - performance.now();
    return now;
  }

  /** The moment that leaves the mixer now, in milliseconds of Unix time; null while unknown. */
  clock = () => (this.offset === null ? null : performance.now() + this.offset);
}
