// The ways on which sound comes. Each `open` gives `{clock(), close()}`: `clock` is the moment at which the sound that is
// heard now left the mixer, in milliseconds of Unix time (server: listening/heard.py), or null while that is unknown.

const OGG_OPUS = 'audio/ogg; codecs="opus"';
const HLS_TYPE = "application/vnd.apple.mpegurl";
const GATHER_MS = 1_500;

/** A way that can't be had now: no seat, no such sound. */
export class Refused extends Error {}

export const hasNativeHls = (audio) => audio.canPlayType(HLS_TYPE) !== "";
const isApple = () => /^Apple/.test(navigator.vendor);
export const hasMediaSource = () => Boolean(window.ManagedMediaSource ?? window.MediaSource);
export const hasOpus = (audio) => audio.canPlayType(OGG_OPUS) !== "";
export const hasWebRtc = () => Boolean(window.RTCPeerConnection);

function isSlow() {
  const network = navigator.connection;
  return Boolean(network && (network.saveData || /(^|-)2g$/.test(network.effectiveType ?? "")));
}

/** The way that `auto` stands for on this browser and network, and what a chosen one falls back to. */
export function resolve(mode, audio) {
  if (mode === "auto" && isSlow()) mode = "low";
  if (mode === "auto") return isApple() && hasNativeHls(audio) ? "hls" : "mp3";
  if (mode === "low") return hasOpus(audio) ? "low" : "mp3";
  if (mode === "hls") return hasNativeHls(audio) || hasMediaSource() ? "hls" : "mp3";
  if (mode === "dekat") return hasWebRtc() ? "dekat" : "mp3";
  return "mp3";
}

/** Progressive sound of `now.run` that begins exactly at `join_ms`. */
function progressive(audio, address, now, join_ms) {
  const start = now.run && join_ms != null ? `posisi=${encodeURIComponent(`${now.run}:${join_ms}`)}&` : "";
  const first = now.began && join_ms != null ? Date.parse(now.began) + join_ms : null;
  return from(audio, `${address}?${start}${Date.now()}`, first); // a number of its own: an old connection would go on with old sound
}

/** Sound of `address`, whose first moment left the mixer at `first`. */
function from(audio, address, first) {
  let zero = 0;
  const begin = () => { zero = audio.currentTime; };
  audio.addEventListener("loadeddata", begin, { once: true }); // Ogg has a time of its own, which Chromium knows only now
  audio.src = address;
  return {
    clock: () => (first === null ? null : first + (audio.currentTime - zero) * 1000),
    close: () => audio.removeEventListener("loadeddata", begin),
  };
}

/** From the recording, beginning at `at`; `first` is where the recording really begins there. */
export function rewound(audio, { address, at, first }) {
  return from(audio, `${address}?sejak=${(at / 1000).toFixed(3)}&${Date.now()}`, first ?? at);
}

async function hls(audio, address, onError) {
  if (hasNativeHls(audio) && (isApple() || !hasMediaSource())) {
    audio.src = address;
    return {
      clock: () => {
        const start = audio.getStartDate?.().getTime();
        return Number.isFinite(start) ? start + audio.currentTime * 1000 : null;
      },
      close: () => {},
    };
  }
  const { default: Hls } = await import("../../vendor/hls.js");
  const player = new Hls({
    enableWorker: false, liveSyncDurationCount: 2, backBufferLength: 10,
    enableDateRangeMetadataCues: false, // words come by the live wire; for these it would load a track from "data:"
  });
  player.on(Hls.Events.ERROR, (_kind, { fatal, details }) => fatal && onError(details.startsWith("manifest") ? new Refused(details) : new Error(details)));
  player.loadSource(address);
  player.attachMedia(audio);
  return { clock: () => player.playingDate?.getTime() ?? null, close: () => player.destroy() };
}

/** WebRTC: about a third of a second behind the studio. */
async function whep(audio, address, liveClock, onError) {
  const peer = new RTCPeerConnection();
  peer.addTransceiver("audio", { direction: "recvonly" });
  peer.addEventListener("track", ({ track }) => { audio.srcObject = new MediaStream([track]); });
  peer.addEventListener("connectionstatechange", () => ["failed", "disconnected"].includes(peer.connectionState) && onError());
  let place = null;
  const close = () => {
    peer.close();
    audio.srcObject = null;
    if (place) fetch(place, { method: "DELETE", keepalive: true }).catch(() => {}); // the server ends it by itself when it hears nothing
  };
  try {
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/sdp" }, body: peer.localDescription.sdp });
    if (!answer.ok) throw new Refused(`whep ${answer.status}`);
    place = answer.headers.get("Location");
    await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  } catch (error) {
    close();
    throw error;
  }
  return { clock: liveClock, close };
}

function gathered(peer) {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve_) => {
    setTimeout(resolve_, GATHER_MS);
    peer.addEventListener("icegatheringstatechange", () => peer.iceGatheringState === "complete" && resolve_());
  });
}

/** Open the way `mode`. `now` is the answer of now.json; throws when that way cannot be had at all. */
export async function open(mode, audio, places, now, { liveClock, onError }) {
  if (mode === "hls") return hls(audio, places.hls, onError);
  if (mode === "dekat") return whep(audio, places.whep, liveClock, onError);
  if (mode === "low") return progressive(audio, places.low, now, now.join_low_ms);
  return progressive(audio, places.stream, now, now.join_ms);
}
