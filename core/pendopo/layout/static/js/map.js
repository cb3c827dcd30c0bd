// Maps: `layout/ui.html` macro `map`. Loaded only where there is one. Everything a map does, a list or an address field
// beside it does too; with the keyboard: arrows move, + and - zoom, the button chooses the point in the middle.

import * as L from "../vendor/leaflet.js";

const SERANG = [-6.13, 106.15];
const GATHER_PX = 68; // no two marks on the map stand closer: each can be hit with a thumb
const here = new URL(".", import.meta.url);

export async function draw(element) {
  if (element.dataset.awake) return;
  element.dataset.awake = "true";
  await style(element.dataset.style);
  const area = document.createElement("div");
  area.className = "map-area";
  element.append(area);
  const say = (name) => element.dataset[`say${name}`] ?? "";
  const center = element.dataset.center ? element.dataset.center.split(",").map(Number) : SERANG;
  const map = L.map(area, { zoomControl: false, center, zoom: Number(element.dataset.zoom) || 10, minZoom: 8, maxZoom: 18, zoomSnap: 0.5 });
  area.setAttribute("aria-label", say("Hint"));
  area.setAttribute("role", "application");
  L.control.zoom({ zoomInTitle: say("In"), zoomOutTitle: say("Out"), position: "topright" }).addTo(map);
  map.attributionControl.setPrefix(false);
  const bounds = await base(map, element);
  if (bounds?.isValid() && !element.dataset.center) map.fitBounds(bounds);
  if (element.dataset.layers) points(map, element);
  if (element.dataset.lat) picker(map, element, say);
  element.drawn = { map, L }; // for modules of plugins that draw on it
  element.dispatchEvent(new CustomEvent("map:drawn", { bubbles: true }));
}

function style(href) {
  if (!href || document.querySelector(`link[href="${href}"]`)) return undefined;
  return new Promise((done) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: done, onerror: done });
    document.head.append(link);
  });
}

// ---------------------------------------------------------------- what lies under everything

async function base(map, element) {
  const { base: address, attribution } = element.dataset;
  map.attributionControl.addAttribution(attribution);
  if (address.includes("{z}")) {
    L.tileLayer(address, { maxZoom: 19 }).addTo(map);
    return undefined;
  }
  if (address.split("?")[0].endsWith(".pmtiles")) {
    window.L = L;
    await script(new URL("../vendor/protomaps-leaflet.js", here));
    window.protomapsL.leafletLayer({ url: address, flavor: "light", lang: document.documentElement.lang }).addTo(map);
    return undefined;
  }
  const shapes = await (await fetch(address)).json();
  const layer = L.geoJSON(shapes, {
    interactive: false,
    style: (feature) => ({ className: `map-${feature.properties.kind}` }),
  }).addTo(map);
  const names = L.layerGroup().addTo(map);
  const label = () => {
    names.clearLayers();
    if (map.getZoom() < 11) return;
    layer.eachLayer((shape) => {
      const { kind, name } = shape.feature.properties;
      if (!shape.getBounds || kind === "jalan") return;
      names.addLayer(L.tooltip({ permanent: true, direction: "center", className: "map-name", interactive: false }).setLatLng(shape.getBounds().getCenter()).setContent(text("span", name)));
    });
  };
  map.on("zoomend", label);
  label();
  const known = L.geoJSON({ type: "FeatureCollection", features: shapes.features.filter((feature) => feature.properties.kind === "kecamatan") });
  return known.getBounds();
}

function script(src) {
  return new Promise((done, failed) => document.head.append(Object.assign(document.createElement("script"), { src, onload: done, onerror: failed })));
}

// ---------------------------------------------------------------- points of plugins, gathered where they are many

function points(map, element) {
  const group = L.layerGroup().addTo(map);
  let features = [];
  const show = () => {
    group.clearLayers();
    for (const some of gathered(map, features)) group.addLayer(some.length === 1 ? single(some[0]) : many(map, some));
  };
  const load = async () => {
    const answers = await Promise.all(element.dataset.layers.split(" ").map((href) => fetch(href).then((answer) => (answer.ok ? answer.json() : { features: [] }))));
    features = answers.flatMap((answer) => answer.features).filter((feature) => feature.geometry?.type === "Point");
    show();
  };
  const first = load().then(() => {
    if (!features.length || element.dataset.center) return;
    map.fitBounds(L.latLngBounds(features.map((feature) => [feature.geometry.coordinates[1], feature.geometry.coordinates[0]])).pad(0.1), { maxZoom: 15 });
  });
  map.on("zoomend", show);
  element.addEventListener("live", load);
  return first;
}

