// What htmx does not do by itself: it listens for what changed, and keeps open what a reader opened.
"use strict";

(() => {
  const address = document.body.dataset.stream;
  const live = document.getElementById("live");
  let source = null;

  const say = (words) => {
    if (!live) return;
    live.textContent = words;
    live.classList.toggle("on", words === "live");
  };

  function changed(message) {
    const versions = JSON.parse(message.data);
    for (const [name, version] of Object.entries(versions)) {
      const part = document.getElementById(`part-${name}`);
      if (part && part.dataset.version !== version) htmx.trigger(part, "changed");
    }
  }

  function listen() {
    if (!address || source) return;
    source = new EventSource(address);
    source.onopen = () => say("live");
    source.addEventListener("versions", changed);
    source.addEventListener("over", () => { leave(); say("not live: the dashboard was stopped"); });
    source.onerror = () => {
      if (source && source.readyState === EventSource.CLOSED) {
        leave();
        say("not live: the server is gone, or too many pages are open. Reload to look again.");
      } else say("connecting …");
    };
  }

  function leave() {
    if (source) source.close();
    source = null;
  }

  // A browser opens six connections to a host: pages that nobody sees must not hold them.
  document.addEventListener("visibilitychange", () => document.hidden ? leave() : listen());

  const opened = (part) => [...part.querySelectorAll("details")].map((one) => [nameOf(one), one.open]);
  const nameOf = (one) => {
    const summary = one.querySelector("summary");
    const name = summary && (summary.querySelector("b") || summary).textContent;
    return `${one.closest("ol, ul, section")?.className ?? ""}/${name}`;
  };
  const before = new Map();
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    if (part.id.startsWith("part-")) before.set(part.id, new Map(opened(part)));
    // Why something was refused is said where it was asked; of a part what was there stays.
    if (event.detail.requestConfig.elt instanceof HTMLFormElement) event.detail.shouldSwap = true;
  });
  document.body.addEventListener("htmx:load", (event) => {
    const known = before.get(event.detail.elt.id);
    if (!known) return;
    before.delete(event.detail.elt.id);
    for (const one of event.detail.elt.querySelectorAll("details")) {
      const was = known.get(nameOf(one));
      if (was !== undefined) one.open = was;
    }
  });

  // A form that was heard is empty again; one that was refused keeps what was typed.
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (form instanceof HTMLFormElement && event.detail.successful) form.reset();
    if (form instanceof HTMLFormElement) form.dispatchEvent(new Event("input"));
  });

  // What a slider says in words.
  function tell(slider) {
    const form = slider.form;
    const out = form.querySelector("output");
    const value = Number(slider.value);
    const names = [form.elements.first.value, form.elements.second.value];
    out.textContent = value === 0 ? "as it is" : `more ${names[value < 0 ? 0 : 1]}, ${Math.abs(value)} %`;
  }
  document.addEventListener("input", (event) => {
    const form = event.target instanceof HTMLFormElement ? event.target : event.target.form;
    const slider = form && form.querySelector("input[type=range]");
    if (slider) tell(slider);
  });

  listen();
})();
