// What opens above the bar: rewinding, ways to listen, sleep timer, volume on small screens.

const REWIND_S = 7_200;
const SMALLEST_S = 15; // nearer than this is the present

export class Panel {
  constructor(bar, listen, station, sleep) {
    Object.assign(this, { bar, listen, station, sleep, words: bar.dataset });
    this.opener = bar.querySelector("[data-radio-more]");
    this.box = bar.querySelector("[data-radio-panel]");
    this.slider = bar.querySelector("[data-radio-back]");
    this.mode = bar.querySelector("[data-radio-mode]");
    this.timer = bar.querySelector("[data-radio-sleep]");
    this.#listen();
  }

  #listen() {
    this.opener.hidden = false;
    this.opener.addEventListener("click", () => this.open(this.box.hidden));
    this.bar.addEventListener("keydown", (event) => this.#key(event));
    this.slider.addEventListener("input", () => this.#showBehind(-Number(this.slider.value)));
    this.slider.addEventListener("change", () => this.back(-Number(this.slider.value)));
    this.mode.value = this.listen.chosen;
    this.mode.addEventListener("change", () => this.listen.choose(this.mode.value));
    this.timer.addEventListener("change", () => this.#sleep(this.timer.value));
    this.bar.querySelector("[data-radio-step]").addEventListener("click", () => this.step(-30));
    this.bar.querySelector("[data-radio-start]").addEventListener("click", () => this.fromStart());
    for (const button of this.bar.querySelectorAll("[data-radio-live]")) button.addEventListener("click", () => this.live());
  }

  open(wanted) {
    this.box.hidden = !wanted;
    this.opener.setAttribute("aria-expanded", String(wanted));
    if (wanted) this.show();
    else if (this.box.contains(document.activeElement)) this.opener.focus();
  }

  /** Seconds between the studio and what is heard; 0 at the present. */
  get behind() {
    const heard = this.listen.clock();
    const now = this.station.clock();
    if (!this.listen.isRewound || now === null) return 0;
    return Math.max(0, Math.round((now - (heard ?? this.listen.behind)) / 1000));
  }

  back(seconds) {
    const now = this.station.clock();
    if (now === null || seconds < SMALLEST_S) return this.live();
    this.listen.rewind(now - Math.min(seconds, REWIND_S) * 1000);
    this.show();
  }

  step(seconds) {
    this.back(this.behind - seconds);
  }

  live() {
    if (this.listen.isRewound) this.listen.rewind(null);
    this.show();
  }

  fromStart() {
    const start = Date.parse(this.station.now.programme?.start ?? "");
    const now = this.station.clock();
    if (Number.isFinite(start) && now !== null) this.back((now - start) / 1000);
  }

  show() {
    const { behind } = this;
    this.bar.querySelector("[data-radio-fallen]").hidden = !this.listen.isFallen;
    const start = Date.parse(this.station.now.programme?.start ?? "");
    const begun = (this.station.clock() - start) / 1000;
    this.bar.querySelector("[data-radio-start]").hidden = !(begun > SMALLEST_S && begun < REWIND_S);
    for (const button of this.bar.querySelectorAll("[data-radio-live]")) button.hidden = !this.listen.isRewound;
    if (document.activeElement !== this.slider) this.slider.value = String(-behind);
    this.#showBehind(behind);
  }

  #showBehind(seconds) {
    const text = seconds < SMALLEST_S ? this.words.sayLive : this.words.sayBehind.replace("{waktu}", inWords(seconds));
    this.slider.setAttribute("aria-valuetext", text);
    this.bar.querySelector("[data-radio-behind]").textContent = text;
    this.bar.dataset.behind = seconds < SMALLEST_S ? "" : inWords(seconds);
  }

  #sleep(wish) {
    const end = Date.parse(this.station.now.programme?.end ?? "");
    if (wish === "acara") this.sleep.set(Number.isFinite(end) && end > Date.now() ? end : null);
    else this.sleep.set(Number(wish) ? Date.now() + Number(wish) * 60_000 : null);
  }

  showSleep() {
    const { until } = this.sleep;
    if (until === null) this.timer.value = "0";
    const place = this.bar.querySelector("[data-radio-sleep-left]");
    const text = until === null ? "" : this.words.saySleep.replace("{waktu}", inWords(Math.max(0, (until - Date.now()) / 1000)));
    if (place.textContent !== text) place.textContent = text;
  }

  #key(event) {
    if (event.key === "Escape" && !this.box.hidden) return this.open(false);
    if (event.target.matches("input, select") || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowLeft") this.step(-30);
    else if (event.key === "ArrowRight" && this.listen.isRewound) this.step(30);
    else return;
    event.preventDefault();
  }
}

/** "1.05.20", "12.00": hours, minutes and seconds. */
function inWords(seconds) {
  const whole = Math.round(seconds);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}.${two(whole % 60)}` : `${Math.floor(minutes / 60)}.${two(minutes % 60)}.${two(whole % 60)}`;
}
