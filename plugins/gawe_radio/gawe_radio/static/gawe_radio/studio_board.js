// What the desk shows of the engine: track, countdowns, clock, who holds the microphone.

const span = (seconds) => {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const rest = `${String(Math.floor(whole / 60) % 60).padStart(hours ? 2 : 1, "0")}:${String(whole % 60).padStart(2, "0")}`;
  return hours ? `${hours}:${rest}` : rest;
};

export class Board {
  constructor(place, words) {
    this.place = place;
    this.words = words;
    this.state = null;
    this.heard = 0; // when the state came, on this machine's steady clock
    this.ahead = 0; // the server's clock against ours
    this.clock = new Intl.DateTimeFormat("id-ID", { timeZone: place.dataset.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.ticking = setInterval(() => this.tick(), 250);
    this.tick();
  }

  end() {
    clearInterval(this.ticking);
  }

  show(name, text) {
    for (const element of this.place.querySelectorAll(`[data-show="${name}"]`)) if (element.textContent !== text) element.textContent = text;
  }

  take(event) {
    if (event.event === "state" || event.event === "hello" || event.event === "welcome") {
      const state = event.event === "welcome" ? event.state : event;
      if (!state?.now) return;
      this.state = state;
      this.heard = performance.now();
      if (state.at) this.ahead = Date.parse(state.at) - Date.now();
    } else if (event.event === "live" && this.state) {
      this.state = { ...this.state, live: event };
    } else if (event.event === "track" && this.state) {
      const { event: _event, run: _run, at: _at, ...now } = event;
      this.state = { ...this.state, now: { ...this.state.now, ...now }, item_left_s: now.track?.duration_s };
      this.heard = performance.now();
    } else return;
    const { now, next } = this.state;
    this.show("track", now.speaking?.title || now.track?.label || "");
    this.show("next", next?.track?.label || next?.label || next?.title || "–");
    this.show("programme", now.programme?.title || this.words.music);
    this.holder(this.state.live);
    const hold = this.place.querySelector("[data-hold]");
    if (hold) {
      hold.elements.aktif.value = this.state.hold ? "0" : "1";
      hold.querySelector("button").setAttribute("aria-pressed", String(Boolean(this.state.hold)));
    }
    this.tick();
  }

  holder(live) {
    this.show("holder", live?.holder ? live.name : this.words.nobody);
    this.show("held", live?.holder ? this.words.held.replace("%s", live.name) : this.words.free);
  }

  get live() {
    return this.state?.live?.holder ? this.state.live : null;
  }

  tick() {
    const clock = this.place.querySelector("[data-clock]");
    if (clock) clock.textContent = this.clock.format(Date.now() + this.ahead);
    if (!this.state?.now) return;
    const { now } = this.state;
    const passed = (performance.now() - this.heard) / 1000;
    const length = now.track?.duration_s ?? 0;
    const since = now.started_at ? (Date.now() + this.ahead - Date.parse(now.started_at)) / 1000 : 0;
    const left = this.state.item_left_s == null ? length - since : this.state.item_left_s - passed;
    this.show("left", length ? span(left) : "–");
    this.show("slot-left", now.programme?.end ? span((Date.parse(now.programme.end) - Date.now() - this.ahead) / 1000) : "–");
    const bar = this.place.querySelector("[data-progress]");
    if (bar) bar.style.transform = `scaleX(${length ? Math.min(1, Math.max(0, 1 - left / length)) : 0})`;
    this.place.dataset.soon = length && left < 15 ? "yes" : "";
  }
}
