/* Sends a document as soon as it is chosen, and says how far it is. Without this file it goes with the page's buttons.
   <div data-upload="address"> around the field, with [data-progress], [data-refusal] and the [data-list] of what is there. */
for (const place of document.querySelectorAll("[data-upload]")) {
  const input = place.querySelector("input[type=file]");
  input?.addEventListener("change", () => sendAll(place, input));
}

async function sendAll(place, input) {
  const chosen = [...input.files];
  if (!chosen.length || place.dataset.sent !== undefined) return;
  const refusal = place.querySelector("[data-refusal]");
  refusal.hidden = true;
  const refused = [];
  const left = new DataTransfer(); // what was not sent stays chosen, and goes with the page
  for (const file of chosen) {
    const answer = await send(place, file);
    if (!answer) { left.items.add(file); refused.push(place.dataset.failed.replace("{name}", file.name)); }
    else if (answer.refusal) refused.push(answer.refusal);
    if (answer?.list !== undefined) list(place, answer.list);
  }
  input.files = left.files;
  place.dataset.sent = ""; // the field is told that it changed, which is no choice of anybody's
  input.dispatchEvent(new Event("change", { bubbles: true }));
  delete place.dataset.sent;
  if (!left.files.length) place.closest("form").dispatchEvent(new Event("oproep:saved"));
  refusal.textContent = refused.join(" ");
  refusal.hidden = !refused.length;
  place.querySelector("[data-progress]").hidden = true;
}

function send(place, file) {
  const shown = place.querySelector("[data-progress]"), bar = shown.querySelector("progress");
  shown.hidden = false;
  shown.querySelector("span").textContent = place.dataset.sending.replace("{name}", file.name);
  bar.value = 0;
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100; });
    request.addEventListener("loadend", () => {
      try { done(request.status ? JSON.parse(request.responseText) : null); } catch { done(null); }
    });
    request.open("POST", place.dataset.upload);
    request.setRequestHeader("Accept", "application/json");
    const body = new FormData();
    body.set("csrf_token", place.closest("form").elements.csrf_token?.value ?? "");
    body.set("document", file);
    request.send(body);
  });
}

/* The list comes from the server, made of the same template; boxes that were ticked stay ticked. */
function list(place, html) {
  const there = place.querySelector("[data-list]");
  const ticked = [...there.querySelectorAll("input:checked")].map((one) => one.value);
  there.innerHTML = html;
  for (const box of there.querySelectorAll("input")) box.checked = ticked.includes(box.value);
}