// Each point joins the first group whose first point is near; groups stand where their first point is.
function gathered(map, features) {
  const groups = [];
  const cells = new Map(); // the groups that begin in a square of the map, to look only at neighbours
  for (const feature of features) {
    const [lon, lat] = feature.geometry.coordinates;
    const place = map.project([lat, lon]);
    const { x, y } = place.divideBy(GATHER_PX).floor();
    const near = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].flatMap((dy) => cells.get(`${x + dx}:${y + dy}`) ?? [])).find((one) => one.place.distanceTo(place) < GATHER_PX);
    if (near) {
      near.some.push(feature);
      continue;
    }
    const fresh = { place, some: [feature] };
    groups.push(fresh.some);
    cells.set(`${x}:${y}`, [...(cells.get(`${x}:${y}`) ?? []), fresh]);
  }
  return groups;
}

function single(feature) {
  const [lon, lat] = feature.geometry.coordinates;
  const { title = "", tone = "primary" } = feature.properties;
  return L.marker([lat, lon], { icon: pin(tone), title, alt: title, keyboard: true }).bindPopup(() => story([feature]), { minWidth: 180 });
}

function many(map, some) {
  const [lon, lat] = some[0].geometry.coordinates;
  const middle = L.latLng(lat, lon);
  const size = 34 + Math.min(20, Math.log2(some.length) * 3);
  const icon = L.divIcon({ className: "map-many", html: String(some.length), iconSize: [size, size] });
  const marker = L.marker(middle, { icon, title: String(some.length), alt: String(some.length) });
  if (map.getZoom() >= 17) return marker.bindPopup(() => story(some.slice(0, 12)), { minWidth: 180, maxHeight: 240 });
  return marker.on("click keypress", () => map.setView(middle, Math.min(map.getZoom() + 2, 18)));
}

function story(features) {
  const box = document.createElement("div");
  for (const { properties } of features) {
    const line = document.createElement("p");
    const title = text(properties.href ? "a" : "strong", properties.title ?? "");
    if (properties.href) title.href = properties.href;
    line.append(title);
    if (properties.text) line.append(document.createElement("br"), properties.text);
    box.append(line);
  }
  return box;
}

function pin(tone) {
  const html = '<svg viewBox="0 0 24 30" aria-hidden="true"><path d="M12 1C5.900 1 1 5.900 1 12c0 8 11 17 11 17s11-9 11-17C23 5.900 18.100 1 12 1z" fill="currentColor" stroke="#fff" stroke-width="1.500"/><circle cx="12" cy="12" r="4.500" fill="#fff"/></svg>';
  return L.divIcon({ className: `map-pin tone-${tone}`, html, iconSize: [30, 38], iconAnchor: [15, 37], popupAnchor: [0, -32] });
}

// ---------------------------------------------------------------- choosing a point

function picker(map, element, say) {
  const lat = document.getElementById(element.dataset.lat);
  const lon = document.getElementById(element.dataset.lon);
  if (!lat || !lon) return;
  let marker = null;
  const status = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  status.setAttribute("role", "status");

  const put = (place, write = true) => {
    marker ??= L.marker(place, { icon: pin("accent"), draggable: true, keyboard: false, alt: say("Chosen") }).addTo(map).on("dragend", () => put(marker.getLatLng()));
    marker.setLatLng(place);
    if (!write) return;
    lat.value = place.lat.toFixed(6);
    lon.value = place.lng.toFixed(6);
    for (const input of [lat, lon]) input.dispatchEvent(new Event("change", { bubbles: true }));
    status.textContent = `${say("Chosen")}: ${lat.value}, ${lon.value}`;
  };
  const read = () => {
    const place = [Number(lat.value.replace(",", ".")), Number(lon.value.replace(",", "."))];
    if (!lat.value || !lon.value || place.some(Number.isNaN)) return;
    put(L.latLng(place), false);
    map.setView(place, Math.max(map.getZoom(), 13));
  };

  const tools = Object.assign(document.createElement("div"), { className: "map-tools" });
  const middle = tool(say("Center"), () => put(map.getCenter()));
  const mine = tool(say("Here"), () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const place = L.latLng(coords.latitude, coords.longitude);
        map.setView(place, 16);
        put(place);
      },
      () => (status.textContent = say("Refused")) && middle.after(text("p", say("Refused"), "alert alert-warn")),
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  });
  tools.append(middle, ...("geolocation" in navigator ? [mine] : []));
  const cross = Object.assign(document.createElement("div"), { className: "map-cross" });
  cross.innerHTML = '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.500" aria-hidden="true"><path d="M12 1v8M12 15v8M1 12h8M15 12h8"/></svg>';
  element.append(cross, tools, status);
  map.on("click", (event) => put(event.latlng));
  for (const input of [lat, lon]) input.addEventListener("input", read);
  read();
}

function tool(label, act) {
  const button = text("button", label, "button button-small");
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

function text(name, words, css = "") {
  const element = document.createElement(name);
  element.textContent = words;
  if (css) element.className = css;
  return element;
}
