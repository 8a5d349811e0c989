// Keeps the page as the tasks are: asks for them anew each second, and sends what its buttons say.
"use strict";

const live = document.getElementById("live");
const filter = document.getElementById("filter");
const notice = document.getElementById("notice");
const token = document.querySelector("meta[name=sandbox-token]").content;
let known = "";

// Hides the tasks that do not hold every word of the filter.
function applyFilter() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of live.querySelectorAll("tbody tr")) {
    const text = row.dataset.text;
    row.hidden = !words.every((word) => text.includes(word));
  }
  const ended = live.querySelector("#ended");
  if (ended && words.length) ended.open = ended.querySelector("tbody tr:not([hidden])") !== null;
}

// Puts new contents in, and leaves open what a person has opened.
function show(html) {
  const open = Array.from(live.querySelectorAll("details[open]"), (details) => details.id);
  const focus = live.contains(document.activeElement) && document.activeElement.id;
  live.innerHTML = html;
  for (const id of open) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
  if (focus) document.getElementById(focus)?.focus();
  document.title = live.firstElementChild.dataset.title;
  document.querySelector("h1").textContent = live.firstElementChild.dataset.heading;
  applyFilter();
}

async function refresh() {
  try {
    const response = await fetch("/live");
    const html = await response.text();
    if (!response.ok) throw new Error(html);
    notice.hidden = true;
    if (html !== known) {
      known = html;
      show(html);
    }
  } catch {
    notice.textContent = "The sandbox does not answer: it has stopped, or this page is of an earlier one.";
    notice.hidden = false;
  }
}

async function act(button) {
  const { action, task, name } = button.dataset;
  if (action === "halted" && !confirm(`Halt “${name}” for good? Nothing starts it again.`)) return;
  button.disabled = true;
  const response = await fetch(`/tasks/${task}/${action}`, { method: "POST", headers: { "x-sandbox-token": token } });
  if (!response.ok) {
    const answer = await response.json().catch(() => ({}));
    alert(answer.message ?? `The sandbox answered ${response.status}.`);
    button.disabled = false;
  }
  await refresh();
}

live.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (button) act(button);
});
filter.addEventListener("input", applyFilter);
filter.closest("p").hidden = false;
refresh();
setInterval(() => document.hidden || refresh(), 1000);
