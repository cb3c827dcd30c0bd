// The announcer's voice on its way to the engine: WebRTC first, the websocket where that can't pass.

import { Level, connected, microphone, offerOf } from "./rtc.js";

const CONNECT_MS = 6_000;
const PIECE_MS = 60;
const MOST_UNSENT = 96_000; // half a second without compression: later sound is of no use on the air
const RECORDED = [["audio/webm;codecs=opus", "webm"], ["audio/ogg;codecs=opus", "ogg"]];

export class Voice {
  // `send` takes an object or binary data; `broken` is called when the way by WebRTC is lost.
  constructor({ send, unsent, ice, broken }) {
    this.send = send;
    this.unsent = unsent;
    this.ice = ice;
    this.broken = broken;
    this.stream = null;
    this.level = null;
    this.way = "";
    this.answer = null;
  }

  async listen(device, plain) {
    this.hush();
    this.stream = await microphone(device, plain);
    this.level = new Level(this.stream);
    this.stream.getAudioTracks()[0].addEventListener("ended", () => this.broken()); // unplugged
  }

  // Bring the sound to the server by `wanted` ("auto", "webrtc", "opus", "pcm"); says by which way it goes.
  async carry(wanted) {
    this.drop();
    const ways = wanted === "auto" ? ["webrtc", "opus", "pcm"] : [wanted];
    for (const way of ways) {
      try {
        await this[way]();
        this.way = way;
        return way;
      } catch (error) {
        this.drop();
        if (way === ways.at(-1)) throw error;
      }
    }
    return "";
  }

  async webrtc() {
    const peer = new RTCPeerConnection({ iceServers: this.ice });
    this.peer = peer;
    for (const track of this.stream.getAudioTracks()) peer.addTransceiver(track, { direction: "sendonly", streams: [this.stream] });
    const sdp = await offerOf(peer);
    const answered = new Promise((resolve, reject) => { this.answer = { resolve, reject }; });
    this.send({ do: "offer", sdp });
    const waiting = this.answer;
    setTimeout(() => { if (waiting && this.answer === waiting) this.refused(); }, CONNECT_MS);
    await peer.setRemoteDescription({ type: "answer", sdp: await answered });
    await connected(peer, CONNECT_MS);
    peer.addEventListener("connectionstatechange", () => { if (peer === this.peer && peer.connectionState === "failed") this.broken(); });
  }

  async opus() {
    const found = RECORDED.find(([type]) => globalThis.MediaRecorder?.isTypeSupported(type));
    if (!found) throw new Error("no recorder");
    const [mimeType, form] = found;
    const recorder = new MediaRecorder(this.stream, { mimeType, audioBitsPerSecond: 48_000 });
    this.recorder = recorder;
    this.send({ do: "form", form });
    recorder.addEventListener("dataavailable", (event) => { if (recorder === this.recorder && event.data.size) this.send(event.data); });
    recorder.start(PIECE_MS);
  }

  async pcm() {
    const context = new AudioContext({ sampleRate: 48_000 });
    this.context = context;
    await context.audioWorklet.addModule(new URL("./pcm_worklet.js", import.meta.url));
    const node = new AudioWorkletNode(context, "pcm", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    this.send({ do: "form", form: "pcm" });
    node.port.onmessage = ({ data }) => { if (context === this.context && this.unsent() < MOST_UNSENT) this.send(data); };
    context.createMediaStreamSource(this.stream).connect(node);
  }

  answered(sdp) {
    this.answer?.resolve(sdp);
    this.answer = null;
  }

  refused() {
    this.answer?.reject(new Error("refused"));
    this.answer = null;
  }

  drop() {
    const { peer, recorder, context } = this;
    this.peer = this.recorder = this.context = null;
    this.way = "";
    this.refused();
    if (recorder && recorder.state !== "inactive") recorder.stop();
    context?.close();
    peer?.close();
  }

  hush() {
    this.drop();
    this.level?.close();
    this.level = null;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }
}
