// The phone's lock screen, headsets and keyboards with media keys.

export function connect(listen, { station, artwork, step, live }) {
  const session = navigator.mediaSession;
  if (!session) return { show: () => {}, state: () => {} };
  const on = (action, act) => {
    try { session.setActionHandler(action, act); } catch { /* this browser does not know the action */ }
  };
  on("play", () => listen.play());
  on("pause", () => listen.stop());
  on("stop", () => listen.stop());
  on("seekbackward", ({ seekOffset }) => step(-(seekOffset || 30)));
  on("seekforward", ({ seekOffset }) => step(seekOffset || 30));
  on("nexttrack", live);
  return {
    show: (title, programme) => {
      session.metadata = new MediaMetadata({ title: title || station, artist: programme || station, album: station, artwork: [{ src: artwork, sizes: "512x512", type: "image/png" }] });
    },
    state: (on_) => { session.playbackState = on_ ? "playing" : "none"; },
  };
}
