/*
 * The box on the home page: an error, a log or words in, the page that settles it out. What is pasted
 * reaches the page only as text, never as HTML, and stays on this machine.
 */
'use strict';
(() => {
  const form = document.getElementById('kb-box');
  if (!form) return;
  const kit = window.kbKit;
  const {make} = kit;
  const hero = form.closest('.kb-hero');
  const input = document.getElementById('kb-box-text');
  const results = document.getElementById('kb-box-results');
  const status = document.getElementById('kb-box-status');
  const file = document.getElementById('kb-box-file');
  const held = document.getElementById('kb-box-held');
  const reset = form.querySelector('.kb-box__clear');
  const TOO_LONG_TO_SHOW = 100000; // a text area that lays out megabytes stutters
  const TOO_LONG_TO_KEEP = 2000000; // browsers keep five megabytes a site
  const WORDS_AT_MOST = 12;
  const PAUSE = 140;
  const NOTICED = 150; // a wait that a reader notices
  const KEPT = 'kb.box';

  let whole = null; // a text too long for the text area
  let name = '';
  let asked = 0;
  let timer = 0;
  const current = () => (whole === null ? input.value : whole);
  const countLines = (text) => (text.match(/\n/g) || []).length + 1;

  const settle = (nodes, said) => {
    results.replaceChildren(...nodes);
    status.textContent = said;
    hero.classList.toggle('kb-hero--answered', nodes.length > 0);
    reset.hidden = !current();
  };
  const show = (answer, text) => {
    const lines = text.split('\n').filter((line) => line.trim());
    if (answer.matches.length) {
      const more = answer.matches.slice(1).filter((match) => match.role === 'also').length;
      const title = kit.pages.symptoms[answer.matches[0].id].title;
      const nodes = window.kbCard.matched(answer, lines.length === 1 && answer.matches[0].text.length < 400);
      settle(nodes, [kit.say('box.found', {title}), more ? kit.counted('box.more', more) : ''].filter(Boolean).join(' '));
      return;
    }
    const typed = lines.length === 1 && text.split(/\s+/).length <= WORDS_AT_MOST;
    const {title, count, nodes} = window.kbCard.nearTo(answer, typed);
    settle(nodes, count ? `${title} ${kit.counted('box.pages', count)}` : title);
  };
  /** `goes`: the reader has pasted or opened something and wants to see what it is. */
  const answer = async (goes = false) => {
    clearTimeout(timer);
    asked += 1;
    const mine = asked;
    const text = current();
    delete results.dataset.answered;
    if (kit.tiny(text)) {
      settle([], '');
      results.removeAttribute('aria-busy');
      return;
    }
    results.setAttribute('aria-busy', 'true');
    const waiting = setTimeout(() => {
      if (!kit.ready || mine !== asked) return;
      const lines = countLines(text);
      results.replaceChildren(make('p', {class: 'kb-box__reading'}, kit.counted('box.reading', lines)));
    }, NOTICED);
    const found = await kit.ask(text);
    clearTimeout(waiting);
    if (mine !== asked || found === undefined) return;
    show(found, text.trim());
    results.removeAttribute('aria-busy');
    results.dataset.answered = String(mine);
    if (goes && results.firstElementChild) {
      const head = document.querySelector('.md-header').offsetHeight;
      const top = hero.getBoundingClientRect().top - head;
      if (top < 0 || results.getBoundingClientRect().top > innerHeight / 3) {
        scrollBy({top: Math.max(results.getBoundingClientRect().top - head - 8, 0) || top, behavior: 'instant'});
      }
    }
  };
  const soon = (pause) => { clearTimeout(timer); delete results.dataset.answered; timer = setTimeout(answer, pause); };

  const letGo = () => {
    whole = null;
    name = '';
    input.readOnly = false;
    held.replaceChildren();
  };
  const hold = async (text, title) => {
    whole = text;
    name = title;
    input.readOnly = true;
    input.value = text.slice(0, 2000);
    await kit.prepare();
    if (whole !== text) return;
    const size = (new Blob([text]).size / 1048576).toLocaleString(kit.language, {minimumFractionDigits: 1, maximumFractionDigits: 1});
    const lines = kit.counted('box.lines', countLines(text));
    const away = make('button', {type: 'button', class: 'kb-box__away', 'aria-label': kit.say('box.away')}, '×');
    away.addEventListener('click', empty);
    held.replaceChildren(make('span', {class: 'kb-box__chip'}, `${title || kit.say('box.pasted')} · ${size} MB · ${lines}`, away), ' ', kit.say('box.held'));
  };
  const take = (text, title = '') => {
    letGo();
    if (text.length > TOO_LONG_TO_SHOW || title) hold(text, title);
    else input.value = text;
    answer(true);
  };
  /** Empties the box in a way that the browser's undo brings back. */
  const empty = () => {
    const wasHeld = whole !== null;
    letGo();
    input.focus();
    input.select();
    if (wasHeld || !document.execCommand('delete')) input.value = '';
    answer();
  };
  const open = async (chosen) => {
    if (!chosen) return;
    await kit.prepare();
    const text = await window.kbRead(chosen);
    if (text === null) {
      letGo();
      settle([make('p', {class: 'kb-box__large'}, kit.say('box.large'))], kit.say('box.large'));
      return;
    }
    take(text, chosen.name);
  };

  form.addEventListener('submit', (event) => { event.preventDefault(); answer(true); });
  reset.addEventListener('click', empty);
  input.addEventListener('input', (event) => {
    if (whole !== null) letGo();
    if (event.isComposing) return;
    const isPasted = event.inputType === 'insertFromPaste' || event.inputType === 'insertFromDrop';
    if (isPasted) answer(true); else soon(PAUSE);
  });
  input.addEventListener('compositionend', () => soon(PAUSE));
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); answer(true); }
    if (event.key === 'Escape') input.blur();
  });
  // Anywhere on this page a pasted text is meant for the box.
  document.addEventListener('paste', (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    const elsewhere = target.closest('input, textarea, [contenteditable]');
    if (elsewhere && elsewhere !== input) return;
    const [pasted] = event.clipboardData.files;
    const text = event.clipboardData.getData('text');
    if (pasted && !text) { event.preventDefault(); open(pasted); return; }
    if (elsewhere === input && whole === null && text.length <= TOO_LONG_TO_SHOW) return; // the browser's own way
    event.preventDefault();
    if (elsewhere !== input) input.focus({preventScroll: true});
    take(text);
  });
  file.addEventListener('change', () => { open(file.files[0]); file.value = ''; });
  for (const type of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(type, (event) => {
      const isFile = [...event.dataTransfer.types].includes('Files');
      if (!isFile && !form.contains(event.target)) return;
      if (type !== 'dragleave' && isFile) event.preventDefault();
      form.classList.toggle('kb-box--over', type === 'dragover');
      if (type === 'drop' && event.dataTransfer.files.length) open(event.dataTransfer.files[0]);
    });
  }
  for (const example of document.querySelectorAll('.kb-example')) {
    example.addEventListener('click', () => take(example.dataset.text));
  }
  // Whoever moves is about to paste: the first answer need not wait for all messages to be fetched,
  // and a page that nobody touches stays light.
  for (const type of ['pointermove', 'pointerdown', 'keydown', 'dragenter']) {
    addEventListener(type, () => kit.prepare(), {once: true, passive: true, capture: true});
  }

  // Back from a page: what was pasted is there again, and where one was.
  addEventListener('pagehide', () => {
    const text = current();
    __md_set(KEPT, text && text.length <= TOO_LONG_TO_KEEP ? {text, name, top: scrollY} : null, sessionStorage);
  });
  const [entry] = performance.getEntriesByType('navigation');
  const kept = __md_get(KEPT, sessionStorage);
  const isBack = entry && (entry.type === 'back_forward' || entry.type === 'reload');
  if (isBack && kept) {
    letGo();
    if (kept.text.length > TOO_LONG_TO_SHOW || kept.name) hold(kept.text, kept.name);
    else input.value = kept.text;
    answer().then(() => scrollTo({top: kept.top, behavior: 'instant'}));
  } else if (input.value.trim()) answer();
  else if (!location.hash && matchMedia('(min-width: 60em) and (pointer: fine)').matches) input.focus({preventScroll: true});
})();
