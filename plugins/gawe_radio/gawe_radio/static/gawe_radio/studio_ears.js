// What the announcer hears and nobody else does: the programme, a piece before it is on the air, a caller in the waiting room.

import { microphone, offerOf } from "./rtc.js";

export class Ears {
  constructor(place, { words, ice, send, say, voice }) {
    Object.assign(this, { place, words, ice, send, say, voice });
    this.programme = null;
    this.talking = null;
  }

  find(name) {
    return this.place.querySelector(`[data-${name}]`);
  }

  answered(event) {
    this.programme?.setRemoteDescription({ type: "answer", sdp: event.sdp });
  }

  // The socket is back: what was heard is asked for again.
  again() {
    if (this.programme) this.hearProgramme();
  }

  leave() {
    this.programme?.close();
    this.talking?.peer.close();
    for (const track of this.talking?.own?.getTracks() ?? []) track.stop();
  }

  // The programme with little delay; pressed again, no longer.
  async monitor() {
    const button = this.find("monitor");
    if (this.programme) {
      this.programme.close();
      this.programme = null;
      this.send({ do: "monitor" });
    } else await this.hearProgramme();
    button.setAttribute("aria-pressed", String(Boolean(this.programme)));
  }

  async hearProgramme() {
    this.programme?.close();
    const peer = new RTCPeerConnection({ iceServers: this.ice });
    this.programme = peer;
    peer.addTransceiver("audio", { direction: "recvonly" });
    peer.addEventListener("track", async ({ track }) => {
      this.ear ??= new Audio();
      this.ear.srcObject = new MediaStream([track]);
      await this.toHeadphones(this.ear);
      this.ear.play();
    });
    this.send({ do: "monitor", sdp: await offerOf(peer) });
  }

  // ---------------------------------------------------------------- a caller, off the air

  async talk(id) {
    const same = this.talking?.call === id;
    this.talking?.peer.close();
    for (const track of this.talking?.own?.getTracks() ?? []) track.stop();
    this.talking = null;
    if (same) {
      this.send({ do: "talk" });
      this.showTalk();
      return;
    }
    if (this.find("lamp").dataset.state === "on") { // the same microphone: every listener would hear this half of it
      this.say(this.words.talk_on_air);
      return;
    }
    let own = null;
    try {
      own = this.voice.stream ? null : await microphone(this.find("input")?.value ?? "", this.find("headphones")?.checked ?? false);
    } catch {
      this.say(this.words.no_mic);
      return;
    }
    const peer = new RTCPeerConnection({ iceServers: this.ice });
    this.talking = { call: id, peer, own };
    peer.addTransceiver((own ?? this.voice.stream).getAudioTracks()[0], { direction: "sendrecv" });
    peer.addEventListener("track", async ({ track }) => {
      this.phone ??= new Audio();
      this.phone.srcObject = new MediaStream([track]);
      await this.toHeadphones(this.phone);
      this.phone.play();
    });
    this.send({ do: "talk", call: Number(id), sdp: await offerOf(peer) });
    this.showTalk();
  }

  async talked({ sdp }) {
    if (sdp) await this.talking?.peer.setRemoteDescription({ type: "answer", sdp });
    this.showTalk();
  }

  showTalk() {
    for (const button of this.place.querySelectorAll("[data-talk]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(button.dataset.talk === this.talking?.call));
    }
  }

  async toHeadphones(audio) {
    const device = this.find("output")?.value;
    if (device && audio.setSinkId) await audio.setSinkId(device).catch(() => {}); // unplugged meanwhile: the usual output then
  }

  // A press on anything that is for these ears.
  async cue(event) {
    const caller = event.target.closest("[data-talk]");
    if (caller) {
      await this.talk(caller.dataset.talk);
      return;
    }
    const button = event.target.closest("[data-cue], [data-cue-chosen]");
    if (!button) return;
    const audio = this.find("cue-audio");
    const chosen = this.place.querySelector("[data-do=play] select")?.value ?? "";
    audio.src = button.dataset.cue ?? `/kerja/radio/siaran/simak/${chosen.split("/").map(encodeURIComponent).join("/")}`;
    this.find("cue-place").hidden = false;
    await this.toHeadphones(audio);
    audio.play().catch(() => this.say(this.words.refused));
  }
}
