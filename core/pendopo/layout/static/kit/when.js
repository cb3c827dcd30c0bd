// Questions that hang on another are hidden where they are not asked. Without JavaScript they say when they are.

const answersOf = (form, name) => {
  const fields = [...form.elements].filter((field) => field.name === name && !field.closest("[data-when][hidden]"));
  const given = fields.flatMap((field) => {
    if (field.type === "radio" || field.type === "checkbox") return field.checked ? [field.value] : [];
    if (field.type === "select-multiple") return [...field.selectedOptions].map((option) => option.value);
    return [field.value];
  });
  return fields.length && !given.length ? [""] : given;
};

/** Show `part` while every `[name, answers]` of its condition holds; the server ignores what is not asked anyway. */
export function wake(part) {
  const form = part.closest("form");
  const conditions = JSON.parse(part.dataset.when);
  part.querySelector("[data-when-words]")?.setAttribute("hidden", "");
  const look = () => {
    const asked = conditions.every(([name, wanted]) => answersOf(form, name).some((answer) => wanted.includes(answer)));
    if (part.hidden === !asked) return;
    part.hidden = !asked;
    form.dispatchEvent(new Event("when:changed")); // what hangs on this one
  };
  form.addEventListener("change", look);
  form.addEventListener("when:changed", look);
  look();
}
