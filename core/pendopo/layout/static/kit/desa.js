// One long list of desa becomes two short ones: first the kecamatan, then its desa. Without JavaScript the long one stays.

/** Split `select`, whose optgroups are kecamatan. The select itself keeps the chosen desa and its name. */
export function wake(select) {
  const groups = [...select.querySelectorAll("optgroup")];
  if (!groups.length) return;
  const { sayKecamatan, sayDesa, sayChoose } = select.dataset;
  const chosen = groups.findIndex((group) => group.querySelector("option[selected]") || [...group.children].some((option) => option.selected));
  const first = document.createElement("select");
  first.id = `${select.id}-kecamatan`;
  first.append(new Option(sayChoose, ""), ...groups.map((group, n) => new Option(group.label, String(n))));
  const label = document.createElement("label");
  label.htmlFor = first.id;
  label.textContent = sayKecamatan;
  const second = document.createElement("label");
  second.htmlFor = select.id;
  second.textContent = sayDesa;
  const box = document.createElement("div");
  box.className = "field-row desa-pair";
  const left = document.createElement("div");
  const right = document.createElement("div");
  left.className = right.className = "field";
  left.append(label, first);
  select.before(box);
  right.append(second, select);
  box.append(left, right);

  const show = (n) => {
    const wanted = n === "" ? [] : [...groups[Number(n)].children];
    const now = select.value;
    select.replaceChildren(new Option(sayChoose, ""), ...wanted.map((option) => new Option(option.text.split(", ")[0], option.value)));
    if (wanted.some((option) => option.value === now)) select.value = now;
    select.disabled = n === "";
  };
  first.addEventListener("change", () => {
    show(first.value);
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  /** Others (a map) choose a desa by its code. */
  select.addEventListener("desa:choose", (event) => {
    const n = groups.findIndex((group) => [...group.children].some((option) => option.value === event.detail));
    if (n < 0) return;
    first.value = String(n);
    show(String(n));
    select.value = event.detail;
  });
  const start = select.value;
  if (chosen >= 0 && start) first.value = String(chosen);
  show(first.value);
  if (start) select.value = start;
}
