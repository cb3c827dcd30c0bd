// The announcer's desk. One press and one is on the air; whatever breaks comes back by itself, and a closed page is off the air.

import { showLevel } from "./rtc.js";
import { Board } from "./studio_board.js";
import { Ears } from "./studio_ears.js";
import { Voice } from "./studio_voice.js";
import { Wire } from "./wire.js";

const KEPT = "radio-meja";
const AGAIN_MS = 700;
const METER_MS = 80;
const SILENT_MS = 6_000;
const SILENT_DB = -55;

class Desk {
  constructor(place) {
    this.place = place;
    this.words = JSON.parse(place.dataset.words);
    this.ice = JSON.parse(place.dataset.ice);
    this.board = new Board(place, this.words);
    this.wanted = false; // the announcer wants to be on the air
    this.on = false; // and is
    this.me = "";
    this.answers = {};
    this.wire = new Wire(place.dataset.socket, { on: (event) => this.hear(event), state: (state) => this.linked(state) });
    this.voice = new Voice({
      send: (message) => this.wire.send(message), unsent: () => this.wire.unsent, ice: this.ice, broken: () => this.again(this.words.line),
    });
    this.ears = new Ears(place, {
      words: this.words, ice: this.ice, send: (message) => this.wire.send(message), say: (text) => this.say(text), voice: this.voice,
    });
    this.equip();
  }

  find(name) {
    const [attribute, value] = name.split("=");
    return this.place.querySelector(value ? `[data-${attribute}="${value}"]` : `[data-${attribute}]`);
  }

  // ---------------------------------------------------------------- controls

  equip() {
    const { signal } = (this.listening = new AbortController());
    const on = (name, event, act) => this.find(name)?.addEventListener(event, act, { signal });
    for (const element of this.place.querySelectorAll("[data-air], [data-script], [data-cue], [data-cue-chosen]")) element.hidden = false;
    on("air", "click", () => (this.wanted ? this.stop() : this.go()));
    for (const name of ["gain", "music"]) { // heard, and written into the log, when it is let go of
      on(name, "input", () => { this.find(`${name}-shown`).value = `${this.find(name).value} dB`; });
      on(name, "change", () => this.fade());
    }
    on("test", "click", () => this.test());
    on("monitor", "click", () => this.ears.monitor());
    on("request-mic", "click", () => { this.wire.send({ do: "ask" }); this.say(this.words.asking); });
    on("take-mic", "click", () => this.go(true));
    on("give-now", "click", () => { this.wire.send({ do: "give", to: this.find("give-to").value }); this.say(this.words.given); });
    on("ask-no", "click", () => { this.find("ask").hidden = true; });
    on("input", "change", () => this.renew());
    on("headphones", "change", () => this.renew());
    on("way", "change", () => this.renew());
    on("output", "change", () => this.keep());
    on("keys", "change", () => this.keep());
    for (const radio of this.place.querySelectorAll("[name=mode]")) radio.addEventListener("change", () => this.fade(), { signal });
    this.place.addEventListener("click", (event) => this.ears.cue(event), { signal });
    this.place.addEventListener("submit", (event) => this.act(event), { signal, capture: true });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("click", (event) => this.walk(event), { signal, capture: true });
    document.addEventListener("visibilitychange", () => this.on && this.stayAwake(), { signal });
    addEventListener("pagehide", () => this.wire.end(), { signal });
    addEventListener("beforeunload", (event) => this.on && event.preventDefault(), { signal });
    navigator.mediaDevices?.addEventListener("devicechange", () => this.devices(), { signal });
    document.addEventListener("htmx:after:swap", () => this.ears.showTalk(), { signal });
    this.ears.showTalk();
    this.remember();
    this.devices();
    this.metering = setInterval(() => this.meter(), METER_MS);
    if (!navigator.mediaDevices && this.find("air")) {
      this.find("air").disabled = true;
      this.say(this.words.secure);
    }
  }

  leave() {
    this.listening.abort();
    clearInterval(this.metering);
    this.board.end();
    this.wanted = false;
    this.voice.hush();
    this.wire.end();
    this.ears.leave();
    this.lock?.release();
  }

  // Forms that the socket carries quicker than a page; without it they are sent as forms.
  act(event) {
    const form = event.target;
    const what = form.dataset.do;
    if (!what || !this.wire.open) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (what === "hold") this.wire.send({ do: what, on: form.elements.aktif.value === "1" });
    else if (what === "cart" || what === "play") this.wire.send({ do: what, track: form.elements.track.value });
    else this.wire.send({ do: what });
    if (what === "play") this.say(this.words.queued);
    if (what === "skip") this.say(this.words.skipped);
  }

