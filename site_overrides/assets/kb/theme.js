/*
 * What the theme's own script would do for these pages, without its 114 kB: colours, the table of
 * contents that follows, the header's title, folded parts that a link points into.
 */
'use strict';
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Colours: one button a choice, only the current one shown; it leads to the next.
  const inputs = all('[data-md-component="palette"] input');
  const system = matchMedia('(prefers-color-scheme: light)');
  const colours = (input) => {
    const followed = input.dataset.mdColorMedia === '(prefers-color-scheme)'
      && inputs.find((other) => other.dataset.mdColorMedia === `(prefers-color-scheme: ${system.matches ? 'light' : 'dark'})`);
    return Object.fromEntries(['scheme', 'primary', 'accent'].map((name) => [name, (followed || input).getAttribute(`data-md-color-${name}`)]));
  };
  const show = (index) => {
    const kept = {media: inputs[index].dataset.mdColorMedia, ...colours(inputs[index])};
    for (const [name, value] of Object.entries(kept)) document.body.setAttribute(`data-md-color-${name}`, value);
    inputs.forEach((input, at) => { input.checked = at === index; input.nextElementSibling.hidden = at !== index; });
    return kept;
  };
  if (inputs.length) {
    let index = Math.max(0, Math.min((__md_get('__palette') || {}).index || 0, inputs.length - 1));
    show(index);
    inputs.forEach((input, at) => input.addEventListener('change', () => {
      index = at;
      __md_set('__palette', {index, color: show(index)});
    }));
    system.addEventListener('change', () => show(index));
  }

  // The contents: what is being read is marked; in the drawer of a phone, a link also closes it.
  const header = document.querySelector('.md-header');
  const links = all('.md-nav--secondary a[href^="#"], .md-nav--primary .md-nav--secondary a[href^="#"]')
    .map((link) => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))])
    .filter(([, target]) => target);
  const title = document.querySelector('.md-header__title');
  const heading = document.querySelector('h1');
  let asked = false;
  const follow = () => {
    asked = false;
    const edge = (header ? header.offsetHeight : 0) + 16;
    if (title && heading) title.classList.toggle('md-header__title--active', heading.getBoundingClientRect().bottom < edge);
    let current = null;
    for (const [link, target] of links) if (target.getBoundingClientRect().top <= edge + 8) current = link.hash;
    if (scrollY + innerHeight >= document.documentElement.scrollHeight - 2 && links.length) {
      const seen = links.filter(([, target]) => target.getBoundingClientRect().top < innerHeight);
      const wanted = seen.find(([link]) => link.hash === location.hash);
      if (wanted) current = wanted[0].hash; // the end of a page is too near for its place at the top
    }
    for (const [link] of links) {
      const active = link.hash === current;
      if (active && !link.classList.contains('md-nav__link--active')) {
        const box = link.closest('.md-sidebar__scrollwrap');
        if (box) box.scrollTop += link.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 2;
      }
      link.classList.toggle('md-nav__link--active', active);
      if (active) link.setAttribute('aria-current', 'location'); else link.removeAttribute('aria-current');
    }
  };
  const ask = () => { if (!asked) { asked = true; requestAnimationFrame(follow); } };
  for (const type of ['scroll', 'resize', 'hashchange']) addEventListener(type, ask, {passive: true});
  follow();
  const drawer = document.getElementById('__drawer');
  document.addEventListener('click', (event) => {
    if (drawer && event.target.closest('.md-sidebar a[href^="#"]')) drawer.checked = false;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && drawer) drawer.checked = false;
  });

  // A link may point into something folded.
  const unfold = () => {
    let target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { /* not ours */ }
    if (!target) return;
    let folded = target.closest('details:not([open])');
    if (!folded) return;
    for (; folded; folded = folded.parentElement.closest('details:not([open])')) folded.open = true;
    target.scrollIntoView();
  };
  addEventListener('hashchange', unfold);
  unfold();
})();
