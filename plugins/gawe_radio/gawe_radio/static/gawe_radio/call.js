// A listener's telephone: what will happen, waiting, the waiting room, on the air, over.

import { Level, microphone, offerOf, showLevel } from "./rtc.js";
import { Wire } from "./wire.js";

class Telephone {
  constructor(place) {
    this.place = place;
    this.words = JSON.parse(place.dataset.words);
    this.state = "";
    this.find("call-form").hidden = false;
    const { signal } = (this.listening = new AbortController());
    this.find("call-form").addEventListener("submit", (event) => this.call(event), { signal, capture: true });
    this.find("hang-up").addEventListener("click", () => this.over("selesai"), { signal });
    addEventListener("pagehide", () => this.over(""), { signal });
    document.addEventListener("click", (event) => this.walk(event), { signal, capture: true });
    if (!navigator.mediaDevices) this.say(this.words.secure);
  }

  find(name) {
    return this.place.querySelector(`[data-${name}]`);
  }

  say(text) {
    this.find("status").textContent = text;
  }

  async call(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const form = event.target;
    const asked = { do: "call", name: form.elements.name.value, topic: form.elements.topic.value, consent: form.elements.consent.checked };
    try {
      this.stream = await microphone("", false);
    } catch {
      this.say(this.words.no_mic);
      return;
    }
    form.hidden = true;
    this.say(this.words.wait);
    this.level = new Level(this.stream);
    this.find("meter").hidden = false;
    this.find("hang-up").hidden = false;
    this.metering = setInterval(() => showLevel(this.find("meter"), this.level?.read()), 80);
    this.lock = await navigator.wakeLock?.request("screen").catch(() => null);
    this.wire = new Wire(this.place.dataset.socket, {
      on: (message) => this.hear(message),
      state: (state) => (state === "on" ? this.wire.send(asked) : this.over("lost")),
    });
  }

  async hear(message) {
    if (message.event === "refused") {
      this.over("");
      this.say(message.text);
    } else if (message.event === "answer") {
      await this.peer?.setRemoteDescription({ type: "answer", sdp: message.sdp });
    } else if (message.event === "talk") {
      this.say(message.on ? this.words.talk : this.words[this.state] ?? "");
    } else if (message.event === "state") {
      this.state = message.state;
      if (message.state === "selesai") return this.over("selesai");
      if (message.state !== "menunggu" && !this.peer) await this.connect();
      this.show();
    }
  }

  async connect() {
    const peer = new RTCPeerConnection({ iceServers: JSON.parse(this.place.dataset.ice) });
    this.peer = peer;
    peer.addTransceiver(this.stream.getAudioTracks()[0], { direction: "sendrecv", streams: [this.stream] });
    peer.addEventListener("track", ({ track }) => {
      this.ear = new Audio();
      this.ear.srcObject = new MediaStream([track]);
      this.ear.play();
    });
    this.wire.send({ do: "offer", sdp: await offerOf(peer) });
  }

  show() {
    this.say(this.words[this.state] ?? "");
    const lamp = this.find("lamp");
    lamp.hidden = this.state !== "udara";
    lamp.dataset.state = "on";
    lamp.textContent = this.words.lamp;
    for (const step of this.place.querySelectorAll("[data-step]")) {
      if (step.dataset.step === this.state) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    }
  }

  walk(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || !this.wire || confirm(this.words.leave)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  over(why) {
    this.wire?.send({ do: "end" });
    this.wire?.end();
    this.peer?.close();
    this.level?.close();
    clearInterval(this.metering);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.lock?.release();
    this.wire = this.peer = this.level = this.stream = this.lock = null;
    this.state = "";
    this.show();
    this.say(this.words[why] ?? "");
    this.find("call-form").hidden = false;
    this.find("meter").hidden = this.find("hang-up").hidden = true;
  }

  leave() {
    this.over("");
    this.listening.abort();
  }
}

let telephone = null;

function equip() {
  const place = document.querySelector("[data-call]");
  if (telephone && telephone.place !== place) {
    telephone.leave();
    telephone = null;
  }
  if (place && !telephone) telephone = new Telephone(place);
}

document.addEventListener("htmx:after:swap", equip);
equip();
