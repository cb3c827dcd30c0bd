// A websocket that comes back by itself. `on(event)` hears JSON messages, `state("on" | "off")` how the line is.

const FIRST_MS = 250;
const LONGEST_MS = 4_000;
const PING_MS = 10_000;

export class Wire {
  constructor(path, { on, state }) {
    this.path = path;
    this.on = on;
    this.state = state;
    this.pause = FIRST_MS;
    this.ended = false;
    this.begin();
  }

  begin() {
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}${this.path}`);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.pause = FIRST_MS;
      this.pinging = setInterval(() => this.send({ do: "ping" }), PING_MS);
      this.state("on");
    });
    socket.addEventListener("message", ({ data }) => this.on(JSON.parse(data)));
    socket.addEventListener("close", () => {
      clearInterval(this.pinging);
      if (this.ended) return;
      this.state("off");
      this.again = setTimeout(() => this.begin(), this.pause);
      this.pause = Math.min(this.pause * 2, LONGEST_MS);
    });
  }

  get open() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  get unsent() {
    return this.socket.bufferedAmount;
  }

  send(message) {
    if (!this.open) return false;
    this.socket.send(message instanceof Blob || message instanceof ArrayBuffer ? message : JSON.stringify(message));
    return true;
  }

  end() {
    this.ended = true;
    clearTimeout(this.again);
    clearInterval(this.pinging);
    this.socket.close();
  }
}
