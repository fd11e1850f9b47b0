/* The board of the allocation: what is tried is shown at once. A module of its own, for the office alone needs it. */
for (const form of document.querySelectorAll("form[data-live]")) live(form);

/* <form data-live="id">: while it is changed, the part of the page with that id follows. Its number fields get sliders. */
function live(form) {
  let waiting, asked = 0;
  const follow = async () => {
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`, number = ++asked;
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok || number !== asked) return; // a value half typed, or an answer that was overtaken
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(form.dataset.live);
    if (!found) return;
    document.getElementById(form.dataset.live).replaceWith(found);
    document.querySelectorAll("[data-decide]").forEach((one) => { one.hidden = true; });
    history.replaceState(null, "", address);
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => follow().catch(() => {}), 150); });
  form.querySelectorAll("[data-slider]").forEach(slide);
}

function slide(field) {
  const [least, most, step] = field.dataset.slider.split(" ");
  const slider = Object.assign(document.createElement("input"), { type: "range", className: "slider" });
  Object.assign(slider, { min: least, max: most, step });
  slider.value = field.dataset.value ?? field.value;
  slider.setAttribute("aria-labelledby", label(field));
  slider.addEventListener("input", () => { field.value = slider.value.replace(".", document.documentElement.lang === "en" ? "." : ","); });
  field.addEventListener("input", () => { if (/^-?\d+$/.test(field.value)) slider.value = field.value; });
  (field.closest(".govuk-input__wrapper") ?? field).after(slider);
}

function label(field) {
  const found = document.querySelector(`label[for="${field.id}"]`);
  found.id = `${field.id}-label`;
  return found.id;
}
