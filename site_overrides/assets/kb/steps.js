/*
 * Ticking causes off: the reader picks what a check printed; what is ruled out folds away, what is
 * theirs opens its fix. Kept per page in this browser; the ticket summary follows.
 */
'use strict';
(() => {
  const causes = [...document.querySelectorAll('.kb-cause')];
  if (!causes.length) return;
  const key = `kb.steps.${location.pathname.split('/').slice(-1)[0].replace(/\.html$/, '')}`;
  const picked = {...(__md_get(key) || {})};
  const restart = document.querySelector('.kb-restart');

  const show = (cause) => {
    const id = cause.dataset.cause;
    const state = picked[id] || '';
    cause.dataset.state = state;
    const badge = cause.querySelector('.kb-cause__state');
    badge.textContent = state ? badge.dataset[state] : '';
    for (const input of cause.querySelectorAll('.kb-pick input')) input.checked = input.value === state;
    const entry = document.querySelector(`.kb-overview [data-for="${id}"]`);
    if (entry) entry.dataset.state = state;
    const line = document.querySelector(`[data-ticket="${id}"]`);
    if (line) line.textContent = state === 'yours' ? '[x]' : state === 'not' ? '[-]' : '[ ]';
  };
  const showAll = () => {
    causes.forEach(show);
    restart.hidden = !Object.keys(picked).length;
  };

  for (const cause of causes) {
    const id = cause.dataset.cause;
    cause.addEventListener('change', (event) => {
      if (!event.target.closest('.kb-pick')) return;
      picked[id] = event.target.value;
      __md_set(key, picked);
      showAll();
      const fix = cause.querySelector('details.kb-fix');
      if (picked[id] === 'yours' && fix) {
        fix.open = true;
        fix.scrollIntoView({block: 'nearest'});
      }
      if (picked[id] === 'not') {
        const next = causes.slice(causes.indexOf(cause) + 1).find((other) => !picked[other.dataset.cause]);
        if (next) {
          next.querySelector('h3').tabIndex = -1;
          next.querySelector('h3').focus({preventScroll: true});
          next.scrollIntoView({block: 'start'});
        }
      }
    });
    // A ruled-out cause is one line; a click on it opens it again.
    cause.querySelector('.kb-cause__head').addEventListener('click', (event) => {
      if (event.target.closest('a')) return;
      if (cause.dataset.state === 'not') cause.classList.toggle('kb-cause--open');
    });
  }
  restart.addEventListener('click', () => {
    for (const id of Object.keys(picked)) delete picked[id];
    __md_set(key, picked);
    for (const cause of causes) cause.classList.remove('kb-cause--open');
    showAll();
    document.getElementById('causes').scrollIntoView();
  });

  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    const cause = target.closest('.kb-cause');
    if (cause) cause.classList.add('kb-cause--open');
    for (let box = target.closest('details'); box; box = box.parentElement.closest('details')) box.open = true;
    if (target.matches('li[id^="link-"]')) target.querySelector('details').open = true;
    if (cause || target.closest('details')) target.scrollIntoView();
  };
  addEventListener('hashchange', reveal);
  showAll();
  reveal();
})();
