/*
 * Runs the matcher off the main thread, so that typing never stutters. The newest text wins: one
 * that is still being read when another comes is dropped, with its worker when it takes long. Where
 * a page may not start a worker, the matcher runs here.
 */
'use strict';
window.kbEngine = (data, timeOut = 10000) => {
  const PARTS = [window.makeKbNormaliser, window.makeKbLiterals, window.makeKbQuote, window.makeKbMatcher];
  const SOURCE = `'use strict';\n${PARTS.join('\n')}
let matcher = null;
onmessage = ({data: {id, data, text}}) => {
  if (data) { matcher = makeKbMatcher(data); return; }
  try { postMessage({id, found: matcher.answer(text)}); } catch (error) { postMessage({id, found: null}); }
};`;
  const PATIENCE = 300; // a fresh worker is ready sooner than a longer job would be done
  let worker = null;
  let here = null;
  let running = null;
  let next = null;
  let number = 0;

  const begin = () => {
    if (worker || here) return;
    try {
      const address = URL.createObjectURL(new Blob([SOURCE], {type: 'text/javascript'}));
      worker = new Worker(address);
      worker.onmessage = (event) => { if (running && event.data.id === running.id) finish(event.data.found); };
      worker.onerror = (event) => { event.preventDefault(); stop(); here = window.makeKbMatcher(data); if (running) work(running); };
      worker.postMessage({data});
    } catch {
      worker = null;
      here = window.makeKbMatcher(data);
    }
  };
  const stop = () => { if (worker) worker.terminate(); worker = null; };
  const finish = (found) => {
    const job = running;
    clearTimeout(job.timer);
    running = null;
    job.resolve(found);
    if (next) { const waiting = next; next = null; run(waiting); }
  };
  const work = (job) => {
    if (here) {
      setTimeout(() => {
        let found = null;
        try { found = here.answer(job.text); } catch { /* told as: took too long */ }
        if (running === job) finish(found);
      });
      return;
    }
    worker.postMessage({id: job.id, text: job.text});
  };
  const run = (job) => {
    running = job;
    begin();
    job.timer = setTimeout(() => { stop(); finish(null); }, timeOut + job.text.length / 1000); // a second a megabyte
    work(job);
  };
  const overtake = () => {
    if (running && worker) { stop(); finish(undefined); }
  };

  return {
    begin,
    /** Resolves with the matches; null when it failed or took too long; undefined when overtaken. */
    ask: (text) => new Promise((resolve) => {
      number += 1;
      const job = {id: number, text, resolve, timer: 0};
      if (!running) { run(job); return; }
      if (next) next.resolve(undefined);
      next = job;
      setTimeout(() => { if (next === job) overtake(); }, PATIENCE);
    }),
  };
};
