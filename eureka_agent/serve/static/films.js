// Two films that play as one: together, from the start, and again once the longer one has ended.
"use strict";

(() => {
  const DRIFT_S = 0.15; // films that are so far apart are brought together again
  const joined = new WeakSet();

  // Resolves once a film can be played, to whether it can.
  const isReady = (film) => new Promise((resolve) => {
    if (film.error) resolve(false);
    else if (film.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) resolve(true);
    film.addEventListener("canplay", () => resolve(true), { once: true });
    film.addEventListener("error", () => resolve(false), { once: true });
  });

  // What cannot be played makes room for its contact sheet.
  function giveUp(film) {
    film.hidden = true;
    const sheet = film.parentElement.querySelector("details");
    if (sheet) sheet.open = true;
  }

  async function join(bar) {
    if (joined.has(bar)) return;
    joined.add(bar);
    const all = [...document.querySelectorAll("video.film")];
    for (const film of all) Object.assign(film, { muted: true, loop: false, controls: false });
    const can = await Promise.all(all.map(isReady));
    all.filter((_, index) => !can[index]).forEach(giveUp);
    const films = all.filter((_, index) => can[index]);
    if (films.length === 0) return;
    together(bar, films);
  }

  function together(bar, films) {
    const [play, restart] = ["play", "restart"].map((name) => bar.querySelector(`.${name}`));
    const [slider, out] = [bar.querySelector("input"), bar.querySelector("output")];
    const lead = films.reduce((one, other) => (other.duration > one.duration ? other : one));
    let playing = false;

    const show = () => {
      play.textContent = playing ? "Pause both" : "Play both";
      slider.value = lead.currentTime;
      out.textContent = `${lead.currentTime.toFixed(1)} of ${lead.duration.toFixed(1)} s`;
    };
    const place = (seconds) => {
      for (const film of films) film.currentTime = Math.min(seconds, film.duration);
    };
    // A browser may refuse to play; a film that was stopped and begun again meanwhile plays.
    const refused = (film) => {
      playing &&= !film.paused;
      show();
    };
    const go = () => {
      playing = true;
      if (lead.ended) place(0);
      for (const film of films) if (!film.ended) film.play().catch(() => refused(film));
      show();
    };
    const hold = () => {
      playing = false;
      for (const film of films) film.pause();
      place(lead.currentTime);
      show();
    };
    const toggle = () => (playing ? hold() : go());

    play.addEventListener("click", toggle);
    restart.addEventListener("click", () => { place(0); go(); });
    slider.addEventListener("input", () => {
      place(Number(slider.value));
      if (playing) go();
      else show();
    });
    for (const film of films) film.addEventListener("click", toggle);
    lead.addEventListener("ended", () => { if (playing) { place(0); go(); } });
    lead.addEventListener("timeupdate", () => {
      for (const film of films) {
        const apart = Math.abs(film.currentTime - Math.min(lead.currentTime, film.duration));
        if (apart > DRIFT_S && !film.seeking) film.currentTime = Math.min(lead.currentTime, film.duration);
      }
      show();
    });

    slider.max = lead.duration;
    bar.hidden = false;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) show();
    else go();
  }

  const joinAll = () => document.querySelectorAll(".together").forEach(join);
  document.body.addEventListener("htmx:load", joinAll);
  joinAll();
})();