  key(event) {
    if (!this.find("keys")?.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest?.("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, dialog")) return;
    const button = /^[1-9]$/.test(event.key) ? this.place.querySelector(`[data-key="${event.key}"]`) : null;
    if (button) {
      event.preventDefault();
      button.click();
    }
  }

  walk(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || !this.wanted || link.target === "_blank" || link.getAttribute("href").startsWith("#")) return;
    if (confirm(this.words.leave)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  // ---------------------------------------------------------------- on and off the air

  async go(take = false) {
    this.wanted = true;
    this.show();
    try {
      if (!this.voice.stream) await this.voice.listen(this.find("input").value, this.find("headphones").checked);
    } catch {
      this.stop(this.words.no_mic);
      return;
    }
    this.devices(); // names are known once the microphone was allowed
    await this.speak(take);
  }

  async speak(take = false) {
    clearTimeout(this.retrying);
    if (!this.wanted || this.speaking) return;
    this.speaking = true;
    try {
      const answer = await this.request({ do: "mic", take }, ["open", "held"]);
      if (answer.event === "held") {
        this.stop(this.words.held.replace("%s", answer.by));
        return;
      }
      const way = await this.voice.carry(this.find("way").value);
      if (!this.wanted) return;
      await this.request({ do: "fader", on: true, ...this.fader() }, ["fader"]);
      this.arrived(way);
    } catch {
      this.retrying = setTimeout(() => this.speak(), AGAIN_MS);
    } finally {
      this.speaking = false;
    }
  }

  arrived(way) {
    const back = this.broke;
    this.on = true;
    this.broke = false;
    this.heardAt = performance.now();
    this.say(`${back ? this.words.back : this.words.on} (${this.words[`way_${way}`]})`);
    this.stayAwake();
    this.show();
  }

  again(text) {
    if (!this.wanted) return;
    this.on = false;
    this.broke = true;
    this.say(text);
    this.show();
    clearTimeout(this.retrying);
    this.retrying = setTimeout(() => (this.voice.stream?.active ? this.speak() : this.go()), AGAIN_MS);
  }

  stop(text = "") {
    clearTimeout(this.retrying);
    const was = this.on;
    this.wanted = this.on = this.broke = false;
    this.wire.send({ do: "close" });
    this.voice.hush();
    this.lock?.release();
    this.lock = null;
    this.say(text || (was ? this.words.off : ""));
    this.show();
  }

  fader() {
    const mode = this.place.querySelector("[name=mode]:checked").value;
    return { mode, gain_db: Number(this.find("gain").value), music_db: Number(this.find("music").value) };
  }

  fade() {
    if (this.on) this.wire.send({ do: "fader", on: true, ...this.fader() });
  }

  // Another microphone or another way, also while on the air.
  async renew() {
    this.keep();
    if (!this.wanted && !this.voice.stream) return;
    this.voice.hush();
    if (this.wanted) await this.go();
    else this.test();
  }

  async stayAwake() {
    if (!navigator.wakeLock || document.visibilityState !== "visible" || (this.lock && !this.lock.released)) return;
    this.lock = await navigator.wakeLock.request("screen").catch(() => null); // a low battery may forbid it
  }

  // ---------------------------------------------------------------- the wire

  request(message, events) {
    return new Promise((resolve, reject) => {
      const settle = (event) => {
        clearTimeout(late);
        for (const name of [...events, "refused", "closed", "link"]) delete this.answers[name];
        if (events.includes(event.event)) resolve(event);
        else reject(new Error(event.event));
      };
      const late = setTimeout(() => settle({ event: "late" }), 5_000);
      for (const name of [...events, "refused", "closed", "link"]) this.answers[name] = settle;
      if (!this.wire.send(message)) settle({ event: "link" });
    });
  }

  linked(state) {
    const link = this.find("link");
    link.dataset.state = state;
    link.textContent = state === "on" ? this.words.link_on : this.words.link_off;
    if (state === "off") {
      this.answers.link?.({ event: "link" });
      if (this.wanted) this.again(this.words.link_off);
      return;
    }
    this.wire.send({ do: "meters", on: true });
    if (this.wanted) this.again(this.words.line);
    this.ears.again();
  }

  hear(event) {
    this.board.take(event);
    const act = {
      welcome: () => { this.me = event.holder; this.engine(event.connected); },
      hello: () => this.engine(true),
      away: () => this.engine(false),
      answer: () => this.voice.answered(event.sdp),
      monitor: () => this.ears.answered(event),
      no_way: () => this.voice.refused(),
      talk: () => this.ears.talked(event),
      levels: () => this.levels(event),
      closed: () => this.closed(event.reason),
      refused: () => { if (event.do !== "mic" || !this.retrying) this.say(event.text || this.words.refused); this.voice.refused(); },
      asked: () => this.asked(event),
      offered: () => this.ask(this.words.offered.replace("%s", event.by), this.words.accept, () => this.go(true)),
    }[event.event];
    act?.();
    this.answers[event.event]?.(event);
    if (["state", "live", "welcome", "hello"].includes(event.event)) this.show();
  }

  engine(here) {
    const link = this.find("link");
    link.dataset.state = here ? "on" : "off";
    link.textContent = here ? this.words.link_on : this.words.engine_off;
  }

  closed(reason) {
    if (!this.wanted || this.speaking) return;
    if (reason === "revoked" || reason === "taken") this.stop(this.words[reason]);
    else if (reason) this.again(this.words[reason] ?? this.words.line);
  }

  asked({ by, holder }) {
    this.ask(this.words.asked.replace("%s", by), this.words.give, () => { this.wire.send({ do: "give", to: holder }); this.say(this.words.given); });
  }

  ask(text, yes, act) {
    const box = this.find("ask");
    this.find("ask-text").textContent = text;
    const button = this.find("ask-yes");
    button.textContent = yes;
    button.onclick = () => { box.hidden = true; act(); };
    box.hidden = false;
    this.say(text);
  }

  // ---------------------------------------------------------------- what is seen

  say(text) {
    const place = this.find("status");
    if (place.textContent !== text) place.textContent = text;
  }

  show() {
    const lamp = this.find("lamp");
    const live = this.board.live;
    const mine = live && live.holder === this.me;
    const other = live && !mine && live.on !== false;
    lamp.dataset.state = this.on ? "on" : other ? "other" : this.wanted ? "wait" : "off";
    lamp.textContent = this.on ? this.words.lamp_on : other ? this.words.lamp_other.replace("%s", live.name) : this.wanted ? this.words.opening : this.words.lamp_off;
    const button = this.find("air");
    if (!button) return;
    button.setAttribute("aria-pressed", String(this.wanted));
    this.find("air-label").textContent = this.wanted ? this.words.stop : this.words.go;
    for (const [name, seen] of [["request-mic", live && !mine], ["take-mic", live && !mine], ["give", this.on]]) {
      const element = this.find(name);
      if (element) element.hidden = !seen;
    }
    document.title = document.title.replace(/^● /, "");
    if (this.on) document.title = `● ${document.title}`;
  }

  meter() {
    const db = this.voice.level?.read();
    showLevel(this.find("meter=mic"), db);
    if (!this.on || db === undefined) return;
    const now = performance.now();
    if (db > SILENT_DB) this.heardAt = now;
    else if (now - this.heardAt > SILENT_MS) {
      this.heardAt = now + 30_000; // said once in a while
      this.say(this.words.silent);
    }
  }

  levels(event) {
    showLevel(this.find("meter=out"), event.out ?? event.programme);
  }

  async test() {
    const button = this.find("test");
    if (this.voice.stream && !this.wanted) this.voice.hush();
    else if (!this.voice.stream) {
      try {
        await this.voice.listen(this.find("input").value, this.find("headphones").checked);
        this.devices();
      } catch {
        this.say(this.words.no_mic);
      }
    }
    button.setAttribute("aria-pressed", String(Boolean(this.voice.stream)));
  }

  // ---------------------------------------------------------------- devices, kept choices

  async devices() {
    const all = await navigator.mediaDevices?.enumerateDevices() ?? [];
    for (const [name, kind] of [["input", "audioinput"], ["output", "audiooutput"]]) {
      const select = this.find(name);
      if (!select) continue;
      const found = all.filter((device) => device.kind === kind && device.deviceId && device.deviceId !== "default");
      const chosen = select.value || this.kept?.[name] || "";
      select.replaceChildren(select.options[0], ...found.map((device) => new Option(device.label || device.deviceId.slice(0, 6), device.deviceId)));
      if (found.some((device) => device.deviceId === chosen)) select.value = chosen;
    }
    const output = this.find("output-field");
    if (output) output.hidden = !("setSinkId" in HTMLMediaElement.prototype) || this.find("output").options.length < 2;
  }

  keep() {
    const kept = { input: this.find("input").value, output: this.find("output").value, way: this.find("way").value };
    kept.headphones = this.find("headphones").checked;
    kept.keys = this.find("keys").checked;
    try { localStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* for this page only */ }
  }

  remember() {
    try { this.kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}"); } catch { this.kept = {}; }
    if (!this.find("way")) return;
    if (this.kept.way) this.find("way").value = this.kept.way;
    for (const name of ["headphones", "keys"]) if (name in this.kept) this.find(name).checked = this.kept[name];
  }
}

let desk = null;

function equip() {
  const place = document.querySelector("[data-studio]");
  if (desk && desk.place !== place) {
    desk.leave();
    desk = null;
  }
  if (place && !desk) desk = new Desk(place);
}

document.addEventListener("htmx:after:swap", equip);
equip();
