/*
 * Ticking causes off: the reader picks what a check printed; what is ruled out folds away, what is
 * theirs opens its fix. Kept per page in this browser, for a day and for one registry: last month's
 * ticks say nothing about today's error. The ticket summary follows.
 */
'use strict';
(() => {
  const causes = [...document.querySelectorAll('.kb-cause')];
  if (!causes.length) return;
  const STALE_AFTER = 24 * 60 * 60 * 1000;
  const key = `kb.steps.${location.pathname.split('/').slice(-1)[0].replace(/\.html$/, '')}`;
  const restart = document.querySelector('.kb-restart');
  const earlier = document.querySelector('.kb-earlier');
  const status = document.querySelector('.kb-said');
  const stuck = document.querySelector('.kb-stuck');
  const headingOf = (cause) => cause.querySelector('h3');
  let picked = {};

  /** The picks of an incident that goes on, else null. */
  const load = () => {
    const kept = __md_get(key);
    if (!kept || !kept.picked) return null;
    const now = window.kbValues.identity().toLowerCase();
    const then = (kept.identity || '').toLowerCase();
    return {...kept, current: Date.now() - kept.time < STALE_AFTER && (!now || !then || now === then)};
  };
  const save = () => {
    __md_set(key, {picked, time: Date.now(), identity: window.kbValues.identity()});
    earlier.hidden = true;
  };
  const say = (name, cause, n = 0) => {
    const text = status.dataset[name === 'not' ? (n === 0 ? 'none' : n === 1 ? 'one' : 'other') : name];
    status.textContent = text.replace('{title}', headingOf(cause).textContent).replace('{n}', n);
  };

  /** A title that opens a ruled-out cause is a button, so that keys and screen readers reach it. */
  const makeToggle = (cause, needed) => {
    const heading = headingOf(cause);
    let toggle = heading.querySelector('.kb-cause__toggle');
    if (needed && !toggle) {
      toggle = document.createElement('button');
      toggle.type = 'button';
      toggle.className = 'kb-cause__toggle';
      toggle.append(...heading.childNodes);
      heading.append(toggle);
      toggle.addEventListener('click', () => { cause.classList.toggle('kb-cause--open'); show(cause); });
    } else if (!needed && toggle) {
      const focused = document.activeElement === toggle;
      heading.replaceChildren(...toggle.childNodes);
      if (focused) { heading.tabIndex = -1; heading.focus(); }
    }
    if (needed) toggle.setAttribute('aria-expanded', String(cause.classList.contains('kb-cause--open')));
  };
  const show = (cause) => {
    const id = cause.dataset.cause;
    const state = picked[id] || '';
    cause.dataset.state = state;
    const badge = cause.querySelector('.kb-cause__state');
    badge.textContent = state ? badge.dataset[state] : '';
    cause.querySelector('.kb-undo').hidden = !state;
    makeToggle(cause, state === 'not');
    for (const input of cause.querySelectorAll('.kb-pick input')) input.checked = input.value === state;
    const entry = document.querySelector(`.kb-overview [data-for="${id}"]`);
    if (entry) entry.dataset.state = state;
    const line = document.querySelector(`[data-ticket="${id}"]`);
    if (line) line.textContent = line.dataset[state || 'open'];
  };
  const left = () => causes.filter((cause) => picked[cause.dataset.cause] !== 'not');
  const showAll = () => {
    causes.forEach(show);
    restart.hidden = !Object.keys(picked).length;
    stuck.classList.toggle('kb-stuck--now', left().length === 0);
  };
  const goTo = (target, heading) => {
    heading.tabIndex = -1;
    heading.focus({preventScroll: true});
    target.scrollIntoView({block: 'start'});
  };

  const pick = (cause, state) => {
    const id = cause.dataset.cause;
    if (state) picked[id] = state; else delete picked[id];
    cause.classList.remove('kb-cause--open');
    save();
    showAll();
    say(state || 'cleared', cause, left().length);
    const fix = cause.querySelector('details.kb-fix');
    if (state === 'yours' && fix) {
      fix.open = true;
      fix.scrollIntoView({block: 'nearest'});
    }
    if (state === 'not') {
      const next = causes.slice(causes.indexOf(cause) + 1).find((other) => !picked[other.dataset.cause]);
      if (next) goTo(next, headingOf(next));
      else if (!left().length) goTo(stuck, stuck.querySelector('h2'));
    }
  };
  for (const cause of causes) {
    const id = cause.dataset.cause;
    cause.addEventListener('change', (event) => {
      if (event.target.closest('.kb-pick')) pick(cause, event.target.value);
    });
    cause.addEventListener('keyup', (event) => { // browsers send no click for the space bar on a picked radio
      if (event.key !== ' ' || !event.target.matches('.kb-pick input') || event.target.value !== picked[id]) return;
      event.preventDefault();
      pick(cause, '');
    });
    cause.addEventListener('click', (event) => {
      // Radios can't be switched off; here a second click on the same outcome does.
      if (event.target.matches('.kb-pick input') && event.target.value === picked[id]) pick(cause, '');
      if (event.target.closest('.kb-undo')) {
        pick(cause, '');
        goTo(cause, headingOf(cause));
      }
      const head = event.target.closest('.kb-cause__head');
      if (head && cause.dataset.state === 'not' && !event.target.closest('a, button')) {
        cause.classList.toggle('kb-cause--open');
        show(cause);
      }
    });
  }
  restart.addEventListener('click', () => {
    picked = {};
    __md_set(key, null);
    for (const cause of causes) cause.classList.remove('kb-cause--open');
    showAll();
    document.getElementById('causes').scrollIntoView();
  });
  earlier.querySelector('button').addEventListener('click', () => {
    picked = {...__md_get(key).picked};
    save();
    showAll();
  });
  const begin = () => {
    const kept = load();
    picked = kept && kept.current ? {...kept.picked} : {};
    earlier.hidden = !kept || kept.current || !Object.keys(kept.picked).length;
    if (!earlier.hidden) {
      const label = earlier.querySelector('span');
      label.dataset.text ||= label.textContent;
      label.textContent = label.dataset.text.replace('{date}', new Date(kept.time).toLocaleDateString(document.documentElement.lang, {day: 'numeric', month: 'short'}));
    }
    showAll();
  };

  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    const cause = target.closest('.kb-cause');
    if (cause) { cause.classList.add('kb-cause--open'); show(cause); }
    for (let box = target.closest('details'); box; box = box.parentElement.closest('details')) box.open = true;
    if (target.matches('li[id^="link-"]')) target.querySelector('details').open = true;
    if (cause || target.closest('details')) target.scrollIntoView();
  };
  // The page of a fix can lead back to where the reader was.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('.kb-fix__own a');
    if (!link) return;
    const cause = link.closest('.kb-cause');
    __md_set('kb.from', {
      to: link.pathname, path: `${location.pathname}#${cause.id}`,
      title: document.getElementById('title').textContent, cause: causes.indexOf(cause) + 1,
    }, sessionStorage);
  });
  addEventListener('hashchange', reveal);
  document.addEventListener('kb:names', begin);
  begin();
  reveal();
})();
