// Answers of the playground, each shown as it is written.
"use strict";

(() => {
  const form = document.getElementById("playground");
  const askButton = form.querySelector("[data-ask]");
  const stopButton = form.querySelector("[data-stop]");
  let running = new Set();

  function mark() { stopButton.hidden = running.size === 0; }

  function stopAll() {
    for (const one of running) one.abort();
  }

  async function read(panel, response) {
    const text = panel.querySelector("[data-text]");
    const facts = panel.querySelector("[data-facts]");
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      buffer += value;
      let end;
      while ((end = buffer.indexOf("\n\n")) >= 0) {
        const lines = buffer.slice(0, end).split("\n");
        buffer = buffer.slice(end + 2);
        const name = lines.find((line) => line.startsWith("event: "))?.slice(7);
        const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
        if (name === "text") {
          text.append(JSON.parse(data));
          facts.replaceChildren();
        } else if (name === "end" || name === "error") {
          facts.innerHTML = data;
        }
      }
    }
  }

  async function follow(panel) {
    const control = new AbortController();
    running.add(control);
    mark();
    const facts = panel.querySelector("[data-facts]");
    const fields = new URLSearchParams(new FormData(form));
    for (const name of ["model_2", "model_3", "model_4"]) fields.delete(name);
    fields.set("model", panel.dataset.stream);
    try {
      const response = await fetch("/console/playground/stream", {
        method: "POST", body: fields, headers: { "HX-Request": "true" }, signal: control.signal,
      });
      if (response.ok) await read(panel, response);
      else facts.innerHTML = await response.text();
    } catch (error) {
      const told = document.createElement("p");
      told.className = "quiet small";
      told.textContent = control.signal.aborted ? "Stopped." : "The connection was lost.";
      facts.replaceChildren(told);
    } finally {
      panel.removeAttribute("aria-busy");
      running.delete(control);
      mark();
    }
  }

  stopButton.addEventListener("click", stopAll);
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target === askButton) stopAll(); });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "answers") return;
    for (const panel of event.detail.target.querySelectorAll("[data-stream]")) follow(panel);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      askButton.click();
    }
  });
})();
